#include "core/engine/vector/winograd.hpp"

#include "core/engine/vector/activation_functions.hpp"
#include "core/engine/vector/winograd_tiles.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

/// Tiles that are multiplied side by side, with up to two blocks of outputs: so many sums leave a
/// few of the 16 or, for blocks of 16 channels, 32 vector registers to their factors.
template <int block>
constexpr std::int64_t group = block == 16 ? 12 : 6;
constexpr std::int64_t panel = 2;  ///< blocks of outputs

/// Floats of transformed inputs and outputs that are worked on at once, to stay in the second
/// cache; but enough tiles for each reading of the weights.
constexpr std::int64_t cached_floats = 1 << 15;
template <int block>
constexpr std::int64_t least_tiles = block == 16 ? 24 : 18;
/// Between positions, so that they do not compete for the same lines of the cache.
constexpr std::int64_t gap = 16;

/// How scratch memory is used. All sizes in floats.
template <int block>
struct Layout {
  std::int64_t tiles;  ///< at once
  std::int64_t in_position, out_position;
  std::int64_t weights, bias;

  explicit Layout(const WinogradShape& shape) {
    const std::int64_t ins = padded<block>(shape.in_channels);
    const std::int64_t outs = padded<block>(shape.out_channels);
    const std::int64_t fitting = cached_floats / (positions * (ins + outs));
    tiles = larger(least_tiles<block>, fitting) / group<block> * group<block>;
    in_position = tiles * ins + gap;
    out_position = tiles * outs + gap;
    weights = positions * ins * outs;
    bias = outs;
  }
  std::int64_t total() const { return weights + bias + positions * (in_position + out_position); }
};

/// G g, of the three weights of a row or a column.
template <typename Vector>
void transform_weights_1d(const Vector (&g)[3], Vector (&result)[side]) {
  const Vector even = 0.5F * (g[0] + g[2]), odd = 0.5F * g[1];
  result[0] = g[0];
  result[1] = even + odd;
  result[2] = even - odd;
  result[3] = g[2];
}

/// G g G' of a block of kernels, to places so many floats apart.
template <typename Vector>
void transform_kernels(const Vector (&kernels)[9], float* result, std::int64_t position) {
  Vector rows[3][side];
#pragma GCC unroll 3
  for (int y = 0; y < 3; ++y) {
    const Vector row[3] = {kernels[3 * y], kernels[3 * y + 1], kernels[3 * y + 2]};
    transform_weights_1d(row, rows[y]);
  }
#pragma GCC unroll 4
  for (int x = 0; x < side; ++x) {
    const Vector column[3] = {rows[0][x], rows[1][x], rows[2][x]};
    Vector transformed[side];
    transform_weights_1d(column, transformed);
#pragma GCC unroll 4
    for (int y = 0; y < side; ++y) {
      *reinterpret_cast<Vector*>(result + (y * side + x) * position) = transformed[y];
    }
  }
}

/// The kernels of a block of outputs from `out` on; zero past the last channel.
template <int block>
void read_kernels(const WinogradShape& shape, const float* weights, std::int64_t out,
                  std::int64_t in, Floats<block> (&kernels)[9]) {
  alignas(sizeof(Floats<block>)) float values[9][block] = {};
  const std::int64_t outs = in < shape.in_channels ? smaller(block, shape.out_channels - out) : 0;
  for (std::int64_t lane = 0; lane < outs; ++lane) {
    const std::int64_t kernel = shape.transposed ? in * shape.out_channels + out + lane
                                                 : (out + lane) * shape.in_channels + in;
    const float* from = weights + kernel * 9;
    for (int tap = 0; tap < 9; ++tap) values[shape.transposed ? 8 - tap : tap][lane] = from[tap];
  }
  for (int tap = 0; tap < 9; ++tap) kernels[tap] = *vectors<block>(values[tap]);
}

