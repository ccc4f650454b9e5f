/// The space `nasbench201`: the cells of NAS-Bench-201 (Dong, Yang 2020, arXiv 2001.00326).
///
/// Four nodes, an op on each of the six edges between them; the same cell everywhere in a fixed
/// skeleton (core/architecture/nas_bench_201.hpp).
///
/// | decision | options |
/// |---|---|
/// | edge 0->1, 0->2, 1->2, 0->3, 1->3, 2->3 | an op |
///
/// of none, skip_connect, nor_conv_1x1, nor_conv_3x3 and avg_pool_3x3.
///
/// | option | small | published | |
/// |---|---|---|---|
/// | channels | 8 | 16 | of the first stage |
/// | cells | 1 | 5 | in each stage |
///
/// 5^6 = 15,625 genotypes. `build` gives each the network that the benchmark has trained for it,
/// weights on dead edges included. Canonical is the first in ascending order of those whose
/// simplified strings are equal, as the benchmark's authors simplify: 6,466 classes. Two members of
/// a class compute the same function of equally set weights, which may belong to other edges, and
/// differ in cost by their dead edges. Classes with the same function are left apart: there are
/// 4,930 functions.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"
#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry nas_bench_201_space();
std::span<const OptionSpec> nas_bench_201_options();
/// Throws Error(space) below 4x4 pixels or with fewer than two classes.
std::unique_ptr<SearchSpace> make_nas_bench_201(const Task& task, const OptionValues& options);

/// How far the description of a cell's output is simplified.
enum class NasBench201Simplification {
  /// As written, with the ops in the order in which they are applied.
  none,
  /// A skip is what it skips from.
  skips,
  /// Also: what an op makes of nothing is nothing (but a sum with nothing in it stays one).
  skips_and_zeros,
  /// The function: sums within sums are one sum, and nothing is left out of sums.
  full,
};
/// Equal for equal cells. `code` has a digit for each edge, as in `nas_bench_201`.
std::string nas_bench_201_description(const std::string& code, NasBench201Simplification how);

}  // namespace nas
