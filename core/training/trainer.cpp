#include "core/training/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/stored_tensors.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/engine/program.hpp"
#include "core/training/compatibility.hpp"
#include "core/training/sharded_batch.hpp"

namespace nas {
namespace {

using Status = TrainingOutcome::Status;

void require(bool condition, const std::string& message) {
  if (!condition) throw Error(ErrorKind::config, "training: " + message);
}

void check(const TrainingSettings& settings) {
  require(settings.epochs >= 0 && std::isfinite(settings.epochs),
          fmt::format("epochs '{}' must be a number of at least 0", settings.epochs));
  require(
      settings.warmup_epochs >= 0 && std::isfinite(settings.warmup_epochs),
      fmt::format("warm-up epochs '{}' must be a number of at least 0", settings.warmup_epochs));
  require(settings.schedule_epochs >= 0 && std::isfinite(settings.schedule_epochs),
          fmt::format("epochs of the schedule '{}' must be a number of at least 0",
                      settings.schedule_epochs));
  require(settings.batch_size >= 1,
          fmt::format("batch size '{}' must be at least 1", settings.batch_size));
  require(settings.learning_rate >= 0 && std::isfinite(settings.learning_rate),
          fmt::format("learning rate '{}' must be a number of at least 0", settings.learning_rate));
  require(settings.label_smoothing >= 0 && settings.label_smoothing < 1,
          fmt::format("label smoothing '{}' must be in [0, 1)", settings.label_smoothing));
  require(settings.clip_norm >= 0 && std::isfinite(settings.clip_norm),
          fmt::format("clip norm '{}' must be a number of at least 0", settings.clip_norm));
  require(settings.shards >= 1, fmt::format("shards '{}' must be at least 1", settings.shards));
  check_schedule(settings.schedule);
  check_optimizer(settings.optimizer);
}

/// Batches are of full size; data smaller than a batch is one smaller batch.
std::int64_t batch_size(const TrainingSettings& settings, const Samples& samples) {
  const auto count = static_cast<std::int64_t>(samples.count());
  const std::int64_t batch = std::min(settings.batch_size, count);
  require(batch % settings.shards == 0,
          fmt::format("a batch of {} samples cannot be cut into '{}' equal shards; the batch size "
                      "({}, at most the {} samples there are) must be a multiple of the shards",
                      batch, settings.shards, settings.batch_size, count));
  return batch;
}

struct Plan {
  std::int64_t batch;
  std::int64_t end;  ///< the step to stop before
  StepCounts steps;  ///< of the schedule
};

Plan make_plan(const TrainingSettings& settings, const Samples& samples) {
  const std::int64_t batch = batch_size(settings, samples);
  const std::int64_t per_epoch = static_cast<std::int64_t>(samples.count()) / batch;
  const auto steps = [&](double epochs) {
    return static_cast<std::int64_t>(std::llround(epochs * static_cast<double>(per_epoch)));
  };
  return {batch,
          steps(settings.epochs),
          {.total = steps(std::max(settings.epochs, settings.schedule_epochs)),
           .per_epoch = per_epoch,
           .warmup = steps(settings.warmup_epochs)}};
}

/// The order of the samples in one epoch, whatever the epochs before it were.
std::vector<std::uint32_t> epoch_order(const Samples& samples, std::uint64_t seed,
                                       std::int64_t epoch) {
  std::vector<std::uint32_t> order(samples.count());
  std::iota(order.begin(), order.end(), 0u);
  Random random(derive_seed(seed, "order", static_cast<std::uint64_t>(epoch)));
  random.shuffle(std::span(order));
  return order;
}

bool all_finite(const Architecture& architecture, const ParameterStore& store) {
  const auto finite = [](float value) { return std::isfinite(value); };
  return std::ranges::all_of(stored_tensors(architecture), [&](const StoredTensor& tensor) {
    return std::ranges::all_of(store.at(tensor.name).value.values(), finite);
  });
}

void report(const TrainingPosition& position, TrainingOutcome& outcome) {
  outcome.position = position;
  outcome.steps = position.steps;
  if (position.samples == 0) return;
  const auto samples = static_cast<double>(position.samples);
  outcome.train_loss = position.loss / samples;
  outcome.train_accuracy = static_cast<double>(position.correct) / samples;
}

/// One call of `train`, once everything has been checked.
class Run {
 public:
  Run(const Architecture& architecture, ParameterStore& store, const Samples& samples,
      const TrainingSettings& settings, std::uint64_t seed, const Plan& plan,
      const TrainingPosition& start)
      : samples_(samples),
        settings_(settings),
        seed_(seed),
        plan_(plan),
        shards_(architecture, store,
                {.batch = plan.batch, .shards = settings.shards, .precision = settings.precision}),
        position_(start) {
    if (start.steps % plan.steps.per_epoch != 0) order_epoch(start.steps);
  }

