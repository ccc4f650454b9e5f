#include "core/engine/vector/depthwise_gradient.hpp"

#include "core/engine/vector/lanes.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

/// The sums of one row of the kernel over one block of one sample's channels. Each is kept in
/// `chains` parts, because a fused multiply-add waits four cycles for the one before it.
template <int block, int kernel_w, bool dilated>
struct KernelRow {
  static constexpr int chains = kernel_w <= 3 ? 4 : kernel_w <= 5 ? 2 : 1;
  using Vector = Floats<block>;
  Vector sums[chains][kernel_w];

  /// Adds what one output gets from the input pixels from `first` on.
  void add(const DepthwiseShape& shape, const Vector* first, const Vector& factor, int chain) {
    const std::int64_t step = dilated ? shape.dilation_w : 1;
#pragma GCC unroll 16
    for (int k = 0; k < kernel_w; ++k) sums[chain][k] += factor * first[k * step];
  }
};

/// Output pixels from `begin` to `end`, some of whose inputs lie outside of the image.
template <int block, int kernel_w, bool dilated>
void add_border(const DepthwiseShape& shape, const Floats<block>* source,
                const Floats<block>* gradient, std::int64_t begin, std::int64_t end,
                KernelRow<block, kernel_w, dilated>& row) {
  const std::int64_t step = dilated ? shape.dilation_w : 1;
  for (std::int64_t out = begin; out < end; ++out) {
    const std::int64_t first = out * shape.stride_w - shape.padding_w;
#pragma GCC unroll 16
    for (int k = 0; k < kernel_w; ++k) {
      const std::int64_t in = first + k * step;
      if (in >= 0 && in < shape.in_w) row.sums[0][k] += gradient[out] * source[in];
    }
  }
}

template <int block, int kernel_w, bool dilated>
void add_interior(const DepthwiseShape& shape, const Floats<block>* source,
                  const Floats<block>* gradient, std::int64_t begin, std::int64_t end,
                  KernelRow<block, kernel_w, dilated>& row) {
  constexpr int chains = KernelRow<block, kernel_w, dilated>::chains;
  const Floats<block>* first = source + begin * shape.stride_w - shape.padding_w;
  std::int64_t out = begin;
  for (; out + chains <= end; out += chains) {
#pragma GCC unroll 16
    for (int chain = 0; chain < chains; ++chain) {
      row.add(shape, first, gradient[out + chain], chain);
      first += shape.stride_w;
    }
  }
  for (; out < end; ++out) {
    row.add(shape, first, gradient[out], 0);
    first += shape.stride_w;
  }
}

/// Outputs from `begin` up to `end`.
struct Range {
  std::int64_t begin;
  std::int64_t end;
};
/// The outputs along one axis whose inputs from `first` to `last`, counted from the output's
/// position times the stride, all lie in the image.
Range inside(std::int64_t size_in, std::int64_t size_out, std::int64_t stride, std::int64_t first,
             std::int64_t last) {
  const std::int64_t begin = first >= 0 ? 0 : (-first + stride - 1) / stride;
  const std::int64_t end = last >= size_in ? 0 : (size_in - 1 - last) / stride + 1;
  const std::int64_t clipped = smaller(begin, size_out);
  return {clipped, larger(clipped, smaller(end, size_out))};
}

