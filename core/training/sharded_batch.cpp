#include "core/training/sharded_batch.hpp"

#include "core/training/compatibility.hpp"

namespace nas {
namespace {

/// Sum over the shards, in their order.
template <typename Shards, typename Read>
double mean_over(const Shards& shards, Read read) {
  double sum = 0;
  for (const auto& shard : shards) sum += read(shard);
  return sum / static_cast<double>(shards.size());
}

void move_towards(float& running, double value, double momentum) {
  running = static_cast<float>((1 - momentum) * running + momentum * value);
}

/// Calls `visit` with each channel and the place of its running value.
template <typename Visit>
void for_channels(std::span<const ElementRun> elements, Parameter& running, Visit visit) {
  std::size_t channel = 0;
  for (const ElementRun& run : elements) {
    for (std::size_t i = 0; i < run.count; ++i) {
      visit(channel++, running.value.data()[run.begin + i]);
    }
  }
}

/// Bessel's correction; a single value per channel has no unbiased variance and is taken as it is.
double unbiased(double variance, std::int64_t count) {
  return count > 1 ? variance * static_cast<double>(count) / static_cast<double>(count - 1)
                   : variance;
}

}  // namespace

ShardedBatch::ShardedBatch(const Architecture& architecture, ParameterStore& store,
                           const Settings& settings)
    : batch_(settings.batch), classes_(output_classes(architecture)) {
  const std::int64_t part = settings.batch / settings.shards;
  for (int s = 0; s < settings.shards; ++s) {
    shards_.push_back(
        {Program(architecture, store,
                 {.batch = part, .mode = Mode::training, .precision = settings.precision}),
         std::vector<std::int32_t>(static_cast<std::size_t>(part)),
         {}});
  }
}

LossResult ShardedBatch::run(const Input& input, Executor& executor) {
  executor.parallel_for(shards_.size(), [&](std::size_t s) { run_shard(s, input); });
  LossResult total;
  for (const Shard& shard : shards_) {
    total.loss += shard.loss.loss;
    total.correct += shard.loss.correct;
  }
  return total;
}

void ShardedBatch::run_shard(std::size_t index, const Input& input) {
  Shard& shard = shards_[index];
  const std::size_t part = shard.labels.size();
  Random random(derive_seed(input.seed, "shard", index));
  fill_batch(input.samples, input.positions.subspan(index * part, part), input.augmentation, random,
             shard.program.input(), shard.labels);
  shard.program.set_seed(derive_seed(input.seed, "drop", index));
  shard.program.set_drop_scale(input.drop_scale);
  shard.program.forward();
  shard.loss =
      softmax_cross_entropy<float>(shard.program.output(), shard.labels, classes_,
                                   input.label_smoothing, shard.program.output_gradient(), batch_);
  shard.program.backward();
}

void ShardedBatch::set_open(const std::string& mix, const std::vector<bool>& inputs) {
  for (Shard& shard : shards_) shard.program.set_open(mix, inputs);
}

void ShardedBatch::reduce() {
  sum_.clear();
  for (const Shard& shard : shards_) sum_.add(shard.program.gradients());
  const std::size_t norms = shards_.front().program.batch_statistics().size();
  for (std::size_t norm = 0; norm < norms; ++norm) move_statistics(norm);
}

void ShardedBatch::move_statistics(std::size_t norm) {
  const auto seen = [&](const Shard& shard) -> const BatchStatistics& {
    return shard.program.batch_statistics()[norm];
  };
  const BatchStatistics& first = seen(shards_.front());
  for_channels(first.mean_elements, *first.running_mean, [&](std::size_t c, float& running) {
    const double mean = mean_over(shards_, [&](const Shard& s) { return seen(s).mean[c]; });
    move_towards(running, mean, first.momentum);
  });
  for_channels(
      first.variance_elements, *first.running_variance, [&](std::size_t c, float& running) {
        const double variance = mean_over(
            shards_, [&](const Shard& s) { return unbiased(seen(s).variance[c], seen(s).count); });
        move_towards(running, variance, first.momentum);
      });
}

}  // namespace nas
