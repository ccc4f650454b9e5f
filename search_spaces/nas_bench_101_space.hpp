/// The space `nasbench101`: the cells of NAS-Bench-101 (Ying et al. 2019, arXiv 1902.09635).
///
/// A directed acyclic graph of at most seven vertices, input and output included, and nine edges,
/// with an op at each vertex between; the same cell everywhere in a fixed skeleton
/// (core/architecture/nas_bench_101.hpp, with the rule for channels).
///
/// | decision | options |
/// |---|---|
/// | edge *u*->*v*, for all u < v | no, yes |
/// | vertex*v*.op | conv3x3, conv1x1, maxpool3x3; of a vertex on no path only the first |
///
/// Answers that would make too many edges, or leave no path from input to output, are not open.
///
/// | option | small | published | |
/// |---|---|---|---|
/// | vertices | 7 | 7 | at most |
/// | edges | 9 | 9 | at most |
/// | channels | 16 | 128 | of the first stack |
/// | cells | 1 | 3 | in each of the three stacks |
///
/// Canonical is the first, in ascending order, of the cells that are isomorphic once vertices on no
/// path are removed: 423,624 of them, which `enumerate` visits. The size, of all genotypes, is
/// counted over the graphs; there is no formula.
///
/// `neighbours`, and `mutate_one`, which draws from them, turn an edge on or off, change an op, or
/// put a new vertex on an edge, since canonical cells have no spare vertices.
///
/// Deviation: `build` gives every cell the network of its canonical form. Where three or five
/// vertices share the output's channels, the one odd channel may go to another of them than in the
/// benchmark, which trained one of the isomorphic cells.
#pragma once

#include <memory>
#include <span>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"
#include "search_spaces/nas_bench_101_cells.hpp"
#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry nas_bench_101_space();
std::span<const OptionSpec> nas_bench_101_options();
/// Throws Error(space) below 4x4 pixels or with fewer than two classes.
std::unique_ptr<SearchSpace> make_nas_bench_101(const Task& task, const OptionValues& options);

}  // namespace nas
