#include "core/engine/vector/convolution_gradient.hpp"

#include "core/engine/vector/lanes.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

constexpr int block = 8;
constexpr int kernel_w = 3;
using Vector = Floats<block>;

/// Reading a value from memory again for every product is no cheaper than the product.
inline void keep_in_register(Vector& value) {
#ifdef __AVX__
  asm("" : "+x"(value));
#else
  (void)value;
#endif
}

/// Floats of source and gradient that are worked on at once: they stay in the nearest cache.
constexpr std::int64_t near_floats = 6144;
/// Floats of sums that are kept at once: they stay in the next one.
constexpr std::int64_t far_floats = 1 << 16;

std::int64_t blocks_of(std::int64_t channels) { return (channels + block - 1) / block; }

/// What is worked on at once: so many rows of the output of so many samples, and so many blocks of
/// its channels. Blocks of the source are copied, two by two, with their padding.
struct Chunk {
  std::int64_t rows;
  std::int64_t samples;
  std::int64_t source_rows;
  std::int64_t source_w;
  std::int64_t out_blocks;

  explicit Chunk(const ConvolutionShape& shape)
      : rows(shape.out_h),
        source_w(
            larger((shape.out_w - 1) * shape.stride_w + kernel_w, shape.in_w + shape.padding_w)) {
    while (rows > 1 && floats(shape) > near_floats) rows = (rows + 1) / 2;
    source_rows = source_rows_of(shape);
    samples = larger(1, smaller(shape.samples, near_floats / floats(shape)));
    const std::int64_t sums = blocks_of(shape.in_channels) * sums_of_blocks(shape);
    out_blocks = larger(1, smaller(blocks_of(shape.out_channels), far_floats / sums));
  }
  /// Vectors that a block of the source's copy takes, of one sample.
  std::int64_t copy_size() const { return source_rows * source_w; }
  std::int64_t scratch(const ConvolutionShape& shape) const {
    const std::int64_t sums = blocks_of(shape.in_channels) * out_blocks * sums_of_blocks(shape);
    return sums + 2 * samples * copy_size() * block;
  }

 private:
  std::int64_t source_rows_of(const ConvolutionShape& shape) const {
    return (rows - 1) * shape.stride_h + shape.kernel_h;
  }
  /// Of one sample: two blocks of the source, one of the gradient.
  std::int64_t floats(const ConvolutionShape& shape) const {
    return (2 * source_rows_of(shape) * source_w + rows * shape.out_w) * block;
  }
  /// Between a block of inputs and one of outputs.
  static std::int64_t sums_of_blocks(const ConvolutionShape& shape) {
    return std::int64_t{block} * block * kernel_w * shape.kernel_h;
  }
};

/// Copies the rows of one block of the source that outputs from row `first` on read; zero where
/// they lie outside of the image.
void copy_source(const ConvolutionShape& shape, const Chunk& chunk, const Vector* source,
                 std::int64_t first, Vector* copy) {
  for (std::int64_t row = 0; row < chunk.source_rows; ++row, copy += chunk.source_w) {
    const std::int64_t y = first * shape.stride_h - shape.padding_h + row;
    const bool inside = y >= 0 && y < shape.in_h;
    const std::int64_t begin = inside ? shape.padding_w : chunk.source_w;
    const std::int64_t end = inside ? shape.padding_w + shape.in_w : chunk.source_w;
    for (std::int64_t x = 0; x < begin; ++x) copy[x] = Vector{};
    const Vector* from = source + y * shape.in_w - shape.padding_w;
    for (std::int64_t x = begin; x < end; ++x) copy[x] = from[x];
    for (std::int64_t x = end; x < chunk.source_w; ++x) copy[x] = Vector{};
  }
}

