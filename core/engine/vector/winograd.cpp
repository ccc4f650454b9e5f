#include "core/engine/vector/winograd.hpp"

#include "core/engine/vector/lanes.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

constexpr int side = 4;  ///< of a transformed tile
constexpr int positions = side * side;
constexpr std::int64_t tile_out = 2;  ///< outputs of a tile, along each side
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

template <int block>
std::int64_t blocks_of(std::int64_t channels) {
  return (channels + block - 1) / block;
}
template <int block>
std::int64_t padded(std::int64_t channels) {
  return blocks_of<block>(channels) * block;
}

/// How scratch memory is used. All sizes in floats.
template <int block>
struct Layout {
  std::int64_t tiles_h, tiles_w;  ///< of an image
  std::int64_t tiles;             ///< at once
  std::int64_t in_position, out_position;
  std::int64_t weights;

  explicit Layout(const WinogradShape& shape)
      : tiles_h((shape.out_h + tile_out - 1) / tile_out),
        tiles_w((shape.out_w + tile_out - 1) / tile_out) {
    const std::int64_t ins = padded<block>(shape.in_channels);
    const std::int64_t outs = padded<block>(shape.out_channels);
    const std::int64_t fitting = cached_floats / (positions * (ins + outs));
    tiles = larger(least_tiles<block>, fitting) / group<block> * group<block>;
    in_position = tiles * ins + gap;
    out_position = tiles * outs + gap;
    weights = positions * ins * outs;
  }
  std::int64_t of_image() const { return tiles_h * tiles_w; }
  std::int64_t total() const { return weights + positions * (in_position + out_position); }
};

/// One kernel, G g G'.
void transform_kernel(const float* kernel, bool turned, float* result) {
  float rows[side][3];
  for (int x = 0; x < 3; ++x) {
    const auto at = [&](int y) { return kernel[turned ? 8 - (3 * y + x) : 3 * y + x]; };
    const float even = 0.5F * (at(0) + at(2)), odd = 0.5F * at(1);
    rows[0][x] = at(0);
    rows[1][x] = even + odd;
    rows[2][x] = even - odd;
    rows[3][x] = at(2);
  }
  for (int y = 0; y < side; ++y) {
    const float even = 0.5F * (rows[y][0] + rows[y][2]), odd = 0.5F * rows[y][1];
    result[side * y] = rows[y][0];
    result[side * y + 1] = even + odd;
    result[side * y + 2] = even - odd;
    result[side * y + 3] = rows[y][2];
  }
}

/// By position, by panel of outputs, by input, by output.
template <int block>
void transform_weights(const WinogradShape& shape, const float* weights, float* result) {
  const std::int64_t ins = padded<block>(shape.in_channels);
  const std::int64_t outs = padded<block>(shape.out_channels);
  for (std::int64_t out = 0; out < outs; ++out) {
    for (std::int64_t in = 0; in < ins; ++in) {
      float transformed[positions] = {};
      if (out < shape.out_channels && in < shape.in_channels) {
        const std::int64_t kernel =
            shape.transposed ? in * shape.out_channels + out : out * shape.in_channels + in;
        transform_kernel(weights + kernel * 9, shape.transposed, transformed);
      }
      const std::int64_t first = out / (panel * block) * panel * block;  // of the panel
      const std::int64_t lanes = smaller(panel * block, outs - first);
      const std::int64_t place = first * ins + in * lanes + out - first;
      for (int i = 0; i < positions; ++i) result[i * ins * outs + place] = transformed[i];
    }
  }
}

/// B' d B, of the four values of a row or a column.
template <typename Vector>
void transform_inputs(const Vector (&d)[side], Vector (&result)[side]) {
  result[0] = d[0] - d[2];
  result[1] = d[1] + d[2];
  result[2] = d[2] - d[1];
  result[3] = d[1] - d[3];
}

/// One row of inputs; zero where they lie outside of the image.
template <typename Vector>
void read_row(const WinogradShape& shape, const Vector* image, std::int64_t y, std::int64_t x,
              Vector (&row)[side]) {
  const bool inside = y >= 0 && y < shape.in_h;
  for (int i = 0; i < side; ++i) {
    row[i] = inside && x + i >= 0 && x + i < shape.in_w ? image[y * shape.in_w + x + i] : Vector{};
  }
}

