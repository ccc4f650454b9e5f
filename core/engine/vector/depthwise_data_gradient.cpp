#include "core/engine/vector/depthwise_data_gradient.hpp"

#include "core/engine/vector/lanes.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

constexpr std::int64_t max_weights = 144;
constexpr std::int64_t max_phases = 16;

/// The greatest whole number that is not above a / b.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/// One axis. Input `stride * step + phase` gets from the weight at `position` what lies at output
/// `step + first(...)`, if the phase is the weight's.
struct Axis {
  std::int64_t in, out, kernel, stride, padding, dilation;

  std::int64_t phase(std::int64_t position) const {
    const std::int64_t distance = position * dilation - padding;
    return distance - floor_div(distance, stride) * stride;
  }
  std::int64_t first(std::int64_t position) const {
    return -floor_div(position * dilation - padding, stride);
  }
  /// Inputs of one phase.
  std::int64_t steps(std::int64_t phase) const { return (in - phase + stride - 1) / stride; }
  /// Outputs that inputs get something from begin so far before the first one.
  std::int64_t margin() const { return larger(0, -first(kernel - 1)); }
  /// Up to the last output that there is or that an input asks for.
  std::int64_t padded() const { return margin() + larger(out, steps(0) + larger(0, first(0))); }
};

Axis vertical(const DepthwiseShape& shape) {
  return {shape.in_h,     shape.out_h,     shape.kernel_h,
          shape.stride_h, shape.padding_h, shape.dilation_h};
}
Axis horizontal(const DepthwiseShape& shape) {
  return {shape.in_w,     shape.out_w,     shape.kernel_w,
          shape.stride_w, shape.padding_w, shape.dilation_w};
}

/// A weight, and where in the padded gradient its factor for the first input of a phase lies.
struct Tap {
  std::int64_t weight;
  std::int64_t offset;
};

/// The weights that inputs of each phase get something from.
struct Taps {
  Tap taps[max_weights];
  std::int64_t end[max_phases];  ///< of the phases' taps, one phase after the other

  explicit Taps(const DepthwiseShape& shape) {
    const Axis rows = vertical(shape), columns = horizontal(shape);
    std::int64_t count = 0;
    for (std::int64_t phase = 0; phase < shape.stride_h * shape.stride_w; ++phase) {
      for (std::int64_t y = 0; y < shape.kernel_h; ++y) {
        if (rows.phase(y) != phase / shape.stride_w) continue;
        for (std::int64_t x = 0; x < shape.kernel_w; ++x) {
          if (columns.phase(x) != phase % shape.stride_w) continue;
          const std::int64_t row = rows.margin() + rows.first(y);
          taps[count++] = {y * shape.kernel_w + x,
                           row * columns.padded() + columns.margin() + columns.first(x)};
        }
      }
      end[phase] = count;
    }
  }
  const Tap* first(std::int64_t phase) const { return taps + (phase == 0 ? 0 : end[phase - 1]); }
  const Tap* last(std::int64_t phase) const { return taps + end[phase]; }
};

/// What one row of inputs of one phase is computed from and written to.
template <int block>
struct Row {
  const Tap* first;
  const Tap* last;
  const Floats<block>* weights;
  const Floats<block>* padded;
  Floats<block>* result;
  std::int64_t stride;

  /// `pixels` inputs from one on, side by side.
  template <int pixels>
  void add(std::int64_t begin) const {
    Floats<block> sums[pixels] = {};
    for (const Tap* tap = first; tap != last; ++tap) {
      const Floats<block> weight = weights[tap->weight];
      const Floats<block>* from = padded + tap->offset + begin;
#pragma GCC unroll 8
      for (int p = 0; p < pixels; ++p) sums[p] += weight * from[p];
    }
#pragma GCC unroll 8
    for (int p = 0; p < pixels; ++p) result[(begin + p) * stride] = sums[p];
  }

