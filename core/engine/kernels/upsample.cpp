#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/vectorised.hpp"

namespace nas::engine {
namespace {

/// What one output along one axis is made of: two neighbouring inputs, or twice the same.
struct Terms {
  std::int64_t first;
  std::int64_t second;
  float first_weight;
  float second_weight;
};

/// Pixels are squares, as in PyTorch with align_corners=False. Nearest takes the pixel that holds
/// the output's upper left corner, in whole numbers where PyTorch rounds in between.
std::vector<Terms> terms(bool bilinear, std::int64_t size_in, std::int64_t size_out) {
  std::vector<Terms> result;
  for (std::int64_t out = 0; out < size_out; ++out) {
    if (!bilinear) {
      const std::int64_t source = out * size_in / size_out;
      result.push_back({source, source, 1, 0});
      continue;
    }
    const double scale = static_cast<double>(size_in) / static_cast<double>(size_out);
    const double position = std::max((static_cast<double>(out) + 0.5) * scale - 0.5, 0.0);
    const auto first = static_cast<std::int64_t>(position);
    const auto share = static_cast<float>(position - static_cast<double>(first));
    result.push_back({first, std::min(first + 1, size_in - 1), 1 - share, share});
  }
  return result;
}

struct Upsampling {
  bool bilinear;
  std::int64_t planes;
  std::int64_t width;  ///< channels in one plane
  std::int64_t in_w;
  std::int64_t in_size;
  std::vector<Terms> rows;
  std::vector<Terms> columns;
};

/// The four pixels of the input that one of the output is made of.
struct Corners {
  std::int64_t offsets[4];
  float weights[4];
};

[[gnu::always_inline]] inline Corners corners(const Upsampling& sampling, const Terms& row,
                                              const Terms& column) {
  const auto offset = [&](std::int64_t y, std::int64_t x) {
    return (y * sampling.in_w + x) * sampling.width;
  };
  return {{offset(row.first, column.first), offset(row.first, column.second),
           offset(row.second, column.first), offset(row.second, column.second)},
          {row.first_weight * column.first_weight, row.first_weight * column.second_weight,
           row.second_weight * column.first_weight, row.second_weight * column.second_weight}};
}

struct Forward {
  [[gnu::always_inline]] static void run(const Upsampling* sampling, const float* source,
                                         float* output) {
    const std::int64_t width = sampling->width;
    for (std::int64_t plane = 0; plane < sampling->planes; ++plane, source += sampling->in_size) {
      for (const Terms& row : sampling->rows) {
        for (const Terms& column : sampling->columns) {
          const Corners from = corners(*sampling, row, column);
          const float* a = source + from.offsets[0];
          if (sampling->bilinear) {
            const float* b = source + from.offsets[1];
            const float* c = source + from.offsets[2];
            const float* d = source + from.offsets[3];
            for (std::int64_t lane = 0; lane < width; ++lane) {
              output[lane] = from.weights[0] * a[lane] + from.weights[1] * b[lane] +
                             from.weights[2] * c[lane] + from.weights[3] * d[lane];
            }
          } else {
            for (std::int64_t lane = 0; lane < width; ++lane) output[lane] = a[lane];
          }
          output += width;
        }
      }
    }
  }
};

struct Backward {
  [[gnu::always_inline]] static void run(const Upsampling* sampling, const float* gradient,
                                         float* source_gradient) {
    const std::int64_t width = sampling->width;
    const int count = sampling->bilinear ? 4 : 1;
    std::fill_n(source_gradient, sampling->planes * sampling->in_size, 0.0F);
    for (std::int64_t plane = 0; plane < sampling->planes; ++plane) {
      for (const Terms& row : sampling->rows) {
        for (const Terms& column : sampling->columns) {
          const Corners to = corners(*sampling, row, column);
          for (int i = 0; i < count; ++i) {
            float* target = source_gradient + to.offsets[i];
            for (std::int64_t lane = 0; lane < width; ++lane) {
              target[lane] += to.weights[i] * gradient[lane];
            }
          }
          gradient += width;
        }
      }
      source_gradient += sampling->in_size;
    }
  }
};

Upsampling upsampling(const Compiler& compiler, NodeId node, const ChannelBlocks& blocks) {
  const Architecture& architecture = compiler.architecture();
  const Shape& in = architecture.shape(compiler.input(node));
  const Shape& out = architecture.shape(node);
  const bool bilinear = architecture.op(node).integer("bilinear") != 0;
  return {.bilinear = bilinear,
          .planes = blocks.samples * blocks.blocks,
          .width = blocks.width,
          .in_w = in.width,
          .in_size = blocks.pixels * blocks.width,
          .rows = terms(bilinear, in.height, out.height),
          .columns = terms(bilinear, in.width, out.width)};
}

}  // namespace

std::function<void()> compile_upsample(Compiler& compiler, NodeId node) {
  const NodeId input = compiler.input(node);
  const BufferId source = compiler.in_known_layout(compiler.in_floats(compiler.value(input)));
  const Desc source_layout = compiler.desc(source);
  const ChannelBlocks blocks = channel_blocks(source_layout).value();
  const auto sampling = std::make_shared<const Upsampling>(upsampling(compiler, node, blocks));
  const Desc layout = blocks.layout(compiler.dims(node));
  const BufferId value = compiler.add_buffer(layout);
  compiler.tape().add(
      [sampling](std::span<float* const> buffers) {
        run_vectorised<Forward>(sampling.get(), buffers[0], buffers[1]);
      },
      {source, value});
  compiler.set_value(node, value);

  return [&compiler, node, input, layout, source_layout, sampling] {
    const BufferId gradient = compiler.in_layout(compiler.gradient(node), layout);
    const BufferId source_gradient = compiler.add_buffer(source_layout);
    compiler.tape().add(
        [sampling](std::span<float* const> buffers) {
          run_vectorised<Backward>(sampling.get(), buffers[0], buffers[1]);
        },
        {gradient, source_gradient});
    compiler.add_gradient(input, source_gradient);
  };
}

}  // namespace nas::engine
