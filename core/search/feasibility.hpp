/// Which proposals satisfy the limits, and what to say when none does.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/search/objective.hpp"

namespace nas {

class Feasibility {
 public:
  explicit Feasibility(std::span<const Limit> limits);

  /// Whether `metrics` are within all limits. Keeps account of what excludes them.
  bool check(const Metrics& metrics);
  /// Infeasible proposals since the last feasible one.
  int streak() const { return streak_; }
  /// Of the present streak: every limit that excludes something, the one that excludes most first,
  /// with its value and the smallest value seen; and what to do about it.
  std::string explanation() const;

 private:
  struct Excluded {
    Limit limit;
    int count = 0;
    double smallest = 0;  ///< value of the metric
  };
  std::vector<Excluded> excluded_;
  int streak_ = 0;
};

}  // namespace nas
