#include "core/training/loss.hpp"

#include <algorithm>
#include <cmath>

namespace nas {
namespace {

/// Of one sample; `gradient` is empty or as long as `logits`.
template <typename T>
double sample_loss(std::span<const T> logits, std::size_t label, double label_smoothing,
                   std::span<T> gradient, std::int64_t batch) {
  const double classes = static_cast<double>(logits.size());
  // Shifted by the largest logit, so that no exponential overflows.
  const double largest = *std::ranges::max_element(logits);
  double sum = 0;
  double logit_sum = 0;
  for (const T logit : logits) {
    sum += std::exp(logit - largest);
    logit_sum += logit - largest;
  }
  for (std::size_t c = 0; c < gradient.size(); ++c) {
    const double probability = std::exp(logits[c] - largest) / sum;
    const double target = label_smoothing / classes + (c == label ? 1.0 - label_smoothing : 0.0);
    gradient[c] = static_cast<T>((probability - target) / static_cast<double>(batch));
  }
  return std::log(sum) - (1 - label_smoothing) * (logits[label] - largest) -
         label_smoothing / classes * logit_sum;
}

}  // namespace

template <typename T>
LossResult softmax_cross_entropy(std::span<const T> logits, std::span<const std::int32_t> labels,
                                 std::int64_t classes, double label_smoothing,
                                 std::span<T> gradient, std::int64_t batch) {
  const auto width = static_cast<std::size_t>(classes);
  LossResult result;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const auto sample = logits.subspan(n * width, width);
    const auto label = static_cast<std::size_t>(labels[n]);
    const auto part = gradient.empty() ? gradient : gradient.subspan(n * width, width);
    result.loss += sample_loss(sample, label, label_smoothing, part, batch);
    const auto best = std::ranges::max_element(sample) - sample.begin();
    if (static_cast<std::size_t>(best) == label) ++result.correct;
  }
  return result;
}

template LossResult softmax_cross_entropy(std::span<const float>, std::span<const std::int32_t>,
                                          std::int64_t, double, std::span<float>, std::int64_t);
template LossResult softmax_cross_entropy(std::span<const double>, std::span<const std::int32_t>,
                                          std::int64_t, double, std::span<double>, std::int64_t);

}  // namespace nas
