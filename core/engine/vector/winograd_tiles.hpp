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

/// The inputs of `count` tiles from `first` on: by position (so many floats apart), tile, channel.
template <int block>
void read_tiles(const WinogradShape& shape, const TileGrid& grid, const float* source,
                std::int64_t first, std::int64_t count, float* result, std::int64_t position) {
  const std::int64_t ins = blocks_of<block>(shape.in_channels);
  for (std::int64_t i = 0; i < count; ++i) {
    const TileGrid::Place at = grid[first + i];
    for (std::int64_t in = 0; in < ins; ++in) {
      const auto* image = vectors<block>(source) + (at.sample * ins + in) * shape.in_h * shape.in_w;
      read_tile(shape, image, at.y - shape.padding_h, at.x - shape.padding_w,
                result + (i * ins + in) * block, position);
    }
  }
}

}  // namespace nas::engine::NAS_VECTOR_ISA
