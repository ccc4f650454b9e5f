#include "core/parameters/element_runs.hpp"

#include <algorithm>

namespace nas {
namespace {

std::size_t end_of(const ElementRun& run) { return run.begin + run.count; }

/// Runs are appended in the order of their beginnings.
void append(ElementRuns& runs, const ElementRun& run) {
  if (!runs.empty() && end_of(runs.back()) >= run.begin) {
    runs.back().count = std::max(end_of(runs.back()), end_of(run)) - runs.back().begin;
  } else {
    runs.push_back(run);
  }
}

}  // namespace

ElementRuns runs_of(const Box& part, const std::vector<std::int64_t>& shape) {
  // From the last axis to the first: the runs of a slice, once for every slice that is kept.
  ElementRuns runs = {{0, 1}};
  std::size_t slice = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const auto begin = static_cast<std::size_t>(part.begin[axis]);
    const auto count = static_cast<std::size_t>(part.count[axis]);
    if (runs.front() == ElementRun{0, slice}) {
      runs.front() = {begin * slice, count * slice};
    } else {
      ElementRuns all;
      for (std::size_t i = begin; i < begin + count; ++i) {
        for (const ElementRun& run : runs) append(all, {i * slice + run.begin, run.count});
      }
      runs = std::move(all);
    }
    slice *= static_cast<std::size_t>(shape[axis]);
  }
  return runs;
}

ElementRuns united(std::span<const ElementRun> a, std::span<const ElementRun> b) {
  ElementRuns result;
  while (!a.empty() || !b.empty()) {
    const bool from_a = b.empty() || (!a.empty() && a.front().begin < b.front().begin);
    std::span<const ElementRun>& source = from_a ? a : b;
    append(result, source.front());
    source = source.subspan(1);
  }
  return result;
}

ElementRuns without(std::span<const ElementRun> a, std::span<const ElementRun> b) {
  ElementRuns result;
  for (const ElementRun& run : a) {
    std::size_t from = run.begin;
    while (!b.empty() && end_of(b.front()) <= from) b = b.subspan(1);
    for (std::size_t i = 0; i < b.size() && b[i].begin < end_of(run); ++i) {
      if (b[i].begin > from) result.push_back({from, b[i].begin - from});
      from = std::max(from, end_of(b[i]));
    }
    if (from < end_of(run)) result.push_back({from, end_of(run) - from});
  }
  return result;
}

std::size_t element_count(std::span<const ElementRun> runs) {
  std::size_t count = 0;
  for (const ElementRun& run : runs) count += run.count;
  return count;
}

std::size_t element_at(std::span<const ElementRun> runs, std::size_t number) {
  for (const ElementRun& run : runs) {
    if (number < run.count) return run.begin + number;
    number -= run.count;
  }
  return number;  // unreachable for a number below the count
}

}  // namespace nas
