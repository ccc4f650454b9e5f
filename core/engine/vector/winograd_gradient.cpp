#include "core/engine/vector/winograd_gradient.hpp"

#include "core/engine/vector/winograd_tiles.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

constexpr std::int64_t panel = 2;  ///< blocks of outputs that are multiplied side by side
/// Inputs, likewise: so many sums leave a few of the 16 or, for blocks of 16 channels, 32 vector
/// registers to their factors.
template <int block>
constexpr std::int64_t group = block == 16 ? 8 : 4;

/// Floats of transformed tiles that are worked on at once, to stay in the second cache; but enough
/// tiles for each reading of the sums.
constexpr std::int64_t cached_floats = 1 << 16;
constexpr std::int64_t least_tiles = 32;
/// Between positions, so that they do not compete for the same lines of the cache.
constexpr std::int64_t gap = 16;

/// How scratch memory is used. All sizes in floats.
template <int block, typename Value>
struct Layout {
  std::int64_t tiles;  ///< at once, a whole number of lanes
  std::int64_t in_position, out_position;
  std::int64_t sums;

  explicit Layout(const WinogradShape& shape) {
    const std::int64_t ins = padded<block>(shape.in_channels);
    const std::int64_t outs = padded<block>(shape.out_channels);
    const std::int64_t lanes =
        larger(least_tiles / in_lane<Value>, cached_floats / (positions * (ins + outs)));
    tiles = lanes * in_lane<Value>;
    in_position = lanes * ins + gap;
    out_position = lanes * outs + gap;
    sums = positions * ins * outs;
  }
  std::int64_t total() const { return sums + positions * (in_position + out_position); }
};

/// A y, of the two values of a row or a column.
template <typename Vector>
void transform_gradients(const Vector (&y)[tile_out], Vector (&result)[side]) {
  result[0] = y[0];
  result[1] = y[0] + y[1];
  result[2] = y[0] - y[1];
  result[3] = -y[1];
}

/// One block of channels of one tile, A y A'; zero where it goes beyond the image.
template <int block, typename Value>
void read_gradient(const WinogradShape& shape, const Pixels<block, Value>& image, std::int64_t y,
                   std::int64_t x, const SharedPlace<block, Value>& place) {
  using Vector = Floats<block>;
  Vector rows[tile_out][side];
#pragma GCC unroll 2
  for (int row = 0; row < tile_out; ++row) {
    const Pixels<block, Value> from = image + ((y + row) * shape.out_w + x);
    const bool inside = y + row < shape.out_h;
    const Vector values[tile_out] = {inside ? from[0] : Vector{},
                                     inside && x + 1 < shape.out_w ? from[1] : Vector{}};
    transform_gradients(values, rows[row]);
  }
#pragma GCC unroll 4
  for (int column = 0; column < side; ++column) {
    const Vector values[tile_out] = {rows[0][column], rows[1][column]};
    Vector transformed[side];
    transform_gradients(values, transformed);
#pragma GCC unroll 4
    for (int row = 0; row < side; ++row) place.set(row * side + column, transformed[row]);
  }
}

/// Adds the products of a group of inputs and `count` blocks of outputs, of all tiles, which take
/// so many lanes.
template <int block, int count, typename Value>
void add_products(std::int64_t lanes, const float* inputs, std::int64_t ins, const float* gradients,
                  std::int64_t outs, Floats<block>* sums) {
  Floats<block> added[group<block>][count] = {};
  for (std::int64_t lane = 0; lane < lanes; ++lane, inputs += ins, gradients += outs) {
    Floats<block> factors[count];
#pragma GCC unroll 2
    for (int b = 0; b < count; ++b) factors[b] = vectors<block>(gradients)[b];
#pragma GCC unroll 8
    for (int in = 0; in < group<block>; ++in) {
#pragma GCC unroll 2
      for (int b = 0; b < count; ++b) {
        add_product<Value, block>(added[in][b], inputs[in], factors[b]);
      }
    }
  }
#pragma GCC unroll 8
  for (int in = 0; in < group<block>; ++in) {
#pragma GCC unroll 2
    for (int b = 0; b < count; ++b) sums[in * count + b] += added[in][b];
  }
}

/// G' u, of the four sums of a row or a column.
template <typename Vector>
void transform_sums(const Vector (&u)[side], Vector (&result)[3]) {
  const Vector even = 0.5F * (u[1] + u[2]), odd = 0.5F * (u[1] - u[2]);
  result[0] = u[0] + even;
  result[1] = odd;
  result[2] = even + u[3];
}

template <int block, typename Value>
class Sums {
  using Vector = Floats<block>;

 public:
  Sums(const WinogradShape& shape, float* scratch)
      : shape_(shape),
        grid_(shape),
        layout_(shape),
        ins_(padded<block>(shape.in_channels)),
        outs_(padded<block>(shape.out_channels)),
        sums_(vectors<block>(scratch)),
        inputs_(scratch + layout_.sums),
        gradients_(inputs_ + positions * layout_.in_position) {}

