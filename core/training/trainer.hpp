/// Trains and evaluates one architecture.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/architecture/architecture.hpp"
#include "core/base/cancel_token.hpp"
#include "core/base/executor.hpp"
#include "core/base/precision.hpp"
#include "core/data/batch.hpp"
#include "core/data/split.hpp"
#include "core/engine/optimizer.hpp"
#include "core/parameters/parameter_store.hpp"
#include "core/training/schedule.hpp"

namespace nas {

/// Where a training stands between two steps. With the parameters and what the optimiser keeps
/// beside them that is all of its state: its randomness follows from the seed and the step.
struct TrainingPosition {
  std::int64_t steps = 0;
  /// Sums over the steps of the epoch under way or, between two epochs, of the one before.
  double loss = 0;
  std::int64_t correct = 0;
  std::int64_t samples = 0;
  friend bool operator==(const TrainingPosition&, const TrainingPosition&) = default;
};

struct TrainingSettings {
  double epochs = 1;  ///< fractions of an epoch are rounded to whole steps
  /// What the schedule of the learning rate and of dropped paths is laid out for, where that is
  /// more: `epochs` are its beginning then. So a training can be cut into parts.
  double schedule_epochs = 0;
  std::int64_t batch_size = 64;
  double learning_rate = 0.1;  ///< the peak, which ends the warm-up
  double warmup_epochs = 0;
  Schedule schedule = CosineSchedule{};  ///< of the learning rate, by step
  OptimizerSettings optimizer = SgdSettings{};
  double clip_norm = 0;  ///< the gradient's largest norm over all parameters; 0: not clipped
  double label_smoothing = 0;
  /// The probabilities of drop_path grow linearly over the training, from 0 to those of the
  /// architecture (NASNet's ScheduledDropPath, Zoph et al. 2017; DARTS).
  bool scheduled_drop_path = false;
  Augmentation augmentation = {};
  /// Parts of a batch that run in parallel, each with batch-norm statistics of its own. Part of the
  /// recipe: another number gives other results; the number of workers does not.
  int shards = 1;
  Precision precision = Precision::float32;
  /// Bytes that the programs may plan for; 0: no limit.
  std::size_t memory_limit = 0;
};

struct TrainingOutcome {
  enum class Status { finished, diverged, over_memory_limit, cancelled };
  Status status = Status::finished;
  std::string reason;     ///< of anything but finished
  double train_loss = 0;  ///< mean over the last epoch
  double train_accuracy = 0;
  std::int64_t steps = 0;  ///< those before the start included
  TrainingPosition position;
  std::size_t planned_bytes = 0;
};

/// Called after each step with the number done and the total.
using StepCallback = std::function<void(std::int64_t done, std::int64_t total)>;

/// Trains the parameters of `architecture` in `store`, which must be prepared. The order of samples
/// and the augmentation follow from `seed`. Batches are of full size: what is left over at the end
/// of an epoch is dropped (a dataset smaller than a batch is one smaller batch). Diverged means a
/// loss that is not finite.
///
/// From another `start` the training goes on that ended there: the store must hold what it held,
/// and the data, the settings but for `epochs`, and the seed must be the same. All parts together
/// give what one training without a break gives, bit for bit.
TrainingOutcome train(const Architecture& architecture, ParameterStore& store,
                      const Samples& samples, const TrainingSettings& settings, std::uint64_t seed,
                      Executor& executor, const CancelToken& cancel,
                      const StepCallback& on_step = {}, const TrainingPosition& start = {});

struct Evaluation {
  double loss = 0;      ///< mean cross-entropy
  double accuracy = 0;  ///< share of samples
  std::int64_t count = 0;
};

/// In inference mode, over all samples; batches are shared out over the executor and summed in
/// order.
Evaluation evaluate(const Architecture& architecture, ParameterStore& store, const Samples& samples,
                    Executor& executor, Precision precision = Precision::float32);

}  // namespace nas
