#include "core/profile/step_timing.hpp"

#include <algorithm>
#include <chrono>
#include <span>

#include "core/base/random.hpp"
#include "core/engine/program.hpp"

namespace nas {
namespace {

double steady_microseconds() {
  using Microseconds = std::chrono::duration<double, std::micro>;
  return Microseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A network that has run often enough to be warm, on weights and an image like those of use.
class WarmProgram {
 public:
  WarmProgram(const Architecture& architecture, int warm_up)
      : store_(prepared(architecture)), program_(architecture, store_, {.batch = 1}) {
    Random random(0);
    for (float& value : program_.input()) value = static_cast<float>(random.normal());
    for (int run = 0; run < warm_up; ++run) program_.forward();
  }
  Program* operator->() { return &program_; }

 private:
  static ParameterStore prepared(const Architecture& architecture) {
    ParameterStore store;
    store.prepare(architecture, 0);
    return store;
  }

  ParameterStore store_;
  Program program_;
};

/// Of a whole network and of its steps, in microseconds.
struct Run {
  double length = 0;
  std::vector<double> steps;
};

/// Of each step, over the runs that neither something else has slowed down nor chance sped up.
std::vector<double> mean_of_middle(std::vector<Run>& runs) {
  std::ranges::sort(runs, {}, &Run::length);
  const std::size_t outside = runs.size() / 4;
  const auto middle = std::span(runs).subspan(outside, runs.size() - 2 * outside);
  std::vector<double> means(middle.front().steps.size());
  for (const Run& run : middle) {
    for (std::size_t step = 0; step < means.size(); ++step) means[step] += run.steps[step];
  }
  for (double& mean : means) mean /= static_cast<double>(middle.size());
  return means;
}

/// What reading the clock takes.
double clock_cost(const std::function<double()>& clock) {
  constexpr int readings = 101;
  std::vector<double> costs;
  double before = clock();
  for (int i = 0; i < readings; ++i) {
    const double now = clock();
    costs.push_back(now - before);
    before = now;
  }
  return median(costs);
}

}  // namespace

std::vector<double> time_steps(const Architecture& architecture, const TimingSettings& settings) {
  const auto clock = settings.clock ? settings.clock : steady_microseconds;
  const double cost = clock_cost(clock);
  WarmProgram program(architecture, settings.warm_up);
  const std::size_t steps = step_keys(architecture, {.batch = 1}).size();
  std::vector<Run> runs(static_cast<std::size_t>(settings.runs));
  for (Run& run : runs) {
    run.steps.reserve(steps);
    const double start = clock();
    double before = start;
    program->forward([&] {
      const double now = clock();
      run.steps.push_back(now - before);
      before = now;
    });
    run.length = before - start;
  }
  std::vector<double> means;
  for (const double mean : mean_of_middle(runs)) means.push_back(std::max(0.0, mean - cost));
  return means;
}

double time_network(const Architecture& architecture, const TimingSettings& settings) {
  const auto clock = settings.clock ? settings.clock : steady_microseconds;
  WarmProgram program(architecture, settings.warm_up);
  std::vector<double> times;
  for (int run = 0; run < settings.runs; ++run) {
    const double before = clock();
    program->forward();
    times.push_back(clock() - before);
  }
  return median(times);
}

double median(std::vector<double>& values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace nas
