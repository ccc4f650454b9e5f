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
template <int block, typename Value>
struct Layout {
  std::int64_t tiles;  ///< at once
  std::int64_t in_position, out_position;
  std::int64_t weights, bias;
  std::int64_t lanes;  ///< that the inputs of a tile take

  explicit Layout(const WinogradShape& shape) {
    const std::int64_t ins = padded<block>(shape.in_channels);
    const std::int64_t outs = padded<block>(shape.out_channels);
    lanes = ins / in_lane<Value>;
    const std::int64_t fitting = cached_floats / (positions * (lanes + outs));
    tiles = larger(least_tiles<block>, fitting) / group<block> * group<block>;
    in_position = tiles * lanes + gap;
    out_position = tiles * outs + gap;
    weights = positions * lanes * outs;
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

/// G g G' of a block of kernels.
template <typename Vector>
void transform_kernels(const Vector (&kernels)[9], Vector (&result)[positions]) {
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
    for (int y = 0; y < side; ++y) result[y * side + x] = transformed[y];
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

/// By position, by panel of outputs, by lane of inputs, by output.
template <int block, typename Value>
void transform_weights(const WinogradShape& shape, const float* weights, float* result) {
  const std::int64_t lanes = padded<block>(shape.in_channels) / in_lane<Value>;
  const std::int64_t outs = padded<block>(shape.out_channels);
  for (std::int64_t out = 0; out < outs; out += block) {
    const std::int64_t first = out / (panel * block) * panel * block;  // of the panel
    const std::int64_t width = smaller(panel * block, outs - first);
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      Floats<block> transformed[in_lane<Value>][positions];
      for (std::int64_t i = 0; i < in_lane<Value>; ++i) {
        Floats<block> kernels[9];
        read_kernels<block>(shape, weights, out, lane * in_lane<Value> + i, kernels);
        transform_kernels(kernels, transformed[i]);
      }
      float* to = result + first * lanes + lane * width + out - first;
      for (int position = 0; position < positions; ++position, to += lanes * outs) {
        if constexpr (in_lane<Value> == 1) {
          *vectors<block>(to) = transformed[0][position];
        } else {
          *vectors<block>(to) = paired<block>(transformed[0][position], transformed[1][position]);
        }
      }
    }
  }
}

/// A group of tiles times `count` blocks of outputs.
template <int block, int count, typename Value>
void multiply(std::int64_t lanes, const float* tiles, const Floats<block>* weights, float* result,
              std::int64_t outs) {
  Floats<block> sums[group<block>][count] = {};
  for (std::int64_t lane = 0; lane < lanes; ++lane, weights += count) {
    Floats<block> factors[count];
#pragma GCC unroll 2
    for (int b = 0; b < count; ++b) factors[b] = weights[b];
#pragma GCC unroll 12
    for (int tile = 0; tile < group<block>; ++tile) {
      const float& inputs = tiles[tile * lanes + lane];
#pragma GCC unroll 2
      for (int b = 0; b < count; ++b) {
        add_product<Value, block>(sums[tile][b], inputs, factors[b]);
      }
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

/// A block of channels of the image that is written, and what becomes of the result there.
template <int block, typename Value>
struct Ending {
  Value* image;
  Floats<block> bias;
  bool accumulates;

  template <FusedActivation activation>
  void set(std::int64_t pixel, Floats<block> result) const {
    result += bias;
    if (accumulates) result += Pixels<block, Value>(image)[pixel];
    set_pixel<block, Value>(image, pixel, ActivationOf<activation, block>::value(result));
  }
};

/// One block of channels of one tile, whose first output is at (y, x).
template <FusedActivation activation, int block, typename Value>
void write_tile(const WinogradShape& shape, const Ending<block, Value>& ending,
                const float* products, std::int64_t position, std::int64_t y, std::int64_t x) {
  using Vector = Floats<block>;
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
  const std::int64_t first = y * shape.out_w + x;
#pragma GCC unroll 2
  for (int column = 0; column < tile_out; ++column) {
    const Vector m[side] = {rows[0][column], rows[1][column], rows[2][column], rows[3][column]};
    Vector result[tile_out];
    transform_outputs(m, result);
    if (x + column >= shape.out_w) continue;
    ending.template set<activation>(first + column, result[0]);
    if (y + 1 < shape.out_h) {
      ending.template set<activation>(first + shape.out_w + column, result[1]);
    }
  }
}

template <int block, typename Value>
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

  void run(const void* source, const float* weights, const float* bias, void* destination) {
    transform_weights<block, Value>(shape_, weights, weights_);
    for (std::int64_t out = 0; out < layout_.bias; ++out) {
      bias_[out] = bias != nullptr && out < shape_.out_channels ? bias[out] : 0.0F;
    }
    for (std::int64_t first = 0; first < grid_.count(); first += layout_.tiles) {
      const std::int64_t count = smaller(layout_.tiles, grid_.count() - first);
      read_tiles<block, Value>(
          shape_, grid_, source, first, count, [this](std::int64_t tile, std::int64_t in) {
            return Place<block, Value>(inputs_ + tile * layout_.lanes + in / in_lane<Value>,
                                       layout_.in_position);
          });
      multiply_all((count + group<block> - 1) / group<block> * group<block>);
      write(first, count, static_cast<Value*>(destination));
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
    const std::int64_t lanes = layout_.lanes;
    const std::int64_t outs = padded<block>(shape_.out_channels);
    const Vector* weights =
        vectors<block>(weights_ + position * lanes * outs + out * block * lanes);
    const float* inputs = inputs_ + position * layout_.in_position;
    float* products = products_ + position * layout_.out_position + out * block;
    for (std::int64_t tile = 0; tile < count; tile += group<block>) {
      multiply<block, blocks, Value>(lanes, inputs + tile * lanes, weights, products + tile * outs,
                                     outs);
    }
  }

  void write(std::int64_t first, std::int64_t count, Value* destination) const {
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
  void write(std::int64_t first, std::int64_t count, Value* destination) const {
    const std::int64_t outs = blocks_of<block>(shape_.out_channels);
    for (std::int64_t i = 0; i < count; ++i) {
      const TileGrid::Place at = grid_[first + i];
      for (std::int64_t out = 0; out < outs; ++out) {
        Value* image = destination + (at.sample * outs + out) * shape_.out_h * shape_.out_w * block;
        const Ending<block, Value> ending{image, vectors<block>(bias_)[out], shape_.accumulates};
        write_tile<activation>(shape_, ending, products_ + (i * outs + out) * block,
                               layout_.out_position, at.y, at.x);
      }
    }
  }

  const WinogradShape& shape_;
  TileGrid grid_;
  Layout<block, Value> layout_;
  float* weights_;
  float* bias_;
  float* inputs_;    ///< by position, tile, channel
  float* products_;  ///< likewise
};

template <int block, typename Value>
void run(const WinogradShape& shape, const void* source, const float* weights, const float* bias,
         float* scratch, void* destination) {
  Tiles<block, Value>(shape, scratch).run(source, weights, bias, destination);
}

}  // namespace

Winograd winograd(const WinogradShape& shape, ValueType type) {
  return for_vectors<Winograd>(shape, type, [&]<int block, typename Value>() {
    return Winograd{run<block, Value>, Layout<block, Value>(shape).total()};
  });
}

}  // namespace nas::engine::NAS_VECTOR_ISA
