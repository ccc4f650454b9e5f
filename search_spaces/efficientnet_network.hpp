/// EfficientNets: a baseline of inverted bottlenecks, made deeper, wider and larger (Tan, Le 2019).
///
/// As in the authors' TPU code: swish, squeeze-and-excitation with 1/4 of a block's input channels
/// in between, batch norm with epsilon 1e-3 and 0.01 of the new statistics, stochastic depth that
/// grows linearly from block to block, dropout before the classifier. Convolutions are padded alike
/// on both sides, where TensorFlow pads the bottom and the right more: costs are the same.
///
/// Parameters are named by place and channels ("stage2.layer1.c16to24.expand.weight").
#pragma once

#include <cstdint>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

struct EfficientNetStage {
  std::int64_t expansion = 1;
  std::int64_t kernel = 3;
  std::int64_t channels = 0;
  std::int64_t layers = 1;
  std::int64_t stride = 1;  ///< of the first layer
};

struct EfficientNetBaseline {
  std::int64_t stem_channels = 0;
  std::int64_t stem_stride = 1;
  std::vector<EfficientNetStage> stages;
  std::int64_t head_channels = 0;

  /// How much smaller the last image is than the first.
  std::int64_t total_stride() const;
};

/// EfficientNet-B0, for 224x224 pixels.
EfficientNetBaseline efficientnet_b0();
/// Its like for 28x28 and 32x32 pixels: four stages, 8 to 40 channels, two strides.
EfficientNetBaseline small_efficientnet();

struct EfficientNetScaling {
  /// Layers of every stage are multiplied by it and rounded up.
  double depth = 1;
  /// Channels, those of the stem and the head too, are multiplied by it and rounded to the nearest
  /// multiple of 8, never more than 10 % down.
  double width = 1;
  double dropout = 0;       ///< probability before the classifier
  double drop_connect = 0;  ///< probability of dropping a block if it were the one after the last
};

/// For `task.input` as it is: resolution is scaled by whoever calls.
Architecture build_efficientnet(const EfficientNetBaseline& baseline,
                                const EfficientNetScaling& scaling, const Task& task);

}  // namespace nas
