/// How networks are trained, by the options of the estimator.
#pragma once

#include "core/search/estimator.hpp"
#include "core/training/trainer.hpp"

namespace nas::train_estimator {

OptimizerSettings optimizer(const OptionValues& options);
Schedule schedule(const OptionValues& options);

/// The whole recipe; a final training may augment where a short one does better without.
TrainingSettings recipe(const EstimatorContext& context, double epochs, bool final_training);

/// Numbers that a checkpoint has for each parameter: its value and what the optimiser keeps.
int numbers_of_parameter(const OptimizerSettings& optimizer);

}  // namespace nas::train_estimator
