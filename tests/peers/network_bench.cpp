// Our side of bench_networks.py: one network, run on demand.
//
//     nas_network_bench NET train|inference THREADS [PRECISION]   (then a number of rounds on each
//                                                                  line)
//     nas_network_bench NET json
//     nas_network_bench precision PRECISION                       (fails where the CPU lacks it)
//
// Prints "ready", then for every line "N" the seconds that N rounds took: a round is one batch of
// 64 in each of THREADS programs at once. Ends with the input, and then prints its peak memory in
// MiB.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/engine/optimizer.hpp"
#include "core/engine/program.hpp"
#include "core/training/loss.hpp"
#include "tests/peers/networks.hpp"

using namespace nas;

namespace {

constexpr std::int64_t batch = 64;

/// One network with weights, and the steps that it makes.
class Trial {
 public:
  Trial(const Architecture& net, Mode mode, Precision precision)
      : mode_(mode),
        store_(prepared(net)),
        program_(net, store_, {.batch = batch, .mode = mode, .precision = precision}),
        labels_(batch) {
    Random random(1);
    for (float& value : program_.input()) value = static_cast<float>(random.uniform() - 0.5);
    for (std::size_t i = 0; i < labels_.size(); ++i) labels_[i] = static_cast<std::int32_t>(i % 10);
    for (const ParameterGradient& entry : program_.gradients()) trained_.push_back(entry.parameter);
  }

  void step() {
    program_.forward();
    if (mode_ == Mode::inference) return;
    softmax_cross_entropy<float>(program_.output(), labels_, 10, 0, program_.output_gradient(),
                                 batch);
    program_.backward();
    for (const ParameterGradient& entry : program_.gradients()) {
      std::ranges::copy(entry.gradient, entry.parameter->gradient.data());
    }
    optimizer_step(trained_, SgdSettings{.weight_decay = 1e-4}, 0.01);
  }

 private:
  static ParameterStore prepared(const Architecture& net) {
    ParameterStore store;
    store.prepare(net, 1);
    return store;
  }

  Mode mode_;
  ParameterStore store_;
  Program program_;
  std::vector<std::int32_t> labels_;
  std::vector<Parameter*> trained_;
};

double peak_mebibytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != "VmHWM:") continue;
    double kibibytes = 0;
    status >> kibibytes;
    return kibibytes / 1024;
  }
  return 0;
}

void serve(const Architecture& net, Mode mode, int threads, Precision precision) {
  const auto executor = make_tbb_executor(threads);
  std::vector<std::unique_ptr<Trial>> trials;
  for (int i = 0; i < threads; ++i) {
    trials.push_back(std::make_unique<Trial>(net, mode, precision));
  }
  fmt::print("ready\n");
  std::fflush(stdout);
  for (std::int64_t rounds = 0; std::cin >> rounds;) {
    const auto start = std::chrono::steady_clock::now();
    executor->parallel_for(trials.size(), [&](std::size_t i) {
      for (std::int64_t round = 0; round < rounds; ++round) trials[i]->step();
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{}\n", seconds.count());
    std::fflush(stdout);
  }
  fmt::print("{:.1f}\n", peak_mebibytes());
}

void run(const std::vector<std::string>& words) {
  if (words.size() < 2) {
    throw Error(ErrorKind::usage,
                "usage: nas_network_bench NET train|inference THREADS [PRECISION] | NET json | "
                "precision PRECISION");
  }
  if (words[0] == "precision") {
    require_precision(parse_precision(words[1]));
    return;
  }
  const Architecture net = peers::network(words[0]);
  if (words[1] == "json") {
    fmt::print("{}\n", to_json(net).dump());
    return;
  }
  const auto threads = words.size() > 2 ? parse_integer(words[2]) : 1;
  const Precision precision = words.size() > 3 ? parse_precision(words[3]) : Precision::float32;
  require_precision(precision);
  serve(net, words[1] == "train" ? Mode::training : Mode::inference,
        static_cast<int>(threads.value_or(1)), precision);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run({argv + 1, argv + argc});
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "nas_network_bench: error: {}\n", error.what());
    return 1;
  }
}