/// By position, by panel of outputs, by input, by output.
template <int block>
void transform_weights(const WinogradShape& shape, const float* weights, float* result) {
  const std::int64_t ins = padded<block>(shape.in_channels);
  const std::int64_t outs = padded<block>(shape.out_channels);
  for (std::int64_t out = 0; out < outs; out += block) {
    const std::int64_t first = out / (panel * block) * panel * block;  // of the panel
    const std::int64_t lanes = smaller(panel * block, outs - first);
    for (std::int64_t in = 0; in < ins; ++in) {
      Floats<block> kernels[9];
      read_kernels<block>(shape, weights, out, in, kernels);
      transform_kernels(kernels, result + first * ins + in * lanes + out - first, ins * outs);
    }
  }
}

/// A group of tiles times `count` blocks of outputs.
template <int block, int count>
void multiply(std::int64_t ins, const float* tiles, const Floats<block>* weights, float* result,
              std::int64_t outs) {
  Floats<block> sums[group<block>][count] = {};
  for (std::int64_t in = 0; in < ins; ++in, weights += count) {
    Floats<block> factors[count];
#pragma GCC unroll 2
    for (int b = 0; b < count; ++b) factors[b] = weights[b];
#pragma GCC unroll 12
    for (int tile = 0; tile < group<block>; ++tile) {
      const float value = tiles[tile * ins + in];
#pragma GCC unroll 2
      for (int b = 0; b < count; ++b) sums[tile][b] += value * factors[b];
    }
  }
#pragma GCC unroll 12
  for (int tile = 0; tile < group<block>; ++tile) {
#pragma GCC unroll 2
    for (int b = 0; b < count; ++b) vectors<block>(result + tile * outs)[b] = sums[tile][b];
  }
}

/// A' m A, of the four values of a row or a column.
template <typename Vector>
void transform_outputs(const Vector (&m)[side], Vector (&result)[tile_out]) {
  result[0] = m[0] + (m[1] + m[2]);
  result[1] = (m[1] - m[2]) - m[3];
}

/// What becomes of a block of channels of the result.
template <typename Vector>
struct Ending {
  Vector bias;
  bool accumulates;

  template <FusedActivation activation>
  void set(Vector& destination, Vector result) const {
    constexpr int width = sizeof(Vector) / sizeof(float);
    result += bias;
    if (accumulates) result += destination;
    destination = ActivationOf<activation, width>::value(result);
  }
};

/// One block of channels of one tile, whose first output is at (y, x).
template <FusedActivation activation, typename Vector>
void write_tile(const WinogradShape& shape, const Ending<Vector>& ending, const float* products,
                std::int64_t position, std::int64_t y, std::int64_t x, Vector* image) {
  Vector rows[side][tile_out];
#pragma GCC unroll 4
  for (int row = 0; row < side; ++row) {
    Vector m[side];
#pragma GCC unroll 4
    for (int i = 0; i < side; ++i) {
      m[i] = *reinterpret_cast<const Vector*>(products + (row * side + i) * position);
    }
    transform_outputs(m, rows[row]);
  }
  Vector* to = image + y * shape.out_w + x;
#pragma GCC unroll 2
  for (int column = 0; column < tile_out; ++column) {
    const Vector m[side] = {rows[0][column], rows[1][column], rows[2][column], rows[3][column]};
    Vector result[tile_out];
    transform_outputs(m, result);
    if (x + column >= shape.out_w) continue;
    ending.template set<activation>(to[column], result[0]);
    if (y + 1 < shape.out_h) ending.template set<activation>(to[shape.out_w + column], result[1]);
  }
}

template <int block>
class Tiles {
  using Vector = Floats<block>;

 public:
  Tiles(const WinogradShape& shape, float* scratch)
      : shape_(shape),
        grid_(shape),
        layout_(shape),
        weights_(scratch),
        bias_(weights_ + layout_.weights),
        inputs_(bias_ + layout_.bias),
        products_(inputs_ + positions * layout_.in_position) {}

