#include "core/training/loss.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/training/loss_length.hpp"

namespace nas {
namespace {

/// The logits of one sample or pixel, or their gradient; classes are `stride` apart.
template <typename T>
struct Scores {
  T* first;
  std::int64_t classes;
  std::int64_t stride = 1;

  T& operator[](std::int64_t c) const { return first[c * stride]; }
};

/// Of the part of `values` that starts at `offset`; nothing of an empty one.
template <typename T>
Scores<T> scores(std::span<T> values, std::int64_t offset, std::int64_t classes,
                 std::int64_t stride = 1) {
  if (values.empty()) return {nullptr, 0, stride};
  return {values.data() + offset, classes, stride};
}

/// The first of the largest.
template <typename T>
std::int64_t largest_class(const Scores<const T>& logits) {
  std::int64_t best = 0;
  for (std::int64_t c = 1; c < logits.classes; ++c) {
    if (logits[best] < logits[c]) best = c;
  }
  return best;
}

/// Of one sample or pixel whose largest logit is that of class `best`.
template <typename T>
double hard_loss(const Scores<const T>& logits, std::int64_t best, std::int64_t label,
                 double label_smoothing, const Scores<T>& gradient, double divisor) {
  const auto classes = static_cast<double>(logits.classes);
  // Shifted by the largest logit, so that no exponential overflows.
  const double largest = logits[best];
  double sum = 0;
  double logit_sum = 0;
  for (std::int64_t c = 0; c < logits.classes; ++c) {
    sum += std::exp(logits[c] - largest);
    logit_sum += logits[c] - largest;
  }
  for (std::int64_t c = 0; c < gradient.classes; ++c) {
    const double probability = std::exp(logits[c] - largest) / sum;
    const double target = label_smoothing / classes + (c == label ? 1.0 - label_smoothing : 0.0);
    gradient[c] = static_cast<T>((probability - target) / divisor);
  }
  return std::log(sum) - (1 - label_smoothing) * (logits[label] - largest) -
         label_smoothing / classes * logit_sum;
}

/// softmax(logits / temperature), a class at a time.
template <typename T>
class Softened {
 public:
  Softened(const Scores<const T>& logits, double temperature)
      : logits_(logits), temperature_(temperature), largest_(logits[largest_class(logits)]) {
    double sum = 0;
    for (std::int64_t c = 0; c < logits.classes; ++c) sum += std::exp(shifted(c));
    log_sum_ = std::log(sum);
  }
  double log_probability(std::int64_t c) const { return shifted(c) - log_sum_; }
  double probability(std::int64_t c) const { return std::exp(log_probability(c)); }

 private:
  double shifted(std::int64_t c) const { return (logits_[c] - largest_) / temperature_; }

