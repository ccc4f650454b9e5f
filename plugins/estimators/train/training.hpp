/// One training of one network, and what is said of it.
#pragma once

#include <cstdint>
#include <string>

#include "core/data/dataset.hpp"
#include "core/parameters/parameter_store.hpp"
#include "core/search/estimator.hpp"
#include "core/training/trainer.hpp"
#include "plugins/estimators/train/checkpoint.hpp"

namespace nas::train_estimator {

/// What one training uses beside the weights.
struct Training {
  const Architecture& architecture;
  Samples samples;
};

/// New weights, or those of the checkpoint to go on from, where there is one. Throws Error(data)
/// where that is of another seed.
Checkpoint begin(const Training& training, ParameterStore& store, std::uint64_t seed,
                 const EstimateServices& services);

/// From `start` on; `part` is the share of the whole, for the progress, that this training ends at.
TrainingOutcome run(const Training& training, ParameterStore& store,
                    const TrainingSettings& settings, std::uint64_t seed,
                    const EstimateServices& services, const TrainingPosition& start = {},
                    double part = 1);

/// A training without evaluation.
Measurement measurement(const TrainingOutcome& outcome);
/// "<prefix>_accuracy" and "<prefix>_loss".
void add_evaluation(Metrics& metrics, const std::string& prefix, const Evaluation& evaluation);

/// The shape of the images that a network reads.
const Shape& input_shape(const Architecture& architecture);

}  // namespace nas::train_estimator
