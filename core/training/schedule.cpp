#include "core/training/schedule.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

void require(bool condition, std::string_view setting, double value, std::string_view allowed) {
  if (condition) return;
  throw Error(ErrorKind::config,
              fmt::format("learning rate: {} '{}' must be {}", setting, value, allowed));
}

void check_kind(const CosineSchedule& schedule) {
  require(schedule.floor >= 0 && std::isfinite(schedule.floor), "the cosine's floor",
          schedule.floor, "a number of at least 0");
}

void check_kind(const StepSchedule& schedule) {
  require(schedule.factor > 0 && schedule.factor <= 1, "decay factor", schedule.factor,
          "in (0, 1]");
  require(schedule.epochs > 0 && std::isfinite(schedule.epochs), "decay epochs", schedule.epochs,
          "a number above 0");
}

double rate(const CosineSchedule& schedule, double peak, std::int64_t step,
            const StepCounts& steps) {
  const double progress =
      static_cast<double>(step - steps.warmup) / static_cast<double>(steps.total - steps.warmup);
  return schedule.floor + (peak - schedule.floor) * (1 + std::cos(std::numbers::pi * progress)) / 2;
}

double rate(const StepSchedule& schedule, double peak, std::int64_t step, const StepCounts& steps) {
  const double epochs = static_cast<double>(step) / static_cast<double>(steps.per_epoch);
  return peak * std::pow(schedule.factor, std::floor(epochs / schedule.epochs));
}

}  // namespace

void check_schedule(const Schedule& schedule) {
  std::visit([](const auto& kind) { check_kind(kind); }, schedule);
}

double learning_rate(const Schedule& schedule, double peak, std::int64_t step,
                     const StepCounts& steps) {
  if (step < steps.warmup) {
    return peak * static_cast<double>(step + 1) / static_cast<double>(steps.warmup);
  }
  return std::visit([&](const auto& kind) { return rate(kind, peak, step, steps); }, schedule);
}

}  // namespace nas
