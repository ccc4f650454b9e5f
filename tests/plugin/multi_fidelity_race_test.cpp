// Strategies over several fidelities against random search, at equal total fidelity, on the
// synthetic estimator's learning curves, some of which cross.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/statistics/mann_whitney.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;

namespace {

constexpr int seeds = 200;
constexpr double full = 81;           ///< epochs
constexpr double budget = 20 * full;  ///< of one search: 20 trials of random search
constexpr double significance = 0.01;

/// 15,625 genotypes in six decisions, as many as NAS-Bench-201.
fake::Space space_of_race() { return fake::Space(6, 5); }

/// Of the trial that is best by what was measured, when the budget is spent.
double regret(const std::string& name, std::uint64_t seed) {
  const PluginRegistry registry = built_plugins();
  const auto estimators = registry.find(PluginKind::estimator, "synthetic");
  const auto strategies = registry.find(PluginKind::strategy, name);
  const fake::Space space = space_of_race();
  const auto estimator = estimators->make_estimator();
  EstimatorContext context;
  context.options = options_of(*estimators, {{"landscape", std::to_string(seed)}});
  context.space = &space;
  estimator->prepare(context);
  SearchSettings settings;
  settings.seed = seed;
  settings.trials = 2000;
  settings.window = 8;
  settings.objectives = {{"val_accuracy", true}};
  const OptionValues options = options_of(*strategies, {});
  const auto strategy = strategies->make_strategy(
      {space, settings.objectives, seed, settings.window, options, estimator->default_fidelity()});
  // What is begun within the budget counts: the loop hands trials over in the order of ids.
  const auto executor = make_serial_executor();
  CancelToken cancel;
  fake::Journal journal;
  double spent = 0;
  journal.on_finished = [&](std::span<const Trial> trials) {
    for (const Trial& trial : trials) spent += trial.metrics.at("cost");
    if (spent >= budget) cancel.raise(CancelToken::Level::stop_soon);
  };
  std::vector<Trial> trials =
      run_search(settings, {space, *strategy, *estimator, *executor, cancel, journal}).trials;
  double cost = 0;
  std::erase_if(trials, [&](const Trial& trial) {
    cost += trial.metrics.at("cost");
    return cost > budget;
  });
  const auto best = best_trial(trials, settings.objectives);
  return trials.at(static_cast<std::size_t>(best.value())).metrics.at("regret");
}

std::vector<double> regrets(const std::string& name) {
  std::vector<double> all;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) all.push_back(regret(name, seed));
  return all;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("at equal total fidelity strategies over several fidelities beat random search") {
  const std::vector<std::string> names = {"successive-halving", "hyperband", "asha", "bohb"};
  const std::vector<double> at_random = regrets("random");
  std::vector<double> means, p_values;
  for (const std::string& name : names) {
    const std::vector<double> by_strategy = regrets(name);
    means.push_back(mean(by_strategy));
    p_values.push_back(mann_whitney_greater(at_random, by_strategy).p_value);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i], means[i], mean(at_random), corrected[i]);
    CHECK(corrected[i] < significance);
  }
}
