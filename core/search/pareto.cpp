#include "core/search/pareto.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace nas {
namespace {

/// What `point` alone dominates below `reference`.
double box(const Point& point, const Point& reference) {
  double volume = 1;
  for (std::size_t i = 0; i < point.size(); ++i) volume *= reference[i] - point[i];
  return volume;
}

bool is_below(const Point& point, const Point& reference) {
  return std::ranges::equal(point, reference, std::less<>());
}

/// Without those that another dominates, and each once; in ascending order.
std::vector<Point> non_dominated(std::vector<Point> points) {
  std::ranges::sort(points);
  std::vector<Point> kept;
  for (Point& point : points) {
    // What dominates a point, or equals it, comes before it in the order.
    const bool beaten = std::ranges::any_of(
        kept, [&](const Point& other) { return weakly_dominates(other, point); });
    if (!beaten) kept.push_back(std::move(point));
  }
  return kept;
}

/// Of points in ascending order of which none dominates another: strips between neighbours.
double area(const std::vector<Point>& front, const Point& reference) {
  double sum = 0;
  double above = reference[1];
  for (const Point& point : front) {
    sum += (reference[0] - point[0]) * (above - point[1]);
    above = point[1];
  }
  return sum;
}

/// WFG: each point adds its box less what those after it cover of that box, which are the same
/// points moved to its corner where they are outside.
double volume(const std::vector<Point>& front, const Point& reference) {
  if (reference.size() == 2) return area(front, reference);
  double sum = 0;
  for (std::size_t i = 0; i < front.size(); ++i) {
    std::vector<Point> limited;
    for (std::size_t j = i + 1; j < front.size(); ++j) {
      Point corner(reference.size());
      std::ranges::transform(front[i], front[j], corner.begin(),
                             [](double a, double b) { return std::max(a, b); });
      limited.push_back(std::move(corner));
    }
    sum += box(front[i], reference) - volume(non_dominated(std::move(limited)), reference);
  }
  return sum;
}

}  // namespace

bool weakly_dominates(std::span<const double> a, std::span<const double> b) {
  return std::ranges::equal(a, b, std::less_equal<>());
}

bool dominates(std::span<const double> a, std::span<const double> b) {
  return weakly_dominates(a, b) && !std::ranges::equal(a, b);
}

std::vector<std::vector<std::size_t>> non_dominated_fronts(std::span<const Point> points) {
  std::vector<std::vector<std::size_t>> beats(points.size());
  std::vector<std::size_t> beaten_by(points.size(), 0);
  for (std::size_t a = 0; a < points.size(); ++a) {
    for (std::size_t b = 0; b < points.size(); ++b) {
      if (!dominates(points[a], points[b])) continue;
      beats[a].push_back(b);
      ++beaten_by[b];
    }
  }
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (beaten_by[i] == 0) front.push_back(i);
  }
  std::vector<std::vector<std::size_t>> fronts;
  while (!front.empty()) {
    std::vector<std::size_t> next;
    for (const std::size_t a : front) {
      for (const std::size_t b : beats[a]) {
        if (--beaten_by[b] == 0) next.push_back(b);
      }
    }
    std::ranges::sort(next);
    fronts.push_back(std::exchange(front, std::move(next)));
  }
  return fronts;
}

std::vector<double> crowding_distances(std::span<const Point> front) {
  std::vector<double> distances(front.size(), 0);
  if (front.empty()) return distances;
  std::vector<std::size_t> order(front.size());
  for (std::size_t objective = 0; objective < front.front().size(); ++objective) {
    const auto value = [&](std::size_t i) { return front[i][objective]; };
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, value);
    const double extent = value(order.back()) - value(order.front());
    distances[order.front()] = distances[order.back()] = std::numeric_limits<double>::infinity();
    if (!(extent > 0)) continue;  // also where all are infinite
    for (std::size_t i = 1; i + 1 < order.size(); ++i) {
      distances[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / extent;
    }
  }
  return distances;
}

double hypervolume(std::span<const Point> points, const Point& reference) {
  std::vector<Point> below;
  std::ranges::copy_if(points, std::back_inserter(below),
                       [&](const Point& point) { return is_below(point, reference); });
  const std::vector<Point> front = non_dominated(std::move(below));
  if (front.empty()) return 0;
  if (reference.size() == 1) return box(front.front(), reference);
  return volume(front, reference);
}

}  // namespace nas
