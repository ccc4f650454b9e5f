#include "tests/bench/compile_cost.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <vector>

#include "core/engine/program.hpp"
#include "tests/peers/networks.hpp"

namespace nas::bench {
namespace {

constexpr ProgramSettings settings{.batch = 64, .mode = Mode::training};
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The network whose speed is compared, with another block.
Architecture network_with(std::size_t block, std::int64_t kernel, std::int64_t expansion) {
  std::vector<peers::Stage> stages = peers::mobile_stages();
  stages.at(block).kernel = kernel;
  stages.at(block).expansion = expansion;
  return peers::inverted_bottlenecks(stages);
}

/// The median of one forward and backward pass, in seconds.
double step_seconds(const Architecture& net) {
  ParameterStore store;
  store.prepare(net, 1);
  Program program(net, store, settings);
  std::ranges::fill(program.input(), 0.5F);
  std::vector<double> times;
  for (int run = 0; run < 9; ++run) {
    const Clock::time_point start = Clock::now();
    program.forward();
    std::ranges::fill(program.output_gradient(), 0.01F);
    program.backward();
    times.push_back(since(start));
  }
  std::ranges::nth_element(times, times.begin() + 4);
  return times[4];
}

/// `next(i)` is the network of iteration i.
template <typename Next>
void measure(benchmark::State& state, const Next& next) {
  const Architecture usual = peers::network("a");
  const double step = step_seconds(usual);
  double total = 0;
  int iteration = 0;
  for (auto _ : state) {
    const Architecture net = next(iteration++);
    ParameterStore store;
    store.prepare(net, 1);
    const Clock::time_point start = Clock::now();
    const Program program(net, store, settings);
    const double seconds = since(start);
    total += seconds;
    state.SetIterationTime(seconds);
  }
  state.counters["of a step"] = 100 * total / iteration / step;
}

void cached(benchmark::State& state) {
  for (const std::int64_t kernel : {3, 7}) step_seconds(network_with(4, kernel, 6));
  measure(state, [](int i) { return network_with(4, i % 2 == 0 ? 3 : 7, 6); });
}

/// No two networks have the same block, nor has any other benchmark's. The largest is compiled
/// first, so that there is memory for the others.
void compiled_anew(benchmark::State& state) {
  step_seconds(network_with(2, 3, 12));
  measure(state, [](int i) {
    constexpr std::int64_t kernels[] = {3, 5, 7};
    return network_with(static_cast<std::size_t>(2 + i % 5), kernels[i / 5 % 3], 10 - i / 15);
  });
}

}  // namespace

void register_compile_cost() {
  benchmark::RegisterBenchmark("compile, one block differs, its primitives cached", cached)
      ->UseManualTime()
      ->Iterations(60)
      ->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("compile, one block differs, its primitives new", compiled_anew)
      ->UseManualTime()
      ->Iterations(60)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace nas::bench