/// Adds one sample to the sums, kernel_h x kernel_w x block, of one block of channels.
template <int block, int kernel_w, bool dilated>
void add_sample(const DepthwiseShape& shape, const float* source, const float* gradient,
                float* sums) {
  using Row = KernelRow<block, kernel_w, dilated>;
  using Vector = typename Row::Vector;
  const Range columns = inside(shape.in_w, shape.out_w, shape.stride_w, -shape.padding_w,
                               (kernel_w - 1) * shape.dilation_w - shape.padding_w);
  for (std::int64_t kh = 0; kh < shape.kernel_h; ++kh) {
    const std::int64_t offset = kh * shape.dilation_h - shape.padding_h;
    const Range rows = inside(shape.in_h, shape.out_h, shape.stride_h, offset, offset);
    Vector* total = vectors<block>(sums + kh * kernel_w * block);
    Row row = {};
    for (std::int64_t oh = rows.begin; oh < rows.end; ++oh) {
      const auto* in = vectors<block>(source) + (oh * shape.stride_h + offset) * shape.in_w;
      const auto* out = vectors<block>(gradient) + oh * shape.out_w;
      add_border(shape, in, out, 0, columns.begin, row);
      add_interior(shape, in, out, columns.begin, columns.end, row);
      add_border(shape, in, out, columns.end, shape.out_w, row);
    }
#pragma GCC unroll 16
    for (int k = 0; k < kernel_w; ++k) {
#pragma GCC unroll 16
      for (int chain = 0; chain < Row::chains; ++chain) total[k] += row.sums[chain][k];
    }
  }
}

constexpr std::int64_t max_kernel_h = 16;

/// So many pixels from `first` on as floats: where they are, or in `scratch`.
template <int block, typename Value>
const float* as_floats(const void* values, std::int64_t first, std::int64_t pixels,
                       float* scratch) {
  if constexpr (sizeof(Value) == sizeof(float)) {
    return static_cast<const float*>(values) + first * block;
  } else {
    const auto from = Pixels<block, Value>(values) + first;
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
      vectors<block>(scratch)[pixel] = from[pixel];
    }
    return scratch;
  }
}

template <int block, int kernel_w, bool dilated, typename Value>
void run(const DepthwiseShape& shape, const void* source, const void* gradient, float* scratch,
         float* weights_gradient) {
  const std::int64_t blocks = (shape.channels + block - 1) / block;
  const std::int64_t in_size = shape.in_h * shape.in_w;
  const std::int64_t out_size = shape.out_h * shape.out_w;
  const std::int64_t taps = shape.kernel_h * kernel_w;
  float* const behind = scratch == nullptr ? nullptr : scratch + in_size * block;
  for (std::int64_t b = 0; b < blocks; ++b) {
    alignas(64) float sums[max_kernel_h * kernel_w * block] = {};
    for (std::int64_t sample = 0; sample < shape.samples; ++sample) {
      const std::int64_t position = sample * blocks + b;
      const float* in = as_floats<block, Value>(source, position * in_size, in_size, scratch);
      const float* out = as_floats<block, Value>(gradient, position * out_size, out_size, behind);
      add_sample<block, kernel_w, dilated>(shape, in, out, sums);
    }
    const std::int64_t lanes = smaller(block, shape.channels - b * block);
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      float* plain = weights_gradient + (b * block + lane) * taps;
      for (std::int64_t tap = 0; tap < taps; ++tap) plain[tap] = sums[tap * block + lane];
    }
  }
}

template <int block, bool dilated, typename Value>
DepthwiseGradient for_width(std::int64_t kernel_w) {
  switch (kernel_w) {
    case 3:
      return run<block, 3, dilated, Value>;
    case 5:
      return run<block, 5, dilated, Value>;
    case 7:
      return run<block, 7, dilated, Value>;
    case 9:
      return run<block, 9, dilated, Value>;
    default:
      return nullptr;
  }
}

template <int block, typename Value>
DepthwiseGradient for_block(const DepthwiseShape& shape) {
  return shape.dilation_w == 1 ? for_width<block, false, Value>(shape.kernel_w)
                               : for_width<block, true, Value>(shape.kernel_w);
}

template <typename Value>
DepthwiseGradient for_type(const DepthwiseShape& shape) {
  if (shape.block == 16) return for_block<16, Value>(shape);
  if (shape.block == 8) return for_block<8, Value>(shape);
  return nullptr;
}

}  // namespace

DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape, ValueType type) {
  if (shape.kernel_h > max_kernel_h) return nullptr;
  return type == ValueType::bfloat16 ? for_type<Bfloat16>(shape) : for_type<float>(shape);
}

}  // namespace nas::engine::NAS_VECTOR_ISA
