/// The space `darts`: the cells that DARTS (Liu et al. 2018, arXiv 1806.09055) derives.
///
/// A normal cell and one that halves the resolution, each of four nodes; a node is the sum of two
/// ops on different inputs: the two cells before, or earlier nodes. The relaxed form, every op on
/// every edge mixed by coefficients, is `darts_search_network` (core/architecture/darts.hpp); the
/// names of its weights are those of the networks built here.
///
/// | decision | options |
/// |---|---|
/// | *cell*.node*n*.inputs | every pair of the n + 2 states before: 0+1, 0+2, 1+2, … |
/// | *cell*.node*n*.first, .second | what is done to the one and to the other: an op |
///
/// of max_pool_3x3, avg_pool_3x3, skip_connect, sep_conv_3x3, sep_conv_5x5, dil_conv_3x3 and
/// dil_conv_5x5, for the cells normal and reduction and n = 0, 1, … State 0 is the cell before the
/// last, state 1 the last one, state 2 the first node.
///
/// | option | small | published | |
/// |---|---|---|---|
/// | nodes | 4 | 4 | in a cell |
/// | channels | 8 | 36 | of the nodes in the first cell |
/// | cells | 5 | 20 | the ones at one and two thirds halve the resolution |
///
/// A cell of N nodes has the product over k = 2 … N + 1 of C(k, 2) * 7^2 forms: 1,037,664,180 for
/// four nodes; the size is the square. Every genotype is canonical: cells that differ in the order
/// of their nodes alone are counted apart, as in the paper.
///
/// Deviation: unpadded factorised reductions, as the authors have them, take no odd sizes; there,
/// they are padded.
#pragma once

#include <memory>
#include <span>

#include "core/architecture/darts.hpp"
#include "core/base/options.hpp"
#include "core/search/search_space.hpp"
#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry darts_space();
std::span<const OptionSpec> darts_options();
/// Throws Error(space) below 4x4 pixels or with fewer than two classes.
std::unique_ptr<SearchSpace> make_darts(const Task& task, const OptionValues& options);

/// Answers of the space that stand for these cells, which have the paper's four nodes.
Genotype darts_answers(const DartsGenotype& cells);

}  // namespace nas
