#include "plugins/estimators/train/final_network.hpp"

#include <utility>

#include "core/base/random.hpp"
#include "core/data/sample_notes.hpp"
#include "core/data/split.hpp"
#include "core/parameters/weights_file.hpp"
#include "plugins/estimators/train/training.hpp"

namespace nas::train_estimator {

FinalNetwork::FinalNetwork(const Architecture& architecture, Samples samples,
                           std::shared_ptr<ResizedData> data, Executor& executor,
                           Precision precision)
    : architecture_(architecture),
      samples_(std::move(samples)),
      data_(std::move(data)),
      executor_(executor),
      precision_(precision) {}

void FinalNetwork::train(const TrainingSettings& settings, std::uint64_t seed,
                         const EstimateServices& services) {
  store_.prepare(architecture_, derive_seed(seed, "weights"));
  training_ = measurement(run({architecture_, data_->at(samples_, input_shape(architecture_))},
                              store_, settings, seed, services));
}

void FinalNetwork::validate(const Samples& validation) {
  if (training_.status != Measurement::Status::ok) return;
  add_evaluation(training_.metrics, "val", measured(validation));
}

Metrics FinalNetwork::test() {
  const Samples test = test_part(samples_.dataset, samples_.normalisation);
  Metrics metrics;
  add_evaluation(metrics, "test", measured(test));
  return metrics;
}

void FinalNetwork::save_weights(const std::filesystem::path& file) const {
  write_weights(store_, file, notes_of(samples_));
}

Evaluation FinalNetwork::measured(const Samples& samples) {
  return evaluate(architecture_, store_, data_->at(samples, input_shape(architecture_)), executor_,
                  precision_);
}

}  // namespace nas::train_estimator