  Scores<const T> logits_;
  double temperature_;
  double largest_;
  double log_sum_ = 0;
};

/// Cross-entropy of one sample with its teacher's probabilities, both softened; adds the gradient.
template <typename T>
double soft_loss(const Scores<const T>& logits, const Scores<const T>& teacher,
                 const DistillationSettings& settings, const Scores<T>& gradient, double divisor) {
  const Softened<T> student(logits, settings.temperature);
  const Softened<T> target(teacher, settings.temperature);
  double loss = 0;
  for (std::int64_t c = 0; c < logits.classes; ++c) {
    loss -= target.probability(c) * student.log_probability(c);
  }
  // The T^2 of the loss and the 1 / T of the logits.
  const double scale = settings.weight * settings.temperature / divisor;
  for (std::int64_t c = 0; c < gradient.classes; ++c) {
    gradient[c] += static_cast<T>(scale * (student.probability(c) - target.probability(c)));
  }
  return settings.weight * settings.temperature * settings.temperature * loss;
}

template <typename T>
void check_lengths(std::span<const T> logits, std::size_t expected, std::span<T> gradient) {
  check_loss_length("logits", logits.size(), expected);
  if (!gradient.empty()) check_loss_length("values of the gradient", gradient.size(), expected);
}

void check_label(std::int32_t label, std::int64_t classes) {
  if (label >= 0 && label < classes) return;
  throw Error(ErrorKind::data, fmt::format("label '{}' is no class; there are {} (0 to {})", label,
                                           classes, classes - 1));
}

void check_settings(const DistillationSettings& settings) {
  if (!(settings.temperature > 0) || !std::isfinite(settings.temperature)) {
    throw Error(ErrorKind::config, fmt::format("distillation: temperature '{}' must be above 0",
                                               settings.temperature));
  }
  if (!(settings.weight >= 0) || !std::isfinite(settings.weight)) {
    throw Error(ErrorKind::config,
                fmt::format("distillation: weight '{}' must be at least 0", settings.weight));
  }
}

}  // namespace

template <typename T>
LossResult softmax_cross_entropy(std::span<const T> logits, std::span<const std::int32_t> labels,
                                 std::int64_t classes, double label_smoothing,
                                 std::span<T> gradient, std::int64_t divisor) {
  check_lengths(logits, labels.size() * static_cast<std::size_t>(classes), gradient);
  LossResult result;
  for (const std::int32_t label : labels) {
    check_label(label, classes);
    const std::int64_t offset = result.count * classes;
    const auto sample = scores(logits, offset, classes);
    const std::int64_t best = largest_class(sample);
    result.loss += hard_loss(sample, best, label, label_smoothing,
                             scores(gradient, offset, classes), static_cast<double>(divisor));
    result.correct += best == label ? 1 : 0;
    ++result.count;
  }
  return result;
}

std::int64_t counted_pixels(std::span<const std::int32_t> labels, std::int32_t ignored) {
  return std::ssize(labels) - std::ranges::count(labels, ignored);
}

template <typename T>
LossResult pixel_cross_entropy(std::span<const T> logits, std::span<const std::int32_t> labels,
                               const PixelClasses& shape, std::span<T> gradient,
                               std::int64_t divisor) {
  check_lengths(logits, labels.size() * static_cast<std::size_t>(shape.classes), gradient);
  if (shape.pixels < 1 || std::ssize(labels) % shape.pixels != 0) {
    throw Error(ErrorKind::internal,
                fmt::format("a loss got '{}' labels of pixels; it needs {} for "
                            "each image",
                            labels.size(), shape.pixels));
  }
  std::ranges::fill(gradient, T{0});
  LossResult result;
  for (std::int64_t i = 0; i < std::ssize(labels); ++i) {
    const std::int32_t label = labels[static_cast<std::size_t>(i)];
    if (label == shape.ignored) continue;
    check_label(label, shape.classes);
    const std::int64_t image = i / shape.pixels;
    const std::int64_t offset = image * shape.classes * shape.pixels + i % shape.pixels;
    const auto pixel = scores(logits, offset, shape.classes, shape.pixels);
    const std::int64_t best = largest_class(pixel);
    result.loss +=
        hard_loss(pixel, best, label, 0, scores(gradient, offset, shape.classes, shape.pixels),
                  static_cast<double>(divisor));
    result.correct += best == label ? 1 : 0;
    ++result.count;
  }
  return result;
}

template <typename T>
LossResult distillation_loss(std::span<const T> logits, std::span<const T> teacher,
                             std::span<const std::int32_t> labels, std::int64_t classes,
                             const DistillationSettings& settings, std::span<T> gradient,
                             std::int64_t divisor) {
  check_settings(settings);
  check_loss_length("logits of the teacher", teacher.size(), logits.size());
  LossResult result =
      softmax_cross_entropy(logits, labels, classes, settings.label_smoothing, gradient, divisor);
  for (std::int64_t n = 0; n < result.count; ++n) {
    const std::int64_t offset = n * classes;
    result.loss +=
        soft_loss(scores(logits, offset, classes), scores(teacher, offset, classes), settings,
                  scores(gradient, offset, classes), static_cast<double>(divisor));
  }
  return result;
}

template LossResult softmax_cross_entropy(std::span<const float>, std::span<const std::int32_t>,
                                          std::int64_t, double, std::span<float>, std::int64_t);
template LossResult softmax_cross_entropy(std::span<const double>, std::span<const std::int32_t>,
                                          std::int64_t, double, std::span<double>, std::int64_t);
template LossResult pixel_cross_entropy(std::span<const float>, std::span<const std::int32_t>,
                                        const PixelClasses&, std::span<float>, std::int64_t);
template LossResult pixel_cross_entropy(std::span<const double>, std::span<const std::int32_t>,
                                        const PixelClasses&, std::span<double>, std::int64_t);
template LossResult distillation_loss(std::span<const float>, std::span<const float>,
                                      std::span<const std::int32_t>, std::int64_t,
                                      const DistillationSettings&, std::span<float>, std::int64_t);
template LossResult distillation_loss(std::span<const double>, std::span<const double>,
                                      std::span<const std::int32_t>, std::int64_t,
                                      const DistillationSettings&, std::span<double>, std::int64_t);

}  // namespace nas
