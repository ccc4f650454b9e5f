#include "core/engine/channel_blocks.hpp"
#include "core/engine/drop_mask.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/vectorised.hpp"

namespace nas::engine {
namespace {

struct Sample {
  const float* input;
  float* output;  ///< may be the input
  std::uint64_t key;
};

/// Multiplies the values of one sample by factors of their own.
struct DropValues {
  [[gnu::always_inline]] static void run(const ChannelBlocks* blocks, DropRate rate,
                                         Sample sample) {
    const auto width = static_cast<std::uint32_t>(blocks->width);
    const auto pixels = static_cast<std::uint32_t>(blocks->pixels);
    if (width == 1) {
      const std::int64_t count = blocks->blocks * blocks->pixels;
#pragma GCC ivdep
      for (std::int64_t i = 0; i < count; ++i) {
        sample.output[i] = sample.input[i] * rate.factor(sample.key, static_cast<std::uint32_t>(i));
      }
      return;
    }
    std::uint32_t first = 0;  // index of the block's first value
    for (std::int64_t block = 0; block < blocks->blocks; ++block, first += width * pixels) {
      for (std::uint32_t pixel = 0; pixel < pixels; ++pixel) {
#pragma GCC ivdep
        for (std::uint32_t lane = 0; lane < width; ++lane) {
          const std::uint32_t index = first + lane * pixels + pixel;
          sample.output[lane] = sample.input[lane] * rate.factor(sample.key, index);
        }
        sample.input += width;
        sample.output += width;
      }
    }
  }
};

/// Multiplies them all by the same.
struct DropSample {
  [[gnu::always_inline]] static void run(const ChannelBlocks* blocks, DropRate rate,
                                         Sample sample) {
    const float factor = rate.factor(sample.key, 0);
    const std::int64_t count = blocks->blocks * blocks->pixels * blocks->width;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) sample.output[i] = sample.input[i] * factor;
  }
};

/// One node, whose mask is made twice: in forward, and again in backward.
template <typename Kernel>
class Drop {
 public:
  Drop(Compiler& compiler, NodeId node)
      : compiler_(compiler),
        name_(compiler.architecture().name(node)),
        op_(compiler.architecture().op(node)) {}

  BufferId add_to(BufferId input) const {
    const Desc layout = compiler_.desc(input);
    const BufferId output = compiler_.add_buffer(layout);
    compiler_.tape().add(
        [name = name_, probability = op_.real("p"), scaled = op_.kind() == OpKind::drop_path,
         randomness = compiler_.randomness(),
         blocks = channel_blocks(layout).value()](std::span<float* const> buffers) {
          const DropRate rate(scaled ? probability * randomness->drop_scale : probability);
          const std::int64_t size = blocks.elements() / blocks.samples;
          for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
            run_vectorised<Kernel>(&blocks, rate,
                                   Sample{.input = buffers[0] + sample * size,
                                          .output = buffers[1] + sample * size,
                                          .key = drop_key(randomness->seed, name, sample)});
          }
        },
        {input, output});
    compiler_.tape().allow_in_place(input, output);
    return output;
  }

 private:
  Compiler& compiler_;
  std::string name_;
  Op op_;
};

template <typename Kernel>
std::function<void()> compile(Compiler& compiler, NodeId node) {
  if (!compiler.training()) return compile_identity(compiler, node);
  const NodeId input = compiler.input(node);
  const Drop<Kernel> drop(compiler, node);
  const auto dropped = [&compiler, drop](BufferId buffer) {
    return drop.add_to(compiler.in_known_layout(compiler.in_floats(buffer)));
  };
  compiler.set_value(node, dropped(compiler.value(input)));
  return [&compiler, node, input, dropped] {
    compiler.add_gradient(input, dropped(compiler.gradient(node)));
  };
}

}  // namespace

std::function<void()> compile_dropout(Compiler& compiler, NodeId node) {
  return compile<DropValues>(compiler, node);
}

std::function<void()> compile_drop_path(Compiler& compiler, NodeId node) {
  return compile<DropSample>(compiler, node);
}

}  // namespace nas::engine
