/// The learning rate over the steps of a training.
#pragma once

#include <cstdint>
#include <variant>

namespace nas {

/// Half a cosine from the peak down to `floor` (Loshchilov & Hutter 2017, without restarts).
struct CosineSchedule {
  double floor = 0;
};

/// The peak times `factor` for every `epochs` that have passed, those of the warm-up included: how
/// MnasNet and EfficientNet were trained.
struct StepSchedule {
  double factor = 0.97;
  double epochs = 2.4;
};

using Schedule = std::variant<CosineSchedule, StepSchedule>;

/// Steps of a training.
struct StepCounts {
  std::int64_t total = 0;
  std::int64_t per_epoch = 1;
  std::int64_t warmup = 0;
};

/// Throws Error(config), with the value, where floor, factor or epochs make no sense.
void check_schedule(const Schedule& schedule);

/// Of step `step`, from 0. During the warm-up linear from 0: step s of w gives (s + 1) / w of the
/// peak; then what the schedule says.
double learning_rate(const Schedule& schedule, double peak, std::int64_t step,
                     const StepCounts& steps);

}  // namespace nas
