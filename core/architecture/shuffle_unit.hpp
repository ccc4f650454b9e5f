/// Units of ShuffleNetV2 (Ma et al. 2018) and of its supernet SPOS (Guo et al. 2019).
#pragma once

#include <cstdint>
#include <string>

#include "core/architecture/blocks.hpp"

namespace nas {

enum class ShuffleStyle {
  /// At stride 1 the second half of the channels goes through the branch; the joined halves are
  /// shuffled in two groups. At stride 2 both halves of the output come from branches.
  shufflenet_v2,
  /// The shuffle is the split: channels 1, 3, 5, ... go through the branch, and nothing is shuffled
  /// at the end. At stride 2 the side branch keeps the input's channels.
  single_path_one_shot,
};

struct ShuffleUnit {
  std::int64_t out_channels = 0;     ///< at stride 1 as many as the input has, an even number
  std::int64_t branch_channels = 0;  ///< of the branch inside; 0: out_channels / 2
  std::int64_t kernel = 3;           ///< of the depthwise convolutions
  std::int64_t stride = 1;           ///< 1 or 2
  /// The branch is three times depthwise 3x3 and pointwise, in place of pointwise, depthwise,
  /// pointwise (SPOS' fourth choice).
  bool xception = false;
  ShuffleStyle style = ShuffleStyle::shufflenet_v2;
  bool affine = true;  ///< of all batch norms
};

/// Throws Error(space) where the channels do not fit.
NodeId add_shuffle_unit(Architecture& net, NodeId input, const std::string& name,
                        const ShuffleUnit& unit);

}  // namespace nas
