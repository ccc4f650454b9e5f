/// Losses of classification: softmax cross-entropy over images and over pixels, and distillation.
///
/// Every loss is summed over what counts, and its gradient divided by `divisor`: with the number of
/// what counts in the batch as a whole, shards add up to the gradient of the batch's mean loss.
/// `gradient` is as long as `logits`, or empty where none is wanted. T is float or double; sums are
/// taken in double. All throw Error(internal) where lengths do not fit, and Error(data) on a label
/// that is no class.
#pragma once

#include <cstdint>
#include <span>

namespace nas {

struct LossResult {
  double loss = 0;           ///< sum over what counts
  std::int64_t correct = 0;  ///< of them, whose largest logit is their class (the first, on a tie)
  std::int64_t count = 0;    ///< samples, or pixels that are not ignored
};

/// `logits` is N x classes. The target puts 1 - label_smoothing + label_smoothing / classes on the
/// label and label_smoothing / classes elsewhere.
template <typename T>
LossResult softmax_cross_entropy(std::span<const T> logits, std::span<const std::int32_t> labels,
                                 std::int64_t classes, double label_smoothing,
                                 std::span<T> gradient, std::int64_t divisor);

struct PixelClasses {
  std::int64_t classes = 0;
  std::int64_t pixels = 0;     ///< of one image: H * W
  std::int32_t ignored = 255;  ///< label of pixels that do not count, as in Cityscapes
};

/// How many labels are not the ignored one: summed over the shards, the divisor of a batch.
std::int64_t counted_pixels(std::span<const std::int32_t> labels, std::int32_t ignored);

/// Semantic segmentation: `logits` is N x classes x H x W, `labels` N x H x W. Ignored pixels have
/// no loss and a gradient of 0; where all are, the loss is 0.
template <typename T>
LossResult pixel_cross_entropy(std::span<const T> logits, std::span<const std::int32_t> labels,
                               const PixelClasses& shape, std::span<T> gradient,
                               std::int64_t divisor);

struct DistillationSettings {
  double temperature = 1;      ///< T; above 0
  double weight = 1;           ///< of the soft loss; Once-for-All's kd_ratio
  double label_smoothing = 0;  ///< of the hard loss
};

/// The loss of a student: softmax_cross_entropy with the labels, plus weight * T^2 times the
/// cross-entropy of softmax(logits / T) with softmax(teacher / T) (Hinton et al. 2015; Once-for-All
/// with T = 1). That is the Kullback-Leibler divergence plus the teacher's entropy, which has no
/// gradient; T^2 keeps the gradient's size. `teacher` are logits, N x classes like the student's.
/// Throws Error(config) where temperature or weight make no sense.
template <typename T>
LossResult distillation_loss(std::span<const T> logits, std::span<const T> teacher,
                             std::span<const std::int32_t> labels, std::int64_t classes,
                             const DistillationSettings& settings, std::span<T> gradient,
                             std::int64_t divisor);

}  // namespace nas