/// The sums of `inputs` blocks of input channels, with the weights of a row, for a few output
/// channels: twelve vectors, as many as the registers hold beside what they are sums of.
template <int inputs, int stride>
struct Tile {
  static constexpr int outputs = 4 / inputs;
  static constexpr int size = inputs * kernel_w * outputs;
  Vector sums[inputs][kernel_w][outputs];

  /// Adds one row of outputs. `source` begins at its first input, one block after the other;
  /// `gradient` at its first output, at the tile's first output channel.
  void add_row(const Vector* source, std::int64_t between_blocks, const float* gradient,
               std::int64_t count) {
    const Vector* last = source + (inputs - 1) * between_blocks;
    for (std::int64_t pixel = 0; pixel < count; ++pixel) {
      add_products(source, gradient, sums[0]);
      if constexpr (inputs == 2) add_products(last, gradient, sums[1]);
      source += stride;
      last += stride;
      gradient += block;
    }
  }

  static void add_products(const Vector* source, const float* gradient,
                           Vector (&to)[kernel_w][outputs]) {
#pragma GCC unroll 3
    for (int k = 0; k < kernel_w; ++k) {
      Vector x = source[k];
      keep_in_register(x);
#pragma GCC unroll 4
      for (int o = 0; o < outputs; ++o) to[k][o] += gradient[o] * x;
    }
  }

  void add_to(Vector* totals) const {
#pragma GCC unroll 2
    for (int i = 0; i < inputs; ++i) {
#pragma GCC unroll 3
      for (int k = 0; k < kernel_w; ++k) {
#pragma GCC unroll 4
        for (int o = 0; o < outputs; ++o) totals[(i * kernel_w + k) * outputs + o] += sums[i][k][o];
      }
    }
  }
};

/// So many blocks of output channels from `first` on, with all samples and all input channels.
template <int stride>
class Blocks {
 public:
  Blocks(const ConvolutionShape& shape, const Chunk& chunk, std::int64_t first, float* scratch)
      : shape_(shape),
        chunk_(chunk),
        first_(first),
        count_(smaller(chunk.out_blocks, blocks_of(shape.out_channels) - first)),
        in_blocks_(blocks_of(shape.in_channels)),
        out_blocks_(blocks_of(shape.out_channels)),
        totals_(vectors<block>(scratch)),
        copy_(totals_ + total_size()) {}

  void run(const float* source, const float* gradient) {
    for (std::int64_t i = 0; i < total_size(); ++i) totals_[i] = Vector{};
    for (std::int64_t sample = 0; sample < shape_.samples; sample += chunk_.samples) {
      const std::int64_t samples = smaller(chunk_.samples, shape_.samples - sample);
      for (std::int64_t row = 0; row < shape_.out_h; row += chunk_.rows) {
        const Part part{sample, samples, row, smaller(chunk_.rows, shape_.out_h - row)};
        std::int64_t in = 0;
        for (; in + 2 <= in_blocks_; in += 2) add<2>(source, gradient, part, in);
        if (in < in_blocks_) add<1>(source, gradient, part, in);
      }
    }
  }

  void write(float* weights_gradient) const {
    std::int64_t in = 0;
    for (; in + 2 <= in_blocks_; in += 2) write<2>(in, weights_gradient);
    if (in < in_blocks_) write<1>(in, weights_gradient);
  }

 private:
  struct Part {
    std::int64_t sample, samples;
    std::int64_t row, rows;
  };

  /// Vectors of sums between all blocks, and between those of inputs before `in` and all outputs.
  std::int64_t total_size() const { return total_size(in_blocks_); }
  std::int64_t total_size(std::int64_t in) const {
    return in * count_ * block * kernel_w * shape_.kernel_h;
  }

