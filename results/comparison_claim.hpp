/// What a comparison is asserted to show, and whether it could.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace nas {

/// The first group is better than the second, in the direction of the metric, at a level of
/// significance.
struct ComparisonClaim {
  std::string text;
  std::string better;
  std::string worse;
  double level = 0.05;
};

/// "evolution > random @ 0.05"; without "@ LEVEL" at 0.05. Throws Error(usage).
ComparisonClaim parse_claim(const std::string& text);

/// How many runs a claim is tested with: of each group or, paired, in pairs.
struct ClaimSize {
  std::size_t better = 0;
  std::size_t worse = 0;
  bool paired = false;
};

/// Whether a p-value is small enough: one that is 1 in 20 holds at 0.05, however it is rounded.
bool holds_at(double p_value, double level);

/// Throws Error(usage) where the least p-values that tests of `sizes` can have, corrected by Holm's
/// method for all claims, are above a claim's level: then it could not hold whatever came out. Says
/// how many seeds it would need.
void check_attainable(std::span<const ComparisonClaim> claims, std::span<const ClaimSize> sizes);

}  // namespace nas
