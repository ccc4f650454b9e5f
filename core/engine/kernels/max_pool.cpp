#include <algorithm>
#include <cmath>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/output_range.hpp"
#include "core/engine/kernels/pooling_window.hpp"
#include "core/engine/kernels/vectorised.hpp"
#include "core/engine/vector/max_pool_gradient.hpp"

namespace nas::engine {
namespace {

/// oneDNN's own pooling loses NaN. This one walks whole rows for each position in the window, so
/// that its loops are long in every layout.
///
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
  float* left;  ///< one row
  float* source_gradient;
};

/// Where channels are not in blocks.
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
  if (const MaxPoolGradient run = max_pool_gradient(pool.width)) {
    run(pool, at.source, at.output, at.output_gradient, at.source_gradient);
  } else {
    run_vectorised<Backward>(&pool, at);
  }
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