  void run(std::int64_t count) const {
    std::int64_t pixel = 0;
    for (; pixel + 8 <= count; pixel += 8) add<8>(pixel);
    for (; pixel + 4 <= count; pixel += 4) add<4>(pixel);
    for (; pixel < count; ++pixel) add<1>(pixel);
  }
};

/// The block's weights, the channels of each side by side.
template <int block>
void pack_weights(const DepthwiseShape& shape, std::int64_t b, const float* weights,
                  Floats<block>* packed) {
  const std::int64_t count = shape.kernel_h * shape.kernel_w;
  const std::int64_t lanes = smaller(block, shape.channels - b * block);
  for (std::int64_t i = 0; i < count; ++i) {
    packed[i] = Floats<block>{};
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      packed[i][lane] = weights[(b * block + lane) * count + i];
    }
  }
}

template <int block>
void copy_padded(const DepthwiseShape& shape, const Floats<block>* gradient,
                 Floats<block>* padded) {
  const Axis rows = vertical(shape), columns = horizontal(shape);
  padded += rows.margin() * columns.padded() + columns.margin();
  for (std::int64_t y = 0; y < shape.out_h; ++y) {
    for (std::int64_t x = 0; x < shape.out_w; ++x) padded[x] = gradient[x];
    gradient += shape.out_w;
    padded += columns.padded();
  }
}

/// One sample and one block of channels.
template <int block>
void run_plane(const DepthwiseShape& shape, const Taps& taps, const Floats<block>* weights,
               const Floats<block>* padded, Floats<block>* result) {
  const Axis rows = vertical(shape), columns = horizontal(shape);
  for (std::int64_t phase = 0; phase < shape.stride_h * shape.stride_w; ++phase) {
    const std::int64_t phase_h = phase / shape.stride_w, phase_w = phase % shape.stride_w;
    for (std::int64_t y = 0; y < rows.steps(phase_h); ++y) {
      const std::int64_t first = (y * shape.stride_h + phase_h) * shape.in_w + phase_w;
      const Row<block> row{taps.first(phase), taps.last(phase),
                           weights,           padded + y * columns.padded(),
                           result + first,    shape.stride_w};
      row.run(columns.steps(phase_w));
    }
  }
}

template <int block>
void run(const DepthwiseShape& shape, const float* weights, const float* gradient, float* scratch,
         float* source_gradient) {
  const Taps taps(shape);
  const std::int64_t blocks = (shape.channels + block - 1) / block;
  const std::int64_t in_size = shape.in_h * shape.in_w, out_size = shape.out_h * shape.out_w;
  const std::int64_t padded_size = vertical(shape).padded() * horizontal(shape).padded();
  auto* packed = vectors<block>(scratch);
  auto* padded = packed + shape.kernel_h * shape.kernel_w;
  for (std::int64_t i = 0; i < padded_size; ++i) padded[i] = Floats<block>{};
  for (std::int64_t b = 0; b < blocks; ++b) {
    pack_weights<block>(shape, b, weights, packed);
    for (std::int64_t sample = 0; sample < shape.samples; ++sample) {
      const std::int64_t position = sample * blocks + b;
      copy_padded<block>(shape, vectors<block>(gradient) + position * out_size, padded);
      run_plane<block>(shape, taps, packed, padded,
                       vectors<block>(source_gradient) + position * in_size);
    }
  }
}

}  // namespace

DepthwiseDataGradient depthwise_data_gradient(const DepthwiseShape& shape) {
  const std::int64_t weights = shape.kernel_h * shape.kernel_w;
  const std::int64_t phases = shape.stride_h * shape.stride_w;
  if (weights > max_weights || phases > max_phases || (shape.block != 8 && shape.block != 16))
    return {};
  const std::int64_t padded = vertical(shape).padded() * horizontal(shape).padded();
  return {shape.block == 8 ? run<8> : run<16>, (weights + padded) * shape.block};
}

}  // namespace nas::engine::NAS_VECTOR_ISA