  void run(const void* source, const void* gradient) {
    for (std::int64_t i = 0; i < layout_.sums / block; ++i) sums_[i] = Vector{};
    for (std::int64_t first = 0; first < grid_.count(); first += layout_.tiles) {
      const std::int64_t count = smaller(layout_.tiles, grid_.count() - first);
      read_tiles<block, Value>(shape_, grid_, source, first, count,
                               [this](std::int64_t tile, std::int64_t in) {
                                 return place(inputs_, tile, ins_, in, layout_.in_position);
                               });
      read_gradients(gradient, first, count);
      add(count);
    }
  }

  void write(float* weights_gradient) const {
    for (std::int64_t out = 0; out < outs_; out += block) {
      for (std::int64_t in = 0; in < shape_.in_channels; ++in) write(out, in, weights_gradient);
    }
  }

 private:
  SharedPlace<block, Value> place(float* tiles, std::int64_t tile, std::int64_t channels,
                                  std::int64_t channel, std::int64_t position) const {
    return {tiles + tile / in_lane<Value> * channels + channel, position, tile % in_lane<Value>};
  }

  void read_gradients(const void* gradient, std::int64_t first, std::int64_t count) {
    const std::int64_t outs = outs_ / block;
    for (std::int64_t i = 0; i < count; ++i) {
      const TileGrid::Place at = grid_[first + i];
      for (std::int64_t out = 0; out < outs; ++out) {
        const auto image =
            Pixels<block, Value>(gradient) + (at.sample * outs + out) * shape_.out_h * shape_.out_w;
        read_gradient<block, Value>(shape_, image, at.y, at.x,
                                    place(gradients_, i, outs_, out * block, layout_.out_position));
      }
    }
  }

  void add(std::int64_t count) {
    for (int i = 0; i < positions; ++i) {
      std::int64_t out = 0;
      for (; out + panel * block <= outs_; out += panel * block) add_panel<panel>(i, out, count);
      if (out < outs_) add_panel<1>(i, out, count);
    }
  }

  /// `blocks` blocks of outputs from `out` on.
  template <int blocks>
  void add_panel(int position, std::int64_t out, std::int64_t count) {
    const float* inputs = inputs_ + position * layout_.in_position;
    const float* gradients = gradients_ + position * layout_.out_position + out;
    Vector* sums = sums_ + (position * outs_ + out) * ins_ / block;
    const std::int64_t lanes = (count + in_lane<Value> - 1) / in_lane<Value>;
    for (std::int64_t in = 0; in < ins_; in += group<block>) {
      add_products<block, blocks, Value>(lanes, inputs + in, ins_, gradients, outs_,
                                         sums + in * blocks);
    }
  }

  /// The kernels of one input and a block of outputs.
  void write(std::int64_t out, std::int64_t in, float* weights_gradient) const {
    const std::int64_t first = out / (panel * block) * panel * block;  // of the panel
    const std::int64_t lanes = smaller(panel * block, outs_ - first);
    const Vector* sums = sums_ + (first * ins_ + in * lanes + out - first) / block;
    Vector rows[side][3];
    for (int y = 0; y < side; ++y) {
      Vector u[side];
      for (int x = 0; x < side; ++x) u[x] = sums[(y * side + x) * ins_ * outs_ / block];
      transform_sums(u, rows[y]);
    }
    alignas(sizeof(Vector)) float kernels[9][block];
    for (int x = 0; x < 3; ++x) {
      const Vector u[side] = {rows[0][x], rows[1][x], rows[2][x], rows[3][x]};
      Vector result[3];
      transform_sums(u, result);
      for (int y = 0; y < 3; ++y) *vectors<block>(kernels[3 * y + x]) = result[y];
    }
    const std::int64_t outs = smaller(block, shape_.out_channels - out);
    for (std::int64_t lane = 0; lane < outs; ++lane) {
      float* to = weights_gradient + ((out + lane) * shape_.in_channels + in) * 9;
      for (int tap = 0; tap < 9; ++tap) to[tap] = kernels[tap][lane];
    }
  }

  const WinogradShape& shape_;
  TileGrid grid_;
  Layout<block, Value> layout_;
  std::int64_t ins_, outs_;
  Vector* sums_;      ///< by position, by panel of outputs, by input, by output
  float* inputs_;     ///< by position, lane of tiles, channel
  float* gradients_;  ///< likewise
};

template <int block, typename Value>
void run(const WinogradShape& shape, const void* source, const void* gradient, float* scratch,
         float* weights_gradient) {
  Sums<block, Value> sums(shape, scratch);
  sums.run(source, gradient);
  sums.write(weights_gradient);
}

}  // namespace

WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type) {
  return for_vectors<WinogradGradient>(shape, type, [&]<int block, typename Value>() {
    return WinogradGradient{run<block, Value>, Layout<block, Value>(shape).total()};
  });
}

}  // namespace nas::engine::NAS_VECTOR_ISA
