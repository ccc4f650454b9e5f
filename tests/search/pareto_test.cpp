#include "core/search/pareto.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"

using namespace nas;

namespace {

// The worked example of NSGA-Net's fronts: A to F, both objectives minimised.
const std::vector<Point> example = {{1, 5}, {2, 3}, {4, 1}, {3, 4}, {5, 2}, {5, 5}};
const std::vector<Point> first_front = {{1, 5}, {2, 3}, {4, 1}};
const double infinity = std::numeric_limits<double>::infinity();

std::vector<Point> random_points(std::size_t count, std::size_t objectives, Random& random) {
  std::vector<Point> points(count, Point(objectives));
  for (Point& point : points) {
    // A coarse grid, so that ties and equal points come up.
    for (double& value : point) value = static_cast<double>(random.below(8));
  }
  return points;
}

/// Unit cubes of an 8-grid that some point dominates.
double counted_volume(const std::vector<Point>& points, std::size_t objectives) {
  constexpr std::size_t side = 8;
  std::size_t cells = 1;
  for (std::size_t i = 0; i < objectives; ++i) cells *= side;
  double count = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    Point corner(objectives);
    std::size_t rest = cell;
    for (double& value : corner) {
      value = static_cast<double>(rest % side);
      rest /= side;
    }
    for (const Point& point : points) {
      if (!weakly_dominates(point, corner)) continue;
      ++count;
      break;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("a point dominates another where it is nowhere larger and somewhere smaller") {
  CHECK(dominates(Point{1, 2}, Point{1, 3}));
  CHECK_FALSE(dominates(Point{1, 2}, Point{1, 2}));
  CHECK_FALSE(dominates(Point{1, 3}, Point{2, 2}));
  CHECK(weakly_dominates(Point{1, 2}, Point{1, 2}));
}

TEST_CASE("points are sorted into fronts") {
  using Fronts = std::vector<std::vector<std::size_t>>;
  CHECK(non_dominated_fronts(example) == Fronts{{0, 1, 2}, {3, 4}, {5}});
  CHECK(non_dominated_fronts(std::vector<Point>{{1, 1}, {1, 1}, {0, 2}}) == Fronts{{0, 1, 2}});
  CHECK(non_dominated_fronts({}).empty());
}

TEST_CASE("no point of a front is dominated by one of that front or of a later one") {
  Random random(1);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const std::vector<Point> points = random_points(40, 3, random);
    const auto fronts = non_dominated_fronts(points);
    std::size_t total = 0;
    for (std::size_t f = 0; f < fronts.size(); ++f) {
      total += fronts[f].size();
      for (const std::size_t a : fronts[f]) {
        bool beaten_before = f == 0;
        for (std::size_t g = 0; g < fronts.size(); ++g) {
          for (const std::size_t b : fronts[g]) {
            if (!dominates(points[b], points[a])) continue;
            CHECK(g < f);
            beaten_before = beaten_before || g + 1 == f;
          }
        }
        CHECK(beaten_before);
      }
    }
    CHECK(total == points.size());
  }
}

TEST_CASE("crowding is the share of the extent between neighbours, infinite at the ends") {
  CHECK(crowding_distances(first_front) == std::vector<double>{infinity, 2, infinity});
  CHECK(crowding_distances({}).empty());
  CHECK(crowding_distances(std::vector<Point>{{1, 1}}) == std::vector<double>{infinity});
  const std::vector<Point> uneven = {{0, 10}, {1, 6}, {4, 5}, {10, 0}};
  const auto distances = crowding_distances(uneven);
  CHECK(distances[1] == Approx(0.4 + 0.5));
  CHECK(distances[2] == Approx(0.9 + 0.6));
}

TEST_CASE("an objective in which all are equal adds nothing to crowding") {
  const auto distances = crowding_distances(std::vector<Point>{{0, 1}, {1, 1}, {2, 1}});
  CHECK(distances == std::vector<double>{infinity, 1, infinity});
}

TEST_CASE("hypervolume in two objectives") {
  CHECK(hypervolume(first_front, {6, 6}) == 17);
  CHECK(hypervolume(example, {6, 6}) == 17);  // what is dominated adds nothing
  CHECK(hypervolume(std::vector<Point>{{1, 5}, {2, 7}, {6, 1}}, {6, 6}) == 5);
  CHECK(hypervolume({}, {6, 6}) == 0);
  CHECK(hypervolume(std::vector<Point>{{2}, {3}}, {6}) == 4);
}

TEST_CASE("hypervolume in more objectives equals the number of unit cubes") {
  CHECK(hypervolume(std::vector<Point>{{1, 1, 1}}, {3, 4, 5}) == 2 * 3 * 4);
  // Two boxes of 2x2x1 and 1x1x2 that share one cube.
  CHECK(hypervolume(std::vector<Point>{{0, 0, 1}, {1, 1, 0}}, {2, 2, 2}) == 5);
  Random random(2);
  for (const std::size_t objectives : {2u, 3u, 4u}) {
    for (int repeat = 0; repeat < 10; ++repeat) {
      const std::vector<Point> points = random_points(12, objectives, random);
      CHECK(hypervolume(points, Point(objectives, 8)) == counted_volume(points, objectives));
    }
  }
}
