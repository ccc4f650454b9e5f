/// A strategy that is told at once of everything that it proposes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tests/plugin/loaded.hpp"

namespace nas {

class Dialogue {
 public:
  using Height = std::function<double(const Genotype&)>;

  Dialogue(const std::string& strategy, const SearchSpace& space, const Given& given, Height height,
           std::uint64_t seed = 3)
      : strategy_(built_strategy(strategy, space, given, seed)), height_(std::move(height)) {}

  /// The next proposal, which must exist.
  Genotype step() {
    const Genotype genotype = strategy_->ask()->genotype;
    tell(genotype, height_(genotype));
    return genotype;
  }
  void tell(const Genotype& genotype, double height) {
    strategy_->tell({Result::Kind::measured, next_id_++, genotype, {}, {height}});
  }
  Strategy& strategy() { return *strategy_; }

 private:
  std::shared_ptr<Strategy> strategy_;
  Height height_;
  std::int64_t next_id_ = 0;
};

inline double minus_sum(const Genotype& genotype) {
  double sum = 0;
  for (const int answer : genotype.answers) sum -= answer;
  return sum;
}

}  // namespace nas
