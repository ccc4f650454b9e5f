/// Stages of inverted bottlenecks (MobileNetV2's block, with MnasNet's choices per layer).
///
/// A stem convolution 3x3, stages of inverted bottlenecks, a 1x1 convolution to twice the last
/// width (at least 64), global average pooling and a classifier. The task's resolution R (the
/// smaller side) sets the number of halvings n = floor(log2(R / 7)), which leaves 7 to 13 pixels:
/// from three on, the stem takes one; every other belongs to the first layer of a stage of its own;
/// one more stage keeps the resolution. So 28x28 and 32x32 have three stages, 224x224 has five.
///
/// | decision | options |
/// |---|---|
/// | stem.width | 8, 16, 24 |
/// | stage*s*.depth | 1 … `max_depth` (4) |
/// | stage*s*.width | 0.5, 1, 1.5 times 24, 40, 64, 96, 160, 256 for s = 1 … 6, in multiples of 8 |
/// | stage*s*.layer*l*.kernel | 3, 5, 7 |
/// | stage*s*.layer*l*.expansion | 1, 3, 6 |
/// | stage*s*.layer*l*.se | 0, 0.25 of the layer's input channels (squeeze-and-excitation) |
/// | stage*s*.layer*l*.skip | none, identity; on layers that keep their shape: all but a stage's
/// first |
///
/// With S stages and maximal depth D the space has 3 * (3 * sum over d = 1 … D of 18 * 36^(d-1))^S
/// networks: 5.2e19 at 28x28. There they cost from 0.27 to 62 million MACs.
#pragma once

#include <memory>
#include <span>

#include "core/base/options.hpp"
#include "core/search/search_space.hpp"

namespace nas {

std::span<const OptionSpec> mbconv_options();
/// Throws Error(space) below 4x4 pixels or with fewer than two classes.
std::unique_ptr<SearchSpace> make_mbconv(const Task& task, const OptionValues& options);

}  // namespace nas
