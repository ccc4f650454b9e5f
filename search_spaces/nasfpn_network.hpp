/// Feature pyramids of merging cells (Ghiasi et al. 2019, "NAS-FPN"), as the authors' code builds
/// them.
///
/// A pool holds features, first the pyramid's inputs, from fine to coarse. A merging cell takes two
/// of them to a level (max pooling whose kernel is its stride, or nearest upsampling), merges them,
/// and adds the result, behind ReLU, a 3x3 convolution and batch norm, to the pool. The last cells,
/// as many as there are levels, are the outputs. A feature that nothing has read so far is added to
/// the next output of its level, before the ReLU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

enum class MergeOp : std::uint8_t {
  sum,
  /// The coarser feature (of two of one level the one that came first) gates the other: it is
  /// pooled over the whole image, sigmoid makes factors for the other's channels, and both are
  /// added.
  attention,
};
enum class GatePooling : std::uint8_t { max, average };

struct Merge {
  std::size_t first = 0;   ///< in the pool
  std::size_t second = 0;  ///< another one
  std::size_t level = 0;   ///< 0: the finest
  MergeOp op = MergeOp::sum;
};

struct FeaturePyramid {
  std::vector<Merge> merges;
  std::size_t repeats = 1;  ///< the outputs of one are the inputs of the next
  GatePooling gate = GatePooling::max;
};

/// The pyramid that the authors' search found, for five levels.
FeaturePyramid found_pyramid();

/// Adds the pyramid on `inputs`, which have equal numbers of channels and halve the image from one
/// to the next, rounding up. Returns the outputs, from fine to coarse. Throws Error(space) where
/// two outputs have one level or a merge reads what is not there.
std::vector<NodeId> add_feature_pyramid(Architecture& net, const std::vector<NodeId>& inputs,
                                        const FeaturePyramid& pyramid);

/// Max pooling by 2^halvings, padded to round sizes up.
NodeId add_downsampling(Architecture& net, NodeId input, const std::string& name,
                        std::size_t halvings);

/// The pyramid without a network before it: an input of the given shape for the finest level, and
/// one for each other, half as large as the one before.
Architecture pyramid_alone(const FeaturePyramid& pyramid, std::size_t levels, const Shape& finest);

/// A small residual network, one block of two 3x3 convolutions a stage (ResNet-10), with 1x1
/// projections to `channels`, max pools of the last for levels beyond stride 32, and the pyramid.
struct PyramidBackbone {
  std::int64_t stem_channels = 64;  ///< doubled from stage to stage
  std::size_t levels = 5;           ///< strides 8, 16, …
  std::int64_t channels = 256;      ///< of the pyramid
};
Architecture pyramid_on_backbone(const FeaturePyramid& pyramid, const PyramidBackbone& backbone,
                                 const Task& task);

}  // namespace nas
