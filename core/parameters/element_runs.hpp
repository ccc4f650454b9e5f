/// Parts of a tensor as runs of consecutive elements: what loops over a part look like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/architecture/parameter_reference.hpp"

namespace nas {

/// Consecutive elements of a tensor in row-major order.
struct ElementRun {
  std::size_t begin = 0;
  std::size_t count = 0;
  friend bool operator==(const ElementRun&, const ElementRun&) = default;
};

/// Sorted, disjoint, not adjacent; so a whole tensor is one run.
using ElementRuns = std::vector<ElementRun>;

/// The elements of `part` of a tensor of this shape.
ElementRuns runs_of(const Box& part, const std::vector<std::int64_t>& shape);
/// The elements that are in one or the other.
ElementRuns united(std::span<const ElementRun> a, std::span<const ElementRun> b);
/// The elements of `a` that are not in `b`.
ElementRuns without(std::span<const ElementRun> a, std::span<const ElementRun> b);

std::size_t element_count(std::span<const ElementRun> runs);
/// The position in the tensor of the element with this number, counted along the runs.
std::size_t element_at(std::span<const ElementRun> runs, std::size_t number);

}  // namespace nas
