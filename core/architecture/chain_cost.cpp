#include "core/architecture/chain_cost.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// Of a padded convolution of an odd kernel, whatever the kernel.
std::int64_t strided(std::int64_t side, std::int64_t stride) { return (side - 1) / stride + 1; }

}  // namespace

void ChainCost::convolve(const ConvolutionSettings& settings, const Waiting& waiting) {
  const Shape input = shape_;
  shape_ = {settings.out_channels, strided(input.height, settings.stride),
            strided(input.width, settings.stride)};
  const std::int64_t weights =
      settings.out_channels * input.channels / settings.groups * settings.kernel * settings.kernel;
  sums_.params += weights + 2 * settings.out_channels;  // scale and shift of the batch norm
  sums_.flash_int8 += weights + settings.out_channels;  // folded: a bias
  sums_.macs += weights * shape_.pixels();
  const std::int64_t both = input.elements() + shape_.elements();
  sums_.ram_int8 = std::max(sums_.ram_int8, both + waiting.live);
  sums_.ram_mcunet = std::max(sums_.ram_mcunet, both + waiting.mcunet);
}

void ChainCost::add_convolution_block(const ConvolutionSettings& settings) {
  if (settings.dilation != 1 || settings.bias || settings.kernel % 2 == 0) {
    throw Error(ErrorKind::internal, "chain costs know neither dilation, bias nor even kernels");
  }
  convolve(settings, {});
}

void ChainCost::add_inverted_bottleneck(const InvertedBottleneck& block) {
  if (block.se_hidden > 0) {
    throw Error(ErrorKind::internal, "chain costs know no squeeze-and-excitation");
  }
  const std::int64_t input = shape_.elements();
  const std::int64_t width = shape_.channels * block.expansion;
  const bool shortcut =
      block.residual && block.stride == 1 && block.out_channels == shape_.channels;
  const bool expands = block.expansion != 1;
  const std::int64_t waits = shortcut ? input : 0;
  if (expands) convolve({.out_channels = width}, {});
  // Without an expansion the depthwise convolution reads the block's input itself, which is live
  // for it; MCUNet's model adds the shortcut regardless.
  convolve({.out_channels = width, .kernel = block.kernel, .stride = block.stride, .groups = width},
           {.live = expands ? waits : 0, .mcunet = waits});
  convolve({.out_channels = block.out_channels}, {.live = waits});
}

void ChainCost::add_classifier(std::int64_t classes) {
  const std::int64_t channels = shape_.channels;
  const std::int64_t params = classes * (channels + 1);
  sums_.params += params;
  sums_.flash_int8 += params;
  sums_.macs += classes * channels;
  sums_.ram_int8 = std::max({sums_.ram_int8, shape_.elements() + channels, channels + classes});
  sums_.ram_mcunet = std::max(sums_.ram_mcunet, channels + classes);
  shape_ = {classes, 1, 1};
}

}  // namespace nas