/// One block of channels of one tile.
template <typename Vector>
void transform_tile(const Vector (&tile)[side][side], float* result, std::int64_t position) {
  Vector rows[side][side];
#pragma GCC unroll 4
  for (int row = 0; row < side; ++row) transform_inputs(tile[row], rows[row]);
#pragma GCC unroll 4
  for (int column = 0; column < side; ++column) {
    const Vector d[side] = {rows[0][column], rows[1][column], rows[2][column], rows[3][column]};
    Vector transformed[side];
    transform_inputs(d, transformed);
#pragma GCC unroll 4
    for (int row = 0; row < side; ++row) {
      *reinterpret_cast<Vector*>(result + (row * side + column) * position) = transformed[row];
    }
  }
}

/// The tile whose first input is at (y, x), maybe outside of the image.
template <typename Vector>
void read_tile(const WinogradShape& shape, const Vector* image, std::int64_t y, std::int64_t x,
               float* result, std::int64_t position) {
  Vector tile[side][side];
  if (y >= 0 && x >= 0 && y + side <= shape.in_h && x + side <= shape.in_w) {
    const Vector* from = image + y * shape.in_w + x;
#pragma GCC unroll 4
    for (int row = 0; row < side; ++row, from += shape.in_w) {
#pragma GCC unroll 4
      for (int i = 0; i < side; ++i) tile[row][i] = from[i];
    }
  } else {
    for (int row = 0; row < side; ++row) read_row(shape, image, y + row, x, tile[row]);
  }
  transform_tile(tile, result, position);
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

/// One block of channels of one tile, whose first output is at (y, x).
template <typename Vector>
void write_tile(const WinogradShape& shape, const float* products, std::int64_t position,
                std::int64_t y, std::int64_t x, Vector* image) {
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
    to[column] = result[0];
    if (y + 1 < shape.out_h) to[shape.out_w + column] = result[1];
  }
}

template <int block>
class Tiles {
  using Vector = Floats<block>;

 public:
  Tiles(const WinogradShape& shape, float* scratch)
      : shape_(shape),
        layout_(shape),
        weights_(scratch),
        inputs_(weights_ + layout_.weights),
        products_(inputs_ + positions * layout_.in_position) {}

  void run(const float* source, const float* weights, float* destination) {
    transform_weights<block>(shape_, weights, weights_);
    const std::int64_t all = shape_.samples * layout_.of_image();
    for (std::int64_t first = 0; first < all; first += layout_.tiles) {
      const std::int64_t count = smaller(layout_.tiles, all - first);
      read(source, first, count);
      multiply_all((count + group<block> - 1) / group<block> * group<block>);
      write(first, count, destination);
    }
  }

 private:
  /// Where a tile lies.
  struct Place {
    std::int64_t sample, y, x;
  };
  Place place(std::int64_t tile) const {
    const std::int64_t in_image = tile % layout_.of_image();
    return {tile / layout_.of_image(), in_image / layout_.tiles_w * tile_out,
            in_image % layout_.tiles_w * tile_out};
  }

  void read(const float* source, std::int64_t first, std::int64_t count) {
    const std::int64_t ins = blocks_of<block>(shape_.in_channels);
    for (std::int64_t i = 0; i < count; ++i) {
      const Place at = place(first + i);
      for (std::int64_t in = 0; in < ins; ++in) {
        const Vector* image =
            vectors<block>(source) + (at.sample * ins + in) * shape_.in_h * shape_.in_w;
        read_tile(shape_, image, at.y - shape_.padding_h, at.x - shape_.padding_w,
                  inputs_ + (i * ins + in) * block, layout_.in_position);
      }
    }
  }

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
    const std::int64_t outs = blocks_of<block>(shape_.out_channels);
    for (std::int64_t i = 0; i < count; ++i) {
      const Place at = place(first + i);
      for (std::int64_t out = 0; out < outs; ++out) {
        Vector* image =
            vectors<block>(destination) + (at.sample * outs + out) * shape_.out_h * shape_.out_w;
        write_tile(shape_, products_ + (i * outs + out) * block, layout_.out_position, at.y, at.x,
                   image);
      }
    }
  }

  const WinogradShape& shape_;
  Layout<block> layout_;
  float* weights_;
  float* inputs_;    ///< by position, tile, channel
  float* products_;  ///< likewise
};

template <int block>
void run(const WinogradShape& shape, const float* source, const float* weights, float* scratch,
         float* destination) {
  Tiles<block>(shape, scratch).run(source, weights, destination);
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
