#include "plugins/estimators/train/recipe.hpp"

#include <algorithm>
#include <variant>

namespace nas::train_estimator {

OptimizerSettings optimizer(const OptionValues& options) {
  const std::string& name = options.text("optimizer");
  const double weight_decay = options.real("weight_decay");
  if (name == "sgd") {
    return SgdSettings{.momentum = options.real("momentum"),
                       .nesterov = options.boolean("nesterov"),
                       .weight_decay = weight_decay};
  }
  if (name == "rmsprop") {
    return RmsPropSettings{.alpha = options.real("alpha"),
                           .epsilon = options.real("epsilon"),
                           .momentum = options.real("momentum"),
                           .centered = options.boolean("centered"),
                           .weight_decay = weight_decay,
                           .tensorflow = options.boolean("tensorflow")};
  }
  return AdamSettings{.beta1 = options.real("beta1"),
                      .beta2 = options.real("beta2"),
                      .epsilon = options.real("epsilon"),
                      .weight_decay = weight_decay,
                      .decoupled = name == "adamw"};
}

Schedule schedule(const OptionValues& options) {
  if (options.text("schedule") == "cosine") return CosineSchedule{options.real("rate_floor")};
  return StepSchedule{.factor = options.real("decay_factor"),
                      .epochs = options.real("decay_epochs")};
}

TrainingSettings recipe(const EstimatorContext& context, double epochs, bool final_training) {
  const OptionValues& options = context.options;
  TrainingSettings settings;
  settings.epochs = epochs;
  settings.batch_size = options.integer("batch_size");
  settings.learning_rate = options.real("learning_rate");
  settings.warmup_epochs = std::min(options.real("warmup_epochs"), epochs);
  settings.schedule = schedule(options);
  settings.optimizer = optimizer(options);
  settings.clip_norm = options.real("clip_norm");
  settings.label_smoothing = options.real("label_smoothing");
  settings.scheduled_drop_path = options.boolean("scheduled_drop_path");
  settings.augmentation.flip = options.boolean(final_training ? "final_flip" : "flip");
  settings.augmentation.crop_padding =
      static_cast<int>(options.integer(final_training ? "final_crop_padding" : "crop_padding"));
  settings.memory_limit = context.memory_limit;
  settings.precision = context.precision;
  return settings;
}

int numbers_of_parameter(const OptimizerSettings& optimizer) {
  if (const auto* sgd = std::get_if<SgdSettings>(&optimizer)) return sgd->momentum == 0 ? 1 : 2;
  if (const auto* rmsprop = std::get_if<RmsPropSettings>(&optimizer)) {
    return 2 + (rmsprop->momentum == 0 ? 0 : 1) + (rmsprop->centered ? 1 : 0);
  }
  return 3;  // Adam's two means
}

}  // namespace nas::train_estimator
