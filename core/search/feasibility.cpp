#include "core/search/feasibility.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>

#include <fmt/format.h>

namespace nas {

Feasibility::Feasibility(std::span<const Limit> limits) {
  for (const Limit& limit : limits) excluded_.push_back({limit});
}

bool Feasibility::check(const Metrics& metrics) {
  bool feasible = true;
  const bool first = streak_ == 0;
  for (Excluded& entry : excluded_) {
    if (first) entry = {entry.limit, 0, std::numeric_limits<double>::infinity()};
    const auto metric = metrics.find(entry.limit.metric);
    if (metric == metrics.end()) continue;
    entry.smallest = std::min(entry.smallest, metric->second);
    if (metric->second <= entry.limit.maximum) continue;
    ++entry.count;
    feasible = false;
  }
  streak_ = feasible ? 0 : streak_ + 1;
  return feasible;
}

std::string Feasibility::explanation() const {
  std::vector<Excluded> guilty;
  std::ranges::copy_if(excluded_, std::back_inserter(guilty),
                       [](const Excluded& entry) { return entry.count > 0; });
  if (guilty.empty()) return "no limit excludes anything";
  std::ranges::stable_sort(guilty, std::greater<>(), &Excluded::count);
  std::vector<std::string> parts;
  std::vector<std::string> impossible;
  for (const Excluded& entry : guilty) {
    const std::string& metric = entry.limit.metric;
    parts.push_back(fmt::format("'{}' <= {} excludes {} of them, and the smallest value seen is {}",
                                metric, entry.limit.maximum, entry.count, entry.smallest));
    if (entry.count == streak_) impossible.push_back(fmt::format("{}={}", metric, entry.smallest));
  }
  const std::string remedy =
      impossible.empty()
          ? "each limit alone lets some through, all together none; raise one of them"
          : fmt::format("raise to at least {}", fmt::join(impossible, " and "));
  return fmt::format(
      "{} proposals in a row are over a limit; {}; {}, or choose a space with "
      "smaller networks",
      streak_, fmt::join(parts, "; "), remedy);
}

}  // namespace nas