  /// False, with `outcome` set, where the loss was not finite.
  bool step(std::int64_t step, Executor& executor, TrainingOutcome& outcome) {
    const std::int64_t in_epoch = step % plan_.steps.per_epoch;
    if (in_epoch == 0) {
      order_epoch(step);
      position_ = {};
    }
    const auto batch = static_cast<std::size_t>(plan_.batch);
    const LossResult result = shards_.run(
        {.samples = samples_,
         .positions = std::span(order_).subspan(static_cast<std::size_t>(in_epoch) * batch, batch),
         .augmentation = settings_.augmentation,
         .seed = derive_seed(seed_, "augmentation", static_cast<std::uint64_t>(step)),
         .label_smoothing = settings_.label_smoothing,
         .drop_scale = drop_scale(step)},
        executor);
    const double rate =
        learning_rate(settings_.schedule, settings_.learning_rate, step, plan_.steps);
    if (!std::isfinite(result.loss)) {
      outcome.status = Status::diverged;
      outcome.reason = fmt::format("loss '{}' in step {} of {}, at learning rate {:.6g}",
                                   result.loss, step + 1, plan_.end, rate);
      return false;
    }
    shards_.reduce();
    if (settings_.clip_norm > 0) clip_gradients(shards_.trained(), settings_.clip_norm);
    optimizer_step(shards_.trained(), settings_.optimizer, rate);
    position_.steps = step + 1;
    position_.loss += result.loss;
    position_.correct += result.correct;
    position_.samples += plan_.batch;
    report(position_, outcome);
    return true;
  }

 private:
  void order_epoch(std::int64_t step) {
    order_ = epoch_order(samples_, seed_, step / plan_.steps.per_epoch);
  }
  double drop_scale(std::int64_t step) const {
    if (!settings_.scheduled_drop_path) return 1;
    return static_cast<double>(step) / static_cast<double>(plan_.steps.total);
  }

  const Samples& samples_;
  const TrainingSettings& settings_;
  const std::uint64_t seed_;
  const Plan plan_;
  ShardedBatch shards_;
  std::vector<std::uint32_t> order_;
  TrainingPosition position_;
};

bool over_memory_limit(const TrainingSettings& settings, TrainingOutcome& outcome) {
  if (settings.memory_limit == 0 || outcome.planned_bytes <= settings.memory_limit) return false;
  outcome.status = Status::over_memory_limit;
  outcome.reason =
      fmt::format("training would take {} in {} shards, over the limit of {}",
                  human_bytes(static_cast<double>(outcome.planned_bytes)), settings.shards,
                  human_bytes(static_cast<double>(settings.memory_limit)));
  return true;
}

}  // namespace

TrainingOutcome train(const Architecture& architecture, ParameterStore& store,
                      const Samples& samples, const TrainingSettings& settings, std::uint64_t seed,
                      Executor& executor, const CancelToken& cancel, const StepCallback& on_step,
                      const TrainingPosition& start) {
  check(settings);
  check_compatible(architecture, samples);
  const Plan plan = make_plan(settings, samples);
  TrainingOutcome outcome;
  outcome.planned_bytes = static_cast<std::size_t>(settings.shards) *
                          planned_bytes(architecture, {.batch = plan.batch / settings.shards,
                                                       .mode = Mode::training,
                                                       .precision = settings.precision});
  report(start, outcome);
  if (over_memory_limit(settings, outcome) || start.steps >= plan.end) return outcome;

  Run run(architecture, store, samples, settings, seed, plan, start);
  for (std::int64_t step = start.steps; step < plan.end; ++step) {
    if (cancel.now()) {
      outcome.status = Status::cancelled;
      outcome.reason = fmt::format("cancelled after step {} of {}", step, plan.end);
      return outcome;
    }
    if (!run.step(step, executor, outcome)) return outcome;
    if (on_step) on_step(step + 1, plan.end);
  }
  // An activation such as ReLU may turn NaN into 0 and so hide it from the loss.
  if (!all_finite(architecture, store)) {
    outcome.status = Status::diverged;
    outcome.reason = fmt::format(
        "a weight is not finite after step {} of {}, with a peak learning "
        "rate of {:.6g}",
        plan.end, plan.end, settings.learning_rate);
  }
  return outcome;
}

}  // namespace nas