  void run(const float* source, const float* weights, const float* bias, float* destination) {
    transform_weights<block>(shape_, weights, weights_);
    for (std::int64_t out = 0; out < layout_.bias; ++out) {
      bias_[out] = bias != nullptr && out < shape_.out_channels ? bias[out] : 0.0F;
    }
    for (std::int64_t first = 0; first < grid_.count(); first += layout_.tiles) {
      const std::int64_t count = smaller(layout_.tiles, grid_.count() - first);
      read_tiles<block>(shape_, grid_, source, first, count, inputs_, layout_.in_position);
      multiply_all((count + group<block> - 1) / group<block> * group<block>);
      write(first, count, destination);
    }
  }

 private:
  /// Tiles past the last one give products that nobody reads.
  void multiply_all(std::int64_t count) {
    const std::int64_t outs = blocks_of<block>(shape_.out_channels);
    for (int i = 0; i < positions; ++i) {
      std::int64_t out = 0;
      for (; out + panel <= outs; out += panel) multiply_panel<panel>(i, out, count);
      if (out < outs) multiply_panel<1>(i, out, count);
    }
  }

  /// `blocks` blocks of outputs from `out` on.
  template <int blocks>
  void multiply_panel(int position, std::int64_t out, std::int64_t count) {
    const std::int64_t ins = padded<block>(shape_.in_channels);
    const std::int64_t outs = padded<block>(shape_.out_channels);
    const Vector* weights = vectors<block>(weights_ + position * ins * outs + out * block * ins);
    const float* inputs = inputs_ + position * layout_.in_position;
    float* products = products_ + position * layout_.out_position + out * block;
    for (std::int64_t tile = 0; tile < count; tile += group<block>) {
      multiply<block, blocks>(ins, inputs + tile * ins, weights, products + tile * outs, outs);
    }
  }

  void write(std::int64_t first, std::int64_t count, float* destination) const {
    switch (shape_.activation) {
      case FusedActivation::none:
        return write<FusedActivation::none>(first, count, destination);
      case FusedActivation::relu:
        return write<FusedActivation::relu>(first, count, destination);
      case FusedActivation::relu6:
        return write<FusedActivation::relu6>(first, count, destination);
      case FusedActivation::swish:
        return write<FusedActivation::swish>(first, count, destination);
      case FusedActivation::h_swish:
        return write<FusedActivation::h_swish>(first, count, destination);
    }
  }

  template <FusedActivation activation>
  void write(std::int64_t first, std::int64_t count, float* destination) const {
    const std::int64_t outs = blocks_of<block>(shape_.out_channels);
    for (std::int64_t i = 0; i < count; ++i) {
      const TileGrid::Place at = grid_[first + i];
      for (std::int64_t out = 0; out < outs; ++out) {
        Vector* image =
            vectors<block>(destination) + (at.sample * outs + out) * shape_.out_h * shape_.out_w;
        const Ending<Vector> ending{vectors<block>(bias_)[out], shape_.accumulates};
        write_tile<activation>(shape_, ending, products_ + (i * outs + out) * block,
                               layout_.out_position, at.y, at.x, image);
      }
    }
  }

  const WinogradShape& shape_;
  TileGrid grid_;
  Layout<block> layout_;
  float* weights_;
  float* bias_;
  float* inputs_;    ///< by position, tile, channel
  float* products_;  ///< likewise
};

template <int block>
void run(const WinogradShape& shape, const float* source, const float* weights, const float* bias,
         float* scratch, float* destination) {
  Tiles<block>(shape, scratch).run(source, weights, bias, destination);
}

template <int block>
Winograd of_blocks(const WinogradShape& shape) {
  return {run<block>, Layout<block>(shape).total()};
}

}  // namespace

Winograd winograd(const WinogradShape& shape) {
#ifdef __AVX512F__
  if (shape.block == 16) return of_blocks<16>(shape);
#endif
  return shape.block == 8 ? of_blocks<8>(shape) : Winograd{};
}

}  // namespace nas::engine::NAS_VECTOR_ISA
