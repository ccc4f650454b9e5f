#include "core/profile/step_timing.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/random.hpp"
#include "core/engine/program.hpp"
#include "core/profile/median.hpp"

namespace nas {
namespace {

/// Runs that are made for one that is wanted, before disturbed ones are taken.
constexpr int attempts_per_run = 10;

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

/// Of a whole network and of its steps (empty where they are not wanted), in microseconds.
struct Run {
  double length = 0;
  std::vector<double> steps;
  double crowding = 0;  ///< the larger of those before and after

  void scale(double factor) {
    length *= factor;
    for (double& step : steps) step *= factor;
  }
};

struct Runs {
  std::vector<Run> runs;
  bool undisturbed = false;
};

TimingSettings with_defaults(TimingSettings settings) {
  if (!settings.clock) settings.clock = steady_microseconds;
  if (!settings.pace) settings.pace = PaceMeter(settings.clock);
  return settings;
}

/// The runs that count, at the clock of `reference`. A run after a disturbed one is warm-up: the
/// caches have yet to be filled again.
Runs repeated(const std::function<Run()>& measure, const Pace& reference,
              const TimingSettings& settings) {
  const auto wanted = static_cast<std::size_t>(settings.runs);
  std::vector<Run> undisturbed;
  std::vector<Run> others;
  Pace before = settings.pace();
  bool calm = true;
  for (int made = 0; made < attempts_per_run * settings.runs; ++made) {
    Run run = measure();
    const Pace after = settings.pace();
    run.scale(2 * reference.chain / (before.chain + after.chain));
    run.crowding = std::max(before.crowding(), after.crowding());
    const bool was_calm = std::exchange(calm, is_undisturbed(before, after, reference));
    (was_calm && calm ? undisturbed : others).push_back(std::move(run));
    if (undisturbed.size() == wanted) return {std::move(undisturbed), true};
    before = after;
  }
  std::ranges::move(undisturbed, std::back_inserter(others));
  std::ranges::stable_sort(others, {}, &Run::crowding);
  others.resize(wanted);
  return {std::move(others), false};
}

/// Of each step, over the runs that neither something else has slowed down nor chance sped up.
std::vector<double> mean_of_middle(std::vector<Run>& runs) {
  std::ranges::sort(runs, {}, &Run::length);
  const std::size_t outside = runs.size() / 4;
  const auto middle = std::span(runs).subspan(outside, runs.size() - 2 * outside);
  std::vector<double> means(middle.front().steps.size());
  for (const Run& run : middle) {
    for (std::size_t step = 0; step < means.size(); ++step) means[step] += run.steps[step];
  }
  for (double& mean : means) {
    mean = std::max(0.0, mean / static_cast<double>(middle.size()));
  }
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

StepTimes time_steps(const Architecture& architecture, const Pace& reference,
                     const TimingSettings& settings) {
  const TimingSettings complete = with_defaults(settings);
  const auto& clock = complete.clock;
  const double cost = clock_cost(clock);
  WarmProgram program(architecture, settings.warm_up);
  const std::size_t steps = step_keys(architecture, {.batch = 1}).size();
  const auto measure = [&] {
    Run run;
    run.steps.reserve(steps);
    const double start = clock();
    double before = start;
    program->forward([&] {
      const double now = clock();
      run.steps.push_back(now - before - cost);
      before = now;
    });
    run.length = before - start;
    return run;
  };
  Runs measured = repeated(measure, reference, complete);
  return {mean_of_middle(measured.runs), measured.undisturbed};
}

NetworkTime time_network(const Architecture& architecture, const Pace& reference,
                         const TimingSettings& settings) {
  const TimingSettings complete = with_defaults(settings);
  WarmProgram program(architecture, settings.warm_up);
  const auto measure = [&] {
    const double before = complete.clock();
    program->forward();
    return Run{.length = complete.clock() - before, .steps = {}};
  };
  const Runs measured = repeated(measure, reference, complete);
  std::vector<double> lengths;
  for (const Run& run : measured.runs) lengths.push_back(run.length);
  return {median(lengths), measured.undisturbed};
}

}  // namespace nas
