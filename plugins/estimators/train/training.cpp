#include "plugins/estimators/train/training.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"

namespace nas::train_estimator {
namespace {

StepCallback step_progress(const std::function<void(double)>& progress, double part) {
  if (!progress) return {};
  return [progress, part](std::int64_t done, std::int64_t total) {
    progress(part * static_cast<double>(done) / static_cast<double>(total));
  };
}

}  // namespace

Checkpoint begin(const Training& training, ParameterStore& store, std::uint64_t seed,
                 const EstimateServices& services) {
  store.prepare(training.architecture, derive_seed(seed, "weights"));
  const auto& file = services.checkpoints.from;
  if (!file.empty()) {
    if (auto checkpoint = read_checkpoint(store, file)) {
      if (checkpoint->seed == seed) return *std::move(checkpoint);
      throw Error(ErrorKind::data, fmt::format("checkpoint '{}' is of the seed '{}', not of '{}'",
                                               file.string(), checkpoint->seed, seed));
    }
  }
  Checkpoint fresh;
  fresh.seed = seed;
  return fresh;
}

TrainingOutcome run(const Training& training, ParameterStore& store,
                    const TrainingSettings& settings, std::uint64_t seed,
                    const EstimateServices& services, const TrainingPosition& start, double part) {
  return train(training.architecture, store, training.samples, settings,
               derive_seed(seed, "samples"), services.executor, services.cancel,
               step_progress(services.progress, part), start);
}

Measurement measurement(const TrainingOutcome& outcome) {
  switch (outcome.status) {
    case TrainingOutcome::Status::finished:
      return {Measurement::Status::ok,
              {},
              {{"train_loss", outcome.train_loss}, {"train_accuracy", outcome.train_accuracy}}};
    case TrainingOutcome::Status::cancelled:
      return {Measurement::Status::cancelled, outcome.reason, {}};
    case TrainingOutcome::Status::diverged:
    case TrainingOutcome::Status::over_memory_limit:
      return {Measurement::Status::failed, outcome.reason, {}};
  }
  throw Error(ErrorKind::internal, "a training has ended in no known way");
}

void add_evaluation(Metrics& metrics, const std::string& prefix, const Evaluation& evaluation) {
  metrics[prefix + "_accuracy"] = evaluation.accuracy;
  metrics[prefix + "_loss"] = evaluation.loss;
}

const Shape& input_shape(const Architecture& architecture) {
  return architecture.shape(architecture.input_nodes().front());
}

}  // namespace nas::train_estimator
