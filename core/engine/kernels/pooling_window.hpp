#pragma once

#include "core/architecture/op_table.hpp"
#include "core/engine/dnnl.hpp"

namespace nas::engine {

/// Of a max_pool or average_pool.
inline Window pooling_window(const Op& op) {
  const Dims padding = {op.integer("padding_h"), op.integer("padding_w")};
  return {.kernel = {op.integer("kernel_h"), op.integer("kernel_w")},
          .strides = {op.integer("stride_h"), op.integer("stride_w")},
          .dilation = {0, 0},
          .padding_begin = padding,
          .padding_end = padding};
}

/// Of global pooling.
inline Window whole_image(const Shape& shape) {
  return {.kernel = {shape.height, shape.width},
          .strides = {1, 1},
          .dilation = {0, 0},
          .padding_begin = {0, 0},
          .padding_end = {0, 0}};
}

}  // namespace nas::engine
