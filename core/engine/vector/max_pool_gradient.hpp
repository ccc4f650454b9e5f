/// Max pooling's gradient where channels are in blocks.
#pragma once

#include <cstdint>

namespace nas::engine {

struct MaxPool {
  std::int64_t planes;  ///< of `width` channels each
  std::int64_t width;
  std::int64_t in_h, in_w;
  std::int64_t out_h, out_w;
  std::int64_t kernel_h, kernel_w;
  std::int64_t stride_h, stride_w;
  std::int64_t padding_h, padding_w;

  std::int64_t in_size() const { return in_h * in_w * width; }
  std::int64_t out_row() const { return out_w * width; }
};

/// Overwrites `source_gradient`: every output's gradient goes to the first, in the order of rows,
/// of the inputs that are its largest. An input that is not a number is the largest. All are
/// aligned to a block.
using MaxPoolGradient = void (*)(const MaxPool& pool, const float* source, const float* output,
                                 const float* output_gradient, float* source_gradient);

/// For this machine; null but for blocks of 8 and 16 channels.
MaxPoolGradient max_pool_gradient(std::int64_t width);

namespace baseline {
MaxPoolGradient max_pool_gradient(std::int64_t width);
}
namespace avx2 {
MaxPoolGradient max_pool_gradient(std::int64_t width);
}
namespace avx512 {
MaxPoolGradient max_pool_gradient(std::int64_t width);
}

}  // namespace nas::engine
