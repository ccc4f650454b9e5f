#include <algorithm>
#include <cmath>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/output_range.hpp"
#include "core/engine/kernels/pooling_window.hpp"
#include "core/engine/kernels/vectorised.hpp"

namespace nas::engine {
namespace {

/// oneDNN's own pooling loses NaN. This one walks whole rows for each position in the window, so
/// that its loops are long in every layout.
struct MaxPool {
  std::int64_t planes;  ///< of `width` channels each
  std::int64_t width;
  std::int64_t in_h, in_w;
  std::int64_t out_h, out_w;
  std::int64_t kernel_h, kernel_w;
  std::int64_t stride_h, stride_w;
  std::int64_t padding_h, padding_w;

  std::int64_t in_size() const { return in_h * in_w * width; }
  std::int64_t out_row() const { return out_w * width; }
};

/// Calls `visit(input, output, count)` for every run of values that one position of the window, in
/// the order of rows, reads for one row of outputs. `input` counts from the beginning of the plane,
/// `output` from that of the row.
template <typename Visit>
[[gnu::always_inline]] inline void for_runs(const MaxPool& pool, std::int64_t out_y, Visit visit) {
  for (std::int64_t ky = 0; ky < pool.kernel_h; ++ky) {
    const std::int64_t y = out_y * pool.stride_h - pool.padding_h + ky;
    if (y < 0 || y >= pool.in_h) continue;
    for (std::int64_t kx = 0; kx < pool.kernel_w; ++kx) {
      const std::int64_t offset = kx - pool.padding_w;
      const OutputRange range = inside(pool.in_w, pool.out_w, pool.stride_w, offset, offset);
      const std::int64_t pixels = range.end - range.begin;
      const std::int64_t x = range.begin * pool.stride_w + offset;
      const std::int64_t input = (y * pool.in_w + x) * pool.width;
      const std::int64_t output = range.begin * pool.width;
      if (pool.stride_w == 1) {
        visit(input, output, pixels * pool.width);
        continue;
      }
      for (std::int64_t i = 0; i < pixels; ++i) {
        visit(input + i * pool.stride_w * pool.width, output + i * pool.width, pool.width);
      }
    }
  }
}

[[gnu::always_inline]] inline void raise(const float* source, float* largest, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float x = source[i], best = largest[i];
    largest[i] = ((x > best) | (x != x)) ? x : best;
  }
}

/// Gives what is `left` of the outputs' gradients to the inputs that are the largest: to the first,
/// after which there is none left.
[[gnu::always_inline]] inline void give(const float* source, const float* largest, float* left,
                                        float* gradient, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float x = source[i], rest = left[i];
    const bool found = (x == largest[i]) | (x != x);
    gradient[i] += found ? rest : 0.0F;
    left[i] = found ? 0.0F : rest;
  }
}

struct Forward {
  [[gnu::always_inline]] static void run(const MaxPool* pool, const float* source, float* output) {
    for (std::int64_t plane = 0; plane < pool->planes; ++plane, source += pool->in_size()) {
      for (std::int64_t y = 0; y < pool->out_h; ++y, output += pool->out_row()) {
        std::fill_n(output, pool->out_row(), -INFINITY);
        const auto visit = [=](std::int64_t in, std::int64_t out, std::int64_t count)
            __attribute__((always_inline)) {
          raise(source + in, output + out, count);
        };
        for_runs(*pool, y, visit);
      }
    }
  }
};

struct BackwardBuffers {
  const float* source;
  const float* output;
  const float* output_gradient;
  float* left;  ///< one row; in blocks of channels it stays in a register
  float* source_gradient;
};

/// One pixel of a block of `width` channels.
template <int width>
struct Lanes {
  typedef float Floats __attribute__((vector_size(width * sizeof(float)), may_alias));
};

/// Backward, one output of one plane: what its gradient has left stays in a register.
template <int width>
[[gnu::always_inline]] inline void give_pixel(const MaxPool& pool, const BackwardBuffers& at,
                                              std::int64_t out_y, std::int64_t out_x) {
  using Floats = typename Lanes<width>::Floats;
  const auto* source = reinterpret_cast<const Floats*>(at.source);
  auto* gradient = reinterpret_cast<Floats*>(at.source_gradient);
  const Floats largest = reinterpret_cast<const Floats*>(at.output)[out_x];
  Floats left = reinterpret_cast<const Floats*>(at.output_gradient)[out_x];
  const std::int64_t top = out_y * pool.stride_h - pool.padding_h;
  const std::int64_t first = out_x * pool.stride_w - pool.padding_w;
  const std::int64_t end_x = std::min(first + pool.kernel_w, pool.in_w);
  const std::int64_t end_y = std::min(top + pool.kernel_h, pool.in_h);
  for (std::int64_t y = std::max<std::int64_t>(top, 0); y < end_y; ++y) {
    for (std::int64_t x = std::max<std::int64_t>(first, 0); x < end_x; ++x) {
      const Floats value = source[y * pool.in_w + x];
      const auto found = (value == largest) | (value != value);
      gradient[y * pool.in_w + x] += found ? left : Floats{};
      left = found ? Floats{} : left;
    }
  }
}