  template <int inputs>
  void add(const float* source, const float* gradient, const Part& part, std::int64_t in) {
    for (std::int64_t i = 0; i < inputs * part.samples; ++i) {
      const std::int64_t position = (part.sample + i / inputs) * in_blocks_ + in + i % inputs;
      copy_source(shape_, chunk_, vectors<block>(source) + position * shape_.in_h * shape_.in_w,
                  part.row, copy_ + i * chunk_.copy_size());
    }
    using Sums = Tile<inputs, stride>;
    Vector* totals = totals_ + total_size(in);
    for (std::int64_t out = 0; out < count_; ++out) {
      const std::int64_t position = part.sample * out_blocks_ + first_ + out;
      const float* from = gradient + (position * shape_.out_h + part.row) * shape_.out_w * block;
      for (std::int64_t tile = 0; tile < block; tile += Sums::outputs) {
        for (std::int64_t y = 0; y < shape_.kernel_h; ++y, totals += Sums::size) {
          add_tile<inputs>(from + tile, part, y, totals);
        }
      }
    }
  }

  template <int inputs>
  void add_tile(const float* gradient, const Part& part, std::int64_t y, Vector* totals) const {
    Tile<inputs, stride> sums = {};
    for (std::int64_t sample = 0; sample < part.samples; ++sample) {
      const Vector* source = copy_ + sample * inputs * chunk_.copy_size() + y * chunk_.source_w;
      const float* from = gradient + sample * out_blocks_ * shape_.out_h * shape_.out_w * block;
      for (std::int64_t row = 0; row < part.rows; ++row) {
        sums.add_row(source, chunk_.copy_size(), from, shape_.out_w);
        source += shape_.stride_h * chunk_.source_w;
        from += shape_.out_w * block;
      }
    }
    sums.add_to(totals);
  }

  template <int inputs>
  void write(std::int64_t first_in, float* weights_gradient) const {
    using Sums = Tile<inputs, stride>;
    const std::int64_t outputs = smaller(count_ * block, shape_.out_channels - first_ * block);
    const std::int64_t ins =
        smaller(std::int64_t{inputs} * block, shape_.in_channels - first_in * block);
    const Vector* totals = totals_ + total_size(first_in);
    for (std::int64_t out = 0; out < outputs; ++out) {
      for (std::int64_t y = 0; y < shape_.kernel_h; ++y) {
        const std::int64_t tile = out / Sums::outputs * shape_.kernel_h + y;
        for (std::int64_t in = 0; in < ins; ++in) {
          const std::int64_t channels =
              (first_ * block + out) * shape_.in_channels + first_in * block + in;
          float* row = weights_gradient + (channels * shape_.kernel_h + y) * kernel_w;
          for (std::int64_t k = 0; k < kernel_w; ++k) {
            const std::int64_t place = (in / block * kernel_w + k) * Sums::outputs;
            row[k] = totals[tile * Sums::size + place + out % Sums::outputs][in % block];
          }
        }
      }
    }
  }

  const ConvolutionShape& shape_;
  const Chunk& chunk_;
  std::int64_t first_;
  std::int64_t count_;
  std::int64_t in_blocks_;
  std::int64_t out_blocks_;
  Vector* totals_;  ///< by two blocks of inputs, by tile, by row of the kernel
  Vector* copy_;    ///< by sample, then by block
};

template <int stride>
void run(const ConvolutionShape& shape, const float* source, const float* gradient, float* scratch,
         float* weights_gradient) {
  const Chunk chunk(shape);
  const std::int64_t out_blocks = blocks_of(shape.out_channels);
  for (std::int64_t first = 0; first < out_blocks; first += chunk.out_blocks) {
    Blocks<stride> blocks(shape, chunk, first, scratch);
    blocks.run(source, gradient);
    blocks.write(weights_gradient);
  }
}

}  // namespace

ConvolutionGradient convolution_gradient(const ConvolutionShape& shape) {
  if (shape.kernel_w != kernel_w || shape.stride_w < 1 || shape.stride_w > 2) return {};
  return {shape.stride_w == 1 ? run<1> : run<2>, Chunk(shape).scratch(shape)};
}

}  // namespace nas::engine::NAS_VECTOR_ISA
