/// How images are cut into the tiles of F(2x2, 3x3), and the transform of inputs, which convolution
/// and weight gradient have in common. For the files of this folder; see lanes.hpp.
#pragma once

#include "core/engine/vector/lanes.hpp"
#include "core/engine/vector/winograd.hpp"

namespace nas::engine::NAS_VECTOR_ISA {

constexpr int side = 4;  ///< of a transformed tile
constexpr int positions = side * side;
constexpr std::int64_t tile_out = 2;  ///< outputs of a tile, along each side

template <int block>
std::int64_t blocks_of(std::int64_t channels) {
  return (channels + block - 1) / block;
}
template <int block>
std::int64_t padded(std::int64_t channels) {
  return blocks_of<block>(channels) * block;
}

/// `make`, whose template arguments are the channels of a block and the type of values, for what
/// this instruction set has vectors for; otherwise nothing.
template <typename Kernel, typename Make>
Kernel for_vectors(const WinogradShape& shape, ValueType type, const Make& make) {
  if (type == ValueType::bfloat16) {
#ifdef __AVX512BF16__
    if (shape.block == 16) return make.template operator()<16, Bfloat16>();
#endif
    return {};
  }
#ifdef __AVX512F__
  if (shape.block == 16) return make.template operator()<16, float>();
#endif
  return shape.block == 8 ? make.template operator()<8, float>() : Kernel{};
}

/// Where the tiles of all samples lie.
class TileGrid {
 public:
  explicit TileGrid(const WinogradShape& shape)
      : shape_(shape),
        tiles_h_((shape.out_h + tile_out - 1) / tile_out),
        tiles_w_((shape.out_w + tile_out - 1) / tile_out) {}

  /// The first output of a tile.
  struct Place {
    std::int64_t sample, y, x;
  };
  Place operator[](std::int64_t tile) const {
    const std::int64_t in_image = tile % of_image();
    return {tile / of_image(), in_image / tiles_w_ * tile_out, in_image % tiles_w_ * tile_out};
  }
  std::int64_t count() const { return shape_.samples * of_image(); }

 private:
  std::int64_t of_image() const { return tiles_h_ * tiles_w_; }

  const WinogradShape& shape_;
  std::int64_t tiles_h_, tiles_w_;
};

/// B' d B, of the four values of a row or a column.
template <typename Vector>
void transform_inputs(const Vector (&d)[side], Vector (&result)[side]) {
  result[0] = d[0] - d[2];
  result[1] = d[1] + d[2];
  result[2] = d[2] - d[1];
  result[3] = d[1] - d[3];
}

/// Where a block of channels of one transformed tile goes: `set` of its 16 positions, which are so
/// many floats apart.
template <int block, typename Value>
class Place {
 public:
  Place(float* first, std::int64_t position) : first_(first), position_(position) {}
  void set(int position, Floats<block> value) const {
    set_pixel<block, Value>(first_ + position * position_, 0, value);
  }

 private:
  float* first_;
  std::int64_t position_;
};

/// Likewise in lanes that several tiles share: this is the one of that index among them. They are
/// set one after the other, the first of them first.
template <int block, typename Value>
class SharedPlace {
 public:
  SharedPlace(float* first, std::int64_t position, std::int64_t index)
      : first_(first), position_(position), index_(index) {}
  void set(int position, Floats<block> value) const {
    Floats<block>& lanes = *vectors<block>(first_ + position * position_);
    if constexpr (in_lane<Value> == 1) {
      lanes = value;
    } else {
      lanes =
          index_ == 0 ? paired<block>(value, Floats<block>{}) : with_second<block>(lanes, value);
    }
  }

 private:
  float* first_;
  std::int64_t position_;
  std::int64_t index_;
};

/// One row of inputs; zero where they lie outside of the image.
template <int block, typename Value>
void read_row(const WinogradShape& shape, const Pixels<block, Value>& image, std::int64_t y,
              std::int64_t x, Floats<block> (&row)[side]) {
  const bool inside = y >= 0 && y < shape.in_h;
  for (int i = 0; i < side; ++i) {
    row[i] = inside && x + i >= 0 && x + i < shape.in_w ? image[y * shape.in_w + x + i]
                                                        : Floats<block>{};
  }
}

/// One block of channels of one tile.
template <typename Vector, typename Destination>
void transform_tile(const Vector (&tile)[side][side], const Destination& destination) {
  Vector rows[side][side];
#pragma GCC unroll 4
  for (int row = 0; row < side; ++row) transform_inputs(tile[row], rows[row]);
#pragma GCC unroll 4
  for (int column = 0; column < side; ++column) {
    const Vector d[side] = {rows[0][column], rows[1][column], rows[2][column], rows[3][column]};
    Vector transformed[side];
    transform_inputs(d, transformed);
#pragma GCC unroll 4
    for (int row = 0; row < side; ++row) destination.set(row * side + column, transformed[row]);
  }
}

/// The tile whose first input is at (y, x), maybe outside of the image.
template <int block, typename Value, typename Destination>
void read_tile(const WinogradShape& shape, const Pixels<block, Value>& image, std::int64_t y,
               std::int64_t x, const Destination& destination) {
  Floats<block> tile[side][side];
  if (y >= 0 && x >= 0 && y + side <= shape.in_h && x + side <= shape.in_w) {
#pragma GCC unroll 4
    for (int row = 0; row < side; ++row) {
      const Pixels<block, Value> from = image + ((y + row) * shape.in_w + x);
#pragma GCC unroll 4
      for (int i = 0; i < side; ++i) tile[row][i] = from[i];
    }
  } else {
    for (int row = 0; row < side; ++row) {
      read_row<block, Value>(shape, image, y + row, x, tile[row]);
    }
  }
  transform_tile(tile, destination);
}

/// The inputs of `count` tiles from `first` on; a block of channels of one of these to
/// `place(tile, channel)`.
template <int block, typename Value, typename PlaceOf>
void read_tiles(const WinogradShape& shape, const TileGrid& grid, const void* source,
                std::int64_t first, std::int64_t count, const PlaceOf& place) {
  const std::int64_t ins = blocks_of<block>(shape.in_channels);
  for (std::int64_t i = 0; i < count; ++i) {
    const TileGrid::Place at = grid[first + i];
    for (std::int64_t in = 0; in < ins; ++in) {
      const auto image =
          Pixels<block, Value>(source) + (at.sample * ins + in) * shape.in_h * shape.in_w;
      read_tile<block, Value>(shape, image, at.y - shape.padding_h, at.x - shape.padding_w,
                              place(i, in * block));
    }
  }
}

}  // namespace nas::engine::NAS_VECTOR_ISA
