#include "cli/trial_repetition.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <set>

#include "cli/final_stage.hpp"
#include "core/base/scratch_directory.hpp"
#include "core/parameters/weights_file.hpp"
#include "core/search/blueprint.hpp"
#include "core/search/trial_outcome.hpp"
#include "core/search/trial_runner.hpp"

namespace nas::cli {

namespace {

std::unique_ptr<const Blueprint> blueprint_of(const Experiment& experiment,
                                              const Genotype& genotype) {
  return builds_architectures(experiment) ? make_blueprint(*experiment.evaluator.space, genotype)
                                          : bare_blueprint(genotype);
}

/// The trial as it was before it was measured.
Trial unmeasured(const Experiment& experiment, const Trial& recorded, const Blueprint& blueprint) {
  Trial trial;
  trial.id = recorded.id;
  trial.genotype = recorded.genotype;
  trial.architecture_hash = blueprint.hash;
  trial.fidelity = recorded.fidelity;
  trial.seed = recorded.seed;
  trial.parent = recorded.parent;
  if (!blueprint.hash.empty()) {
    trial.metrics =
        all_costs(experiment.evaluator, trial.genotype, blueprint.architecture, blueprint.cost);
  }
  return trial;
}

/// To the last bit. What a file says beside them is a matter of the program's version.
bool same_weights(const ParameterStore& a, const ParameterStore& b) {
  return std::ranges::equal(a.all(), b.all(), [](const auto& left, const auto& right) {
    const Parameter& x = *left.second;
    const Parameter& y = *right.second;
    return left.first == right.first && x.shape == y.shape &&
           std::memcmp(x.value.data(), y.value.data(), x.size() * sizeof(float)) == 0;
  });
}

}  // namespace

std::vector<std::int64_t> trials_to_repeat(const RunSummary& summary,
                                           std::optional<std::size_t> count) {
  std::vector<std::int64_t> measured;
  for (const Trial& trial : summary.trials) {
    if (trial.status != TrialStatus::reused) measured.push_back(trial.id);
  }
  if (!count || *count >= measured.size()) return measured;
  std::set<std::int64_t> chosen;
  if (*count > 0 && summary.best) {
    const Trial& best = summary.trial(*summary.best);
    chosen.insert(best.reused_from.value_or(best.id));
  }
  std::erase_if(measured, [&](std::int64_t id) { return chosen.contains(id); });
  const std::size_t others = *count - chosen.size();
  for (std::size_t i = 0; i < others; ++i) {
    const std::size_t place = others == 1 ? 0 : i * (measured.size() - 1) / (others - 1);
    chosen.insert(measured[place]);
  }
  return {chosen.begin(), chosen.end()};
}

std::map<std::int64_t, Trial> repeat_trials(const Experiment& experiment,
                                            std::span<const Trial* const> trials,
                                            const std::map<std::int64_t, TrialContext>& contexts,
                                            const RepetitionServices& services) {
  constexpr std::chrono::milliseconds patience(100);
  const auto executor = make_tbb_executor(services.jobs);
  TrialRunner runner(*experiment.evaluator.estimator, *executor, services.cancel);
  std::map<std::int64_t, Trial> under_way;
  for (const Trial* recorded : trials) {
    auto blueprint = blueprint_of(experiment, recorded->genotype);
    Trial trial = unmeasured(experiment, *recorded, *blueprint);
    TrialJob job{trial.id, trial.fidelity, trial.seed, std::move(blueprint)};
    if (const auto context = contexts.find(trial.id); context != contexts.end()) {
      job.continued = context->second.continued;
      job.told = std::make_shared<const std::vector<LearningCurve>>(context->second.told);
    }
    under_way.emplace(trial.id, std::move(trial));
    runner.start(std::move(job));
  }
  std::map<std::int64_t, Trial> repeated;
  while (runner.outstanding() > 0) {
    runner.wait_for(patience);
    for (TrialCompletion& completion : runner.take()) {
      if (completion.measurement.status == Measurement::Status::cancelled) continue;
      Trial& trial = under_way.at(completion.id);
      add_outcome(trial, std::move(completion.measurement), experiment.config.objectives,
                  experiment.derived);
      repeated.emplace(completion.id, std::move(trial));
    }
    double done = static_cast<double>(repeated.size());
    for (const SearchJournal::Running& running : runner.running()) done += running.progress;
    services.progress(repeated.size(), done / static_cast<double>(trials.size()));
  }
  return repeated;
}

FinalRepetition repeat_final(const Experiment& experiment, const FinalResult& final,
                             const Genotype& genotype, const std::filesystem::path& weights,
                             Agreement agreement, const EstimateServices& services) {
  const RunConfig& config = experiment.config;
  const auto blueprint = make_blueprint(*experiment.evaluator.space, genotype);
  const auto network = experiment.evaluator.estimator->train_final(
      blueprint->candidate(),
      {config.final_epochs, final.seed, config.final_shards, with_validation_part(config)},
      services);
  const Measurement& training = network->training();
  if (training.status == Measurement::Status::cancelled) return {.cancelled = true};
  if (training.status == Measurement::Status::failed) {
    return {.difference = "status: recorded ok, here failed (" + training.reason + ")"};
  }
  Metrics metrics = training.metrics;
  for (const auto& [name, value] : network->test()) metrics[name] = value;
  if (auto found = difference(final.metrics, metrics, agreement)) return {.difference = found};
  if (agreement == Agreement::tolerated) return {};
  const ScratchDirectory directory;
  const std::filesystem::path file = directory.path() / "weights.safetensors";
  network->save_weights(file);
  if (!same_weights(read_weights(file), read_weights(weights))) {
    return {.difference = "weights: those of the training here are others than those in the file"};
  }
  return {};
}

}  // namespace nas::cli
