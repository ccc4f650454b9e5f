// What each op achieves in training, beside what the machine can do at all: the next bottleneck.
//
//     build/tests/nas_op_bench [--benchmark_filter=depthwise]
//
// One thread, batches of 64. GFLOP/s and GB/s are those of the op's steps, with what is fused
// behind it and the copies that change layouts; "of sgemm" and "of copy" are per cent of a product
// of matrices of 1024 x 1024 and of copying 64 MiB, both measured at the start. Wants an otherwise
// idle machine.
#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"
#include "core/architecture/cell_blocks.hpp"
#include "core/engine/single_thread.hpp"
#include "core/parameters/tensor.hpp"
#include "tests/bench/compile_cost.hpp"
#include "tests/bench/op_timing.hpp"

using namespace nas;
using namespace nas::bench;

namespace {

constexpr std::int64_t batch = 64;

/// The shortest of some runs, in seconds.
double best_of(int runs, const std::function<void()>& work) {
  double best = 0;
  for (int run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = run == 0 ? taken.count() : std::min(best, taken.count());
  }
  return best;
}

struct Machine {
  double flops;  ///< a second, of sgemm
  double bytes;  ///< a second, read and written
};

const Machine& machine() {
  static const Machine measured = [] {
    const engine::SingleThread single_thread;
    constexpr std::int64_t side = 1024;
    Tensor a(side * side), b(side * side), c(side * side);
    const double product = best_of(9, [&] {
      dnnl::sgemm('N', 'N', side, side, side, 1.0F, a.data(), side, b.data(), side, 0.0F, c.data(),
                  side);
    });
    constexpr std::size_t bytes = std::size_t{64} << 20U;
    Tensor from(bytes / sizeof(float)), to(bytes / sizeof(float));
    const double copy = best_of(9, [&] {
      std::memcpy(to.data(), from.data(), bytes);
      benchmark::ClobberMemory();
    });
    return Machine{2.0 * side * side * side / product, 2.0 * static_cast<double>(bytes) / copy};
  }();
  return measured;
}

/// Behind a convolution, as ops are in networks, and before one. `add` calls its op "op".
OpInNetwork between(const Shape& shape, const std::function<NodeId(Architecture&, NodeId)>& add) {
  OpInNetwork result;
  Architecture& net = result.net;
  NodeId x = net.add(input_op({3, shape.height, shape.width}), {}, "image");
  x = net.add(convolution({.out_channels = shape.channels}), {x}, "before");
  x = add(net, x);
  x = net.add(convolution({.out_channels = 8}), {x}, "behind");
  add_classifier(net, x, 10);
  while (net.name(result.node) != "op") ++result.node;
  return result;
}

OpInNetwork one_op(const Shape& shape, const Op& op) {
  return between(shape, [&](Architecture& net, NodeId x) { return net.add(op, {x}, "op"); });
}

OpInNetwork convolved(const Shape& shape, const ConvolutionSettings& settings) {
  return one_op(shape, convolution(settings));
}

OpInNetwork depthwise(const Shape& shape, std::int64_t kernel, std::int64_t stride = 1) {
  return convolved(shape, {.out_channels = shape.channels,
                           .kernel = kernel,
                           .stride = stride,
                           .groups = shape.channels});
}

OpInNetwork normalised(const Shape& shape, OpKind activation) {
  return between(shape, [&](Architecture& net, NodeId x) {
    return net.add(Op(activation), {net.add(batch_norm(true), {x}, "op")}, "activation");
  });
}

OpInNetwork joined(const Shape& shape, OpKind kind) {
  return between(shape, [&](Architecture& net, NodeId x) {
    const NodeId other = net.add(convolution({.out_channels = shape.channels}), {0}, "other");
    return net.add(Op(kind), {x, other}, "op");
  });
}

struct Case {
  std::string name;
  OpInNetwork op;
};

std::vector<Case> cases() {
  std::vector<Case> result;
  const auto add = [&](const std::string& name, const Shape& shape, OpInNetwork op) {
    result.push_back({fmt::format("{} {}", name, shape.text()), std::move(op)});
  };
  for (const Shape& shape : {Shape{16, 32, 32}, Shape{72, 16, 16}, Shape{240, 8, 8}}) {
    add("depthwise 3x3", shape, depthwise(shape, 3));
    add("depthwise 5x5", shape, depthwise(shape, 5));
    add("depthwise 7x7", shape, depthwise(shape, 7));
    add("depthwise 5x5 stride 2", shape, depthwise(shape, 5, 2));
    add("1x1 to 24", shape, convolved(shape, {.out_channels = 24}));
    add("1x1 to 144", shape, convolved(shape, {.out_channels = 144}));
    add("batch_norm + relu6", shape, normalised(shape, OpKind::relu6));
    add("batch_norm + swish", shape, normalised(shape, OpKind::swish));
  }
  for (const Shape& shape : {Shape{32, 32, 32}, Shape{64, 16, 16}, Shape{128, 8, 8}}) {
    add("3x3", shape, convolved(shape, {.out_channels = shape.channels, .kernel = 3}));
    add("3x3 stride 2", shape,
        convolved(shape, {.out_channels = 2 * shape.channels, .kernel = 3, .stride = 2}));
  }
  const Shape shape{64, 16, 16};
  add("dilated depthwise 5x5", shape,
      convolved(shape, {.out_channels = 64, .kernel = 5, .dilation = 2, .groups = 64}));
  add("max_pool 3x3", shape, one_op(shape, max_pool(3, 1)));
  add("average_pool 3x3", shape, one_op(shape, average_pool(3, 1)));
  add("global_average_pool", shape, one_op(shape, Op(OpKind::global_average_pool)));
  add("dilated depthwise 3x3", shape,
      convolved(shape, {.out_channels = 64, .kernel = 3, .dilation = 2, .groups = 64}));
  add("add", shape, joined(shape, OpKind::add));
  add("concat", shape, joined(shape, OpKind::concat));
  add("channel_shuffle", shape, one_op(shape, Op(OpKind::channel_shuffle).set("groups", 2)));
  add("slice", shape, one_op(shape, Op(OpKind::slice).set("begin", 32).set("count", 32)));
  add("upsample bilinear", shape,
      one_op(shape, Op(OpKind::upsample).set("factor_h", 2).set("factor_w", 2).set("bilinear", 1)));
  add("sigmoid", shape, one_op(shape, Op(OpKind::sigmoid)));
  return result;
}

void measure(benchmark::State& state, const OpInNetwork& op, engine::Pass pass) {
  const engine::SingleThread single_thread;
  OpTiming timing(op, batch);
  for (auto _ : state) {
    state.SetIterationTime(pass == engine::Pass::forward ? timing.forward() : timing.backward());
  }
  const auto rate = [&](const char* name, double of_an_iteration) {
    state.counters[name] =
        benchmark::Counter(of_an_iteration, benchmark::Counter::kIsIterationInvariantRate);
  };
  const double flops = timing.flops(pass), bytes = timing.bytes(pass);
  rate("GFLOP/s", flops / 1e9);
  rate("of sgemm", 100 * flops / machine().flops);
  rate("GB/s", bytes / 1e9);
  rate("of copy", 100 * bytes / machine().bytes);
}

void register_ops() {
  for (const Case& each : cases()) {
    for (const auto& [pass, name] : {std::pair{engine::Pass::forward, "forward"},
                                     std::pair{engine::Pass::backward, "backward"}}) {
      // Without time of its own, a benchmark would run forever: `add` hands its gradient on.
      if (OpTiming(each.op, 1).bytes(pass) == 0) continue;
      benchmark::RegisterBenchmark(
          fmt::format("{} {}", each.name, name).c_str(),
          [op = each.op, p = pass](benchmark::State& state) { measure(state, op, p); })
          ->UseManualTime()
          ->MinTime(0.05)
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string tabular = "--benchmark_counters_tabular=true";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, tabular.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  fmt::print("sgemm {:.1f} GFLOP/s, copy {:.1f} GB/s\n", machine().flops / 1e9,
             machine().bytes / 1e9);
  register_ops();
  register_compile_cost();
  benchmark::RunSpecifiedBenchmarks();
}
