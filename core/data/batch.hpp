/// From samples to the float tensors that a network reads.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/random.hpp"
#include "core/data/split.hpp"

namespace nas {

struct Augmentation {
  bool flip = false;     ///< mirror left to right with probability 1/2
  int crop_padding = 0;  ///< pad with the mean (0 after normalisation) by so many pixels, cut a
                         ///< random window of the old size
};

/// Writes samples `positions` (into samples.indices) as normalised N x C x H x W to `images` and
/// their classes to `labels`. `random` is drawn from only as the augmentation needs it, two numbers
/// for a crop and one for a flip, per sample in order.
void fill_batch(const Samples& samples, std::span<const std::uint32_t> positions,
                const Augmentation& augmentation, Random& random, std::span<float> images,
                std::span<std::int32_t> labels);
/// Without augmentation.
void fill_batch(const Samples& samples, std::span<const std::uint32_t> positions,
                std::span<float> images, std::span<std::int32_t> labels);

}  // namespace nas