/// In blocks of `width` channels.
template <int width>
struct BlockedBackward {
  [[gnu::always_inline]] static void run(const MaxPool* pool, BackwardBuffers at) {
    std::fill_n(at.source_gradient, pool->planes * pool->in_size(), 0.0F);
    for (std::int64_t plane = 0; plane < pool->planes; ++plane) {
      for (std::int64_t y = 0; y < pool->out_h; ++y) {
        for (std::int64_t x = 0; x < pool->out_w; ++x) give_pixel<width>(*pool, at, y, x);
        at.output += pool->out_row();
        at.output_gradient += pool->out_row();
      }
      at.source += pool->in_size();
      at.source_gradient += pool->in_size();
    }
  }
};

/// In all other layouts.
struct Backward {
  [[gnu::always_inline]] static void run(const MaxPool* pool, BackwardBuffers at) {
    std::fill_n(at.source_gradient, pool->planes * pool->in_size(), 0.0F);
    for (std::int64_t plane = 0; plane < pool->planes; ++plane) {
      for (std::int64_t y = 0; y < pool->out_h; ++y) {
        std::copy_n(at.output_gradient, pool->out_row(), at.left);
        const auto visit = [=](std::int64_t in, std::int64_t out, std::int64_t count)
            __attribute__((always_inline)) {
          give(at.source + in, at.output + out, at.left + out, at.source_gradient + in, count);
        };
        for_runs(*pool, y, visit);
        at.output += pool->out_row();
        at.output_gradient += pool->out_row();
      }
      at.source += pool->in_size();
      at.source_gradient += pool->in_size();
    }
  }
};

void run_backward(const MaxPool& pool, const BackwardBuffers& at) {
  if (pool.width == 8) return run_vectorised<BlockedBackward<8>>(&pool, at);
  if (pool.width == 16) return run_vectorised<BlockedBackward<16>>(&pool, at);
  run_vectorised<Backward>(&pool, at);
}

MaxPool max_pool(const ChannelBlocks& blocks, const Shape& in, const Shape& out,
                 const Window& window) {
  return {.planes = blocks.samples * blocks.blocks,
          .width = blocks.width,
          .in_h = in.height,
          .in_w = in.width,
          .out_h = out.height,
          .out_w = out.width,
          .kernel_h = window.kernel[0],
          .kernel_w = window.kernel[1],
          .stride_h = window.strides[0],
          .stride_w = window.strides[1],
          .padding_h = window.padding_begin[0],
          .padding_w = window.padding_begin[1]};
}

std::function<void()> compile(Compiler& compiler, NodeId node, const Window& window) {
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.in_known_layout(compiler.in_floats(compiler.value(input)));
  const ChannelBlocks blocks = channel_blocks(compiler.desc(source)).value();
  const MaxPool pool = max_pool(blocks, compiler.architecture().shape(input),
                                compiler.architecture().shape(node), window);
  const Desc layout = blocks.layout(compiler.dims(node));
  const BufferId value = compiler.add_buffer(layout);
  compiler.tape().add(
      [pool](std::span<float* const> buffers) {
        run_vectorised<Forward>(&pool, buffers[0], buffers[1]);
      },
      {source, value});
  compiler.set_value(node, value);

  return [&compiler, node, input, source, value, layout, pool] {
    const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
    const BufferId left = compiler.add_buffer(plain({pool.out_row()}));
    const BufferId source_gradient = compiler.add_buffer(compiler.desc(source));
    compiler.tape().add(
        [pool](std::span<float* const> buffers) {
          run_backward(pool, {buffers[0], buffers[1], buffers[2], buffers[3], buffers[4]});
        },
        {source, value, gradient, left, source_gradient});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace

std::function<void()> compile_max_pool(Compiler& compiler, NodeId node) {
  return compile(compiler, node, pooling_window(compiler.architecture().op(node)));
}

std::function<void()> compile_global_max_pool(Compiler& compiler, NodeId node) {
  return compile(compiler, node, whole_image(compiler.architecture().shape(compiler.input(node))));
}

}  // namespace nas::engine
