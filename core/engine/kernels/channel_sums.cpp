#include "core/engine/kernels/channel_sums.hpp"

#include <algorithm>

#include "core/engine/kernels/vectorised.hpp"

namespace nas::engine {
namespace {

/// Channels that are summed side by side.
constexpr std::int64_t at_once = 16;

struct ChannelSums {
  [[gnu::always_inline]] static void run(const ChannelBlocks* layout, const float* values,
                                         float* sums) {
    const std::int64_t width = layout->width;
    for (std::int64_t channel = 0; channel < layout->channels;) {
      const std::int64_t lane = channel % width;
      const std::int64_t count = std::min({at_once, width - lane, layout->channels - channel});
      double totals[at_once] = {};
      for (std::int64_t sample = 0; sample < layout->samples; ++sample) {
        const std::int64_t block = sample * layout->blocks + channel / width;
        const float* pixel = values + block * layout->pixels * width + lane;
        for (std::int64_t p = 0; p < layout->pixels; ++p, pixel += width) {
          for (std::int64_t i = 0; i < count; ++i) totals[i] += static_cast<double>(pixel[i]);
        }
      }
      for (std::int64_t i = 0; i < count; ++i) sums[channel++] = static_cast<float>(totals[i]);
    }
  }
};

}  // namespace

void sum_channels(const ChannelBlocks& blocks, const float* values, float* sums) {
  run_vectorised<ChannelSums>(&blocks, values, sums);
}

}  // namespace nas::engine
