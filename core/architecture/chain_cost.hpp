/// What a chain of blocks costs, by arithmetic on shapes: no graph is built.
///
/// For counting many networks, as when a space is judged by thousands of samples. The functions are
/// named as those of blocks.hpp that build the graph, and the costs equal `cost` of that graph:
///
///     ChainCost chain({3, 224, 224});
///     chain.add_convolution_block({.out_channels = 32, .kernel = 3, .stride = 2});
///     chain.add_inverted_bottleneck({.out_channels = 16});
///     chain.add_classifier(1000);
///     chain.cost().macs;
#pragma once

#include <cstdint>

#include "core/architecture/blocks.hpp"
#include "core/architecture/shape.hpp"

namespace nas {

class ChainCost {
 public:
  explicit ChainCost(const Shape& input) : shape_(input) {}

  /// Convolution, without bias, batch norm and activation. Throws Error(internal) where it is
  /// dilated, or has a bias.
  void add_convolution_block(const ConvolutionSettings& settings);
  /// Throws Error(internal) where the block has squeeze-and-excitation.
  void add_inverted_bottleneck(const InvertedBottleneck& block);
  /// Global average pooling and a linear layer.
  void add_classifier(std::int64_t classes);

  /// Of one sample: as in Cost, whose other sizes are four times those at 1 byte.
  struct Sums {
    std::int64_t params = 0;
    std::int64_t macs = 0;
    std::int64_t ram_int8 = 0;
    std::int64_t ram_mcunet = 0;
    std::int64_t flash_int8 = 0;
    friend bool operator==(const Sums&, const Sums&) = default;
  };
  const Sums& cost() const { return sums_; }
  /// What comes out of the last block.
  const Shape& shape() const { return shape_; }

 private:
  /// `waiting`: elements that are live for something else, by lifetimes and by MCUNet's model.
  struct Waiting {
    std::int64_t live = 0;
    std::int64_t mcunet = 0;
  };
  void convolve(const ConvolutionSettings& settings, const Waiting& waiting);

  Shape shape_;
  Sums sums_;
};

}  // namespace nas
