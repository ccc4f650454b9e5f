/// Points of fake spaces, and what an objective says of them.
#pragma once

#include <algorithm>
#include <vector>

#include "core/base/random.hpp"
#include "plugins/strategies/bayesian/model.hpp"
#include "tests/search/fakes.hpp"

namespace nas::test {

inline std::vector<Genotype> sampled(const SearchSpace& space, std::size_t count,
                                     std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<Genotype> points;
  while (points.size() < count) {
    Genotype point = space.sample(random);
    if (std::ranges::find(points, point) == points.end()) points.push_back(std::move(point));
  }
  return points;
}

inline double minus_sum(const Genotype& genotype) {
  double sum = 0;
  for (const int answer : genotype.answers) sum -= answer;
  return sum;
}

inline std::vector<Observation> observed(const std::vector<Genotype>& points) {
  std::vector<Observation> observations;
  for (const Genotype& point : points) observations.push_back({point, minus_sum(point)});
  return observations;
}

/// 0 … count - 1.
inline std::vector<std::size_t> numbers(std::size_t count) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(i);
  return result;
}

}  // namespace nas::test
