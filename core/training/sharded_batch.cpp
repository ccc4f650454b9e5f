#include "core/training/sharded_batch.hpp"

#include <algorithm>
#include <functional>

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

/// Bessel's correction; a single value per channel has no unbiased variance and is taken as it is.
double unbiased(double variance, std::int64_t count) {
  return count > 1 ? variance * static_cast<double>(count) / static_cast<double>(count - 1)
                   : variance;
}

}  // namespace

ShardedBatch::ShardedBatch(const Architecture& architecture, ParameterStore& store,
                           std::int64_t batch, int shards)
    : batch_(batch), classes_(output_classes(architecture)) {
  const std::int64_t part = batch / shards;
  for (int s = 0; s < shards; ++s) {
    shards_.push_back({Program(architecture, store, {.batch = part, .mode = Mode::training}),
                       std::vector<std::int32_t>(static_cast<std::size_t>(part)),
                       {}});
  }
  for (const ParameterGradient& entry : shards_.front().program.gradients()) {
    trained_.push_back(entry.parameter);
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
  shard.program.forward();
  shard.loss =
      softmax_cross_entropy<float>(shard.program.output(), shard.labels, classes_,
                                   input.label_smoothing, shard.program.output_gradient(), batch_);
  shard.program.backward();
}

void ShardedBatch::reduce() {
  for (std::size_t p = 0; p < trained_.size(); ++p) {
    const auto sum = trained_[p]->gradient.values();
    std::ranges::copy(shards_.front().program.gradients()[p].gradient, sum.begin());
    for (std::size_t s = 1; s < shards_.size(); ++s) {
      std::ranges::transform(sum, shards_[s].program.gradients()[p].gradient, sum.begin(),
                             std::plus<float>());
    }
  }
  const auto first = shards_.front().program.batch_statistics();
  for (std::size_t b = 0; b < first.size(); ++b) {
    for (std::size_t c = 0; c < first[b].mean.size(); ++c) {
      const double mean = mean_over(
          shards_, [&](const Shard& s) { return s.program.batch_statistics()[b].mean[c]; });
      const double variance = mean_over(shards_, [&](const Shard& s) {
        const BatchStatistics& seen = s.program.batch_statistics()[b];
        return unbiased(seen.variance[c], seen.count);
      });
      move_towards(first[b].running_mean->value.data()[c], mean, first[b].momentum);
      move_towards(first[b].running_variance->value.data()[c], variance, first[b].momentum);
    }
  }
}

}  // namespace nas
