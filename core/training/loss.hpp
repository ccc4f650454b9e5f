/// Softmax cross-entropy.
#pragma once

#include <cstdint>
#include <span>

namespace nas {

struct LossResult {
  double loss = 0;           ///< sum over the samples
  std::int64_t correct = 0;  ///< samples whose largest logit is their class (the first, on a tie)
};

/// `logits` is N x classes. The target puts 1 - label_smoothing + label_smoothing / classes on the
/// label and label_smoothing / classes elsewhere. `gradient`, unless empty, becomes d(loss) /
/// d(logits) / `batch`: with `batch` the size of the whole batch, shards add up to the gradient of
/// its mean loss.
template <typename T>
LossResult softmax_cross_entropy(std::span<const T> logits, std::span<const std::int32_t> labels,
                                 std::int64_t classes, double label_smoothing,
                                 std::span<T> gradient, std::int64_t batch);

}  // namespace nas
