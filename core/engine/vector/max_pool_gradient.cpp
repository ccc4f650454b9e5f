#include "core/engine/vector/max_pool_gradient.hpp"

#include "core/engine/vector/lanes.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

/// One output of one plane: what its gradient has left stays in a register.
template <int width>
void give(const MaxPool& pool, const Floats<width>* source, Floats<width> largest,
          Floats<width> left, std::int64_t out_y, std::int64_t out_x, Floats<width>* gradient) {
  const std::int64_t top = out_y * pool.stride_h - pool.padding_h;
  const std::int64_t first = out_x * pool.stride_w - pool.padding_w;
  const std::int64_t end_x = smaller(first + pool.kernel_w, pool.in_w);
  const std::int64_t end_y = smaller(top + pool.kernel_h, pool.in_h);
  for (std::int64_t y = larger(top, 0); y < end_y; ++y) {
    for (std::int64_t x = larger(first, 0); x < end_x; ++x) {
      const Floats<width> value = source[y * pool.in_w + x];
      const auto found = (value == largest) | (value != value);
      gradient[y * pool.in_w + x] += found ? left : Floats<width>{};
      left = found ? Floats<width>{} : left;
    }
  }
}

template <int width>
void run(const MaxPool& pool, const float* source, const float* output,
         const float* output_gradient, float* source_gradient) {
  const std::int64_t in_pixels = pool.in_h * pool.in_w;
  const auto* from = vectors<width>(source);
  const auto* largest = vectors<width>(output);
  const auto* left = vectors<width>(output_gradient);
  auto* gradient = vectors<width>(source_gradient);
  for (std::int64_t plane = 0; plane < pool.planes; ++plane) {
    for (std::int64_t i = 0; i < in_pixels; ++i) gradient[i] = Floats<width>{};
    for (std::int64_t y = 0; y < pool.out_h; ++y) {
      for (std::int64_t x = 0; x < pool.out_w; ++x) {
        give<width>(pool, from, largest[x], left[x], y, x, gradient);
      }
      largest += pool.out_w;
      left += pool.out_w;
    }
    from += in_pixels;
    gradient += in_pixels;
  }
}

}  // namespace

MaxPoolGradient max_pool_gradient(std::int64_t width) {
  if (width == 8) return run<8>;
  return width == 16 ? run<16> : nullptr;
}

}  // namespace nas::engine::NAS_VECTOR_ISA
