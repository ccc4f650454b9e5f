/// The space `nasnet`: the cells of NASNet (Zoph et al. 2017, arXiv 1707.07012) and of three other
/// systems that search the same kind of cell.
///
/// Normal cells, and reduction cells that halve the resolution and double the filters, in the
/// assembly "N @ F" (core/architecture/nasnet.hpp).
///
/// | decision | options |
/// |---|---|
/// | *cell*.block*b*.input1, .input2 | h, the cell before; h-1, the one before that; block0, … |
/// | *cell*.block*b*.op1, .op2 | those of the variant |
/// | *cell*.block*b*.combine | add, concat; no decision where the variant only adds |
///
/// for the cells normal and reduction, b = 0 … B - 1.
///
/// | variant | ops | combine | cells | output of a cell | published N, F |
/// |---|---|---|---|---|---|
/// | nasnet | 13 | add, concat | two | states that no block reads | 6, 32 |
/// | amoebanet (Real et al. 2018) | 8 | add | two | states that no block reads | 6, 36 |
/// | pnas (Liu et al. 2017) | 8 | add | one for both | all blocks, and unread inputs | 3, 48 |
/// | enas-micro (Pham et al. 2018) | 5 | add | two | states that no block reads | 5, 36 |
///
/// | option | default | |
/// |---|---|---|
/// | variant | nasnet | |
/// | combine | variant | overrides the variant's: add, add_concat |
/// | preset | small | N = 1, F = 8, or as published |
/// | blocks | 5 | B |
/// | repeats, filters | 0 | N and F; 0: the preset's |
/// | stem | cifar | or imagenet: a convolution of stride 2 and two reduction cells before |
/// | drop_path | 0 | probability in the last cell, at the end of ScheduledDropPath |
///
/// The probabilities of drop_path are linear in depth; training with `scheduled_drop_path` makes
/// them linear in its progress, too.
///
/// With M ops and K combinations a cell has the product over b = 0 … B - 1 of (b + 2)^2 * M^2 * K
/// encodings: 2,286,906,949,584,691,200 for NASNet's; the size is the square where there are two.
/// Swapping the two halves of a block gives the same cell: canonical is the one whose first input,
/// then op, is the lower. Blocks in another order are told apart.
///
/// Deviations: the stem's width is three times the filters in every variant, as NASNet's on CIFAR.
/// AmoebaNet's `dil_sep_conv_3x3` is separable, the dilated convolution of the others is not.
/// Factorised reductions of loose inputs begin with a ReLU like all others.
#pragma once

#include <memory>
#include <span>

#include "core/architecture/nasnet.hpp"
#include "core/base/options.hpp"
#include "core/search/search_space.hpp"
#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry nasnet_space();
std::span<const OptionSpec> nasnet_options();
/// Throws Error(space) below 4x4 pixels, 32x32 with the stem for ImageNet, or with fewer than two
/// classes.
std::unique_ptr<SearchSpace> make_nasnet(const Task& task, const OptionValues& options);

}  // namespace nas
