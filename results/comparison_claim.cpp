#include "results/comparison_claim.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/statistics/mann_whitney.hpp"
#include "core/statistics/wilcoxon.hpp"

namespace nas {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

[[noreturn]] void reject_claim(const std::string& text, const std::string& why) {
  throw Error(
      ErrorKind::usage,
      fmt::format("cannot read the assertion '{}': {}; it is 'BETTER > WORSE @ LEVEL', such "
                  "as 'evolution > random @ 0.05'",
                  text, why));
}

double least_p_value(const ClaimSize& size) {
  return size.paired ? least_wilcoxon_p_value(size.better, Alternative::greater)
                     : least_mann_whitney_p_value(size.better, size.worse, Alternative::greater);
}

std::vector<double> least_corrected(std::span<const ClaimSize> sizes) {
  std::vector<double> least;
  for (const ClaimSize& size : sizes) least.push_back(least_p_value(size));
  return holm(least);
}

/// Of each group, for the claim at `place`, the others being as they are.
std::size_t seeds_needed(std::span<const ClaimSize> sizes, std::size_t place, double level) {
  std::vector<ClaimSize> larger(sizes.begin(), sizes.end());
  for (std::size_t seeds = 1;; ++seeds) {
    // The others get as many where they have fewer: with them left behind, it would take no more.
    for (ClaimSize& size : larger) {
      size.better = std::max(size.better, seeds);
      size.worse = std::max(size.worse, seeds);
    }
    larger[place].better = larger[place].worse = seeds;
    if (holds_at(least_corrected(larger)[place], level)) return seeds;
  }
}

}  // namespace

ComparisonClaim parse_claim(const std::string& text) {
  ComparisonClaim claim;
  claim.text = text;
  const std::size_t at = text.rfind('@');
  if (at != std::string::npos) {
    const std::string level = trimmed(std::string_view(text).substr(at + 1));
    const auto value = parse_real(level);
    if (!value || *value <= 0 || *value >= 1) {
      reject_claim(text, fmt::format("the level '{}' must be a number between 0 and 1", level));
    }
    claim.level = *value;
  }
  const std::string groups = text.substr(0, at);
  // A label may have the sign within a word; blanks tell which one compares.
  const bool has_blanks = groups.find(" > ") != std::string::npos;
  const std::size_t than = has_blanks ? groups.find(" > ") + 1 : groups.find('>');
  if (than == std::string::npos) {
    reject_claim(text, groups.find('<') != std::string::npos
                           ? "the better group comes first, whichever way the metric goes"
                           : "there is no '>' in it");
  }
  claim.better = trimmed(std::string_view(groups).substr(0, than));
  claim.worse = trimmed(std::string_view(groups).substr(than + 1));
  if (claim.better.empty() || claim.worse.empty()) reject_claim(text, "a group is missing");
  return claim;
}

bool holds_at(double p_value, double level) {
  constexpr double rounding = 1e-9;
  return p_value <= level * (1 + rounding);
}

void check_attainable(std::span<const ComparisonClaim> claims, std::span<const ClaimSize> sizes) {
  const std::vector<double> least = least_corrected(sizes);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (holds_at(least[i], claims[i].level)) continue;
    const ClaimSize& size = sizes[i];
    const std::string there = size.paired ? fmt::format("{} seeds in common", size.better)
                                          : fmt::format("{} and {} seeds", size.better, size.worse);
    throw Error(
        ErrorKind::usage,
        fmt::format(
            "'{}' cannot hold, whatever the runs say: with {} the least p-value is {:.3g}{}; "
            "it takes {} seeds {}",
            claims[i].text, there, least[i],
            claims.size() > 1 ? fmt::format(", corrected for {} assertions", claims.size()) : "",
            seeds_needed(sizes, i, claims[i].level), size.paired ? "in common" : "of each group"));
  }
}

}  // namespace nas
