/// The networks of the AnyNet and RegNet design spaces (Radosavovic et al. 2020).
///
/// A stem convolution 3x3, stages of residual bottlenecks with grouped convolutions, global average
/// pooling and a linear layer. Block: 1x1 to w / b channels, 3x3 with groups of g channels (and the
/// stage's stride in its first block), optional squeeze-and-excitation, 1x1 to w, all with batch
/// norm; a 1x1 projection where the shape changes; ReLU after the sum. Or, for the spaces that came
/// before (nds.hpp), blocks of two 3x3 convolutions, with that residual or without.
///
/// Parameters are named by place and shape ("stage2.block1.w56b1g8from24.a.weight"), so that
/// networks over one store share what is alike and nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

/// One stage; all its blocks are alike but for the first one's stride and input.
struct AnyNetStage {
  std::int64_t depth = 1;        ///< blocks
  std::int64_t width = 8;        ///< channels
  std::int64_t bottleneck = 1;   ///< width divided by the channels inside a block
  std::int64_t group_width = 1;  ///< channels in one group of the 3x3 convolution
  friend bool operator==(const AnyNetStage&, const AnyNetStage&) = default;
};

enum class AnyNetBlock : std::uint8_t {
  bottleneck,
  basic,    ///< two 3x3 convolutions and the residual: ResNet's; ratio, groups and SE do not count
  vanilla,  ///< the same without the residual
};

struct AnyNetNetwork {
  std::vector<AnyNetStage> stages;
  std::int64_t stem_width = 32;
  std::int64_t stem_stride = 2;
  std::int64_t first_stride = 2;  ///< of the first stage; later ones have 2
  /// Channels between the layers of squeeze-and-excitation are a block's input channels divided by
  /// this, rounded; 0: none.
  std::int64_t se_divisor = 0;
  AnyNetBlock block = AnyNetBlock::bottleneck;
};

/// Makes the group width divide the channels inside a block, as pycls does: groups no wider than
/// those, whose number is then rounded (half to even) to a multiple of them, at least one.
AnyNetStage with_compatible_groups(AnyNetStage stage);

/// Stages as they are given: throws Error(space) where a group width does not fit.
Architecture build_anynet(const AnyNetNetwork& network, const Task& task);

/// How much smaller the last stage's image is than the input.
std::int64_t total_stride(const AnyNetNetwork& network);

/// Values that convolutions give for one sample: what the paper calls activations, which go with
/// running time better than MACs.
std::int64_t convolution_activations(const Architecture& architecture);

}  // namespace nas
