#include "core/search/feasibility.hpp"

#include <algorithm>
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
  const auto most =
      std::ranges::max_element(excluded_, {}, [](const Excluded& entry) { return entry.count; });
  if (most == excluded_.end()) return "there is no limit";
  return fmt::format(
      "{} proposals in a row are over a limit; '{}' <= {} excludes {} of them, and the smallest "
      "value seen is {}; raise that limit to at least this, or choose a space with smaller "
      "networks",
      streak_, most->limit.metric, most->limit.maximum, most->count, most->smallest);
}

}  // namespace nas
