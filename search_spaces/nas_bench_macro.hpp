/// The space `nasbench-macro`: the chains of NAS-Bench-Macro (Su et al. 2021, arXiv 2103.11922).
///
/// A 3x3 stem, eight layers in stages of two, three and three, a 1x1 convolution, global average
/// pooling and a classifier; the activation is ReLU. A stage's first layer halves the resolution
/// and doubles the channels: there, identity is a strided 1x1 convolution with batch norm.
///
/// | decision | options |
/// |---|---|
/// | layer1 … layer8 | identity, or an inverted bottleneck: mbconv_e3_k3, mbconv_e6_k5 |
///
/// | option | small | published | |
/// |---|---|---|---|
/// | channels | 8 | 32 | of the stem |
/// | head | 64 | 1280 | of the last convolution |
///
/// 3^8 = 6,561 genotypes. Identities that are not first in a stage commute with what follows them;
/// canonical is: they are the last of their stage. 9 * 21 * 21 = 3,969 are left. Weights are called
/// by the place of a layer in the canonical chain.
#pragma once

#include <memory>
#include <span>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"
#include "search_spaces/registry.hpp"

namespace nas {

SpaceEntry nas_bench_macro_space();
std::span<const OptionSpec> nas_bench_macro_options();
/// Throws Error(space) below 8x8 pixels or with fewer than two classes.
std::unique_ptr<SearchSpace> make_nas_bench_macro(const Task& task, const OptionValues& options);

}  // namespace nas
