#include "core/training/detection_loss.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/training/loss_length.hpp"

namespace nas {
namespace {

void check_settings(const FocalSettings& settings) {
  if (!(settings.alpha >= 0 && settings.alpha <= 1)) {
    throw Error(ErrorKind::config,
                fmt::format("focal loss: alpha '{}' must be in [0, 1]", settings.alpha));
  }
  if (!(settings.gamma >= 0) || !std::isfinite(settings.gamma)) {
    throw Error(ErrorKind::config,
                fmt::format("focal loss: gamma '{}' must be at least 0", settings.gamma));
  }
}

/// 1 / (1 + e^-x) without overflow.
double sigmoid(double x) {
  const double small = std::exp(-std::abs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

/// log(1 + e^x) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

struct Slope {
  double value;
  double derivative;
};

/// -(1 - p)^gamma * log(p) at p = sigmoid(x), and its derivative by x.
Slope focal(double x, double gamma) {
  const double wrong = sigmoid(-x);
  const double surprise = softplus(-x);
  const double factor = std::pow(wrong, gamma);
  return {factor * surprise, -factor * (gamma * sigmoid(x) * surprise + wrong)};
}

Slope smooth_l1(double difference, double beta) {
  const double size = std::abs(difference);
  if (size < beta) return {difference * difference / (2 * beta), difference / beta};
  const double sign = difference > 0 ? 1 : difference < 0 ? -1 : 0;
  return {size - beta / 2, sign};
}

}  // namespace

template <typename T>
double focal_loss(std::span<const T> logits, std::span<const std::int8_t> targets,
                  const FocalSettings& settings, std::span<T> gradient, double divisor) {
  check_settings(settings);
  check_loss_length("targets", targets.size(), logits.size());
  if (!gradient.empty())
    check_loss_length("values of the gradient", gradient.size(), logits.size());
  double loss = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (targets[i] != 0 && targets[i] != 1 && targets[i] != ignored_target) {
      throw Error(ErrorKind::data, fmt::format("focal loss: target '{}' must be 0, 1 or {}",
                                               targets[i], ignored_target));
    }
    double slope = 0;
    if (targets[i] != ignored_target) {
      const bool object = targets[i] == 1;
      const double alpha = object ? settings.alpha : 1 - settings.alpha;
      const double sign = object ? 1 : -1;
      const Slope element = focal(sign * logits[i], settings.gamma);
      loss += alpha * element.value;
      slope = alpha * sign * element.derivative;
    }
    if (!gradient.empty()) gradient[i] = static_cast<T>(slope / divisor);
  }
  return loss;
}

template <typename T>
double smooth_l1_loss(std::span<const T> predictions, std::span<const T> targets,
                      std::span<const std::uint8_t> counts, double beta, std::span<T> gradient,
                      double divisor) {
  if (!(beta >= 0) || !std::isfinite(beta)) {
    throw Error(ErrorKind::config, fmt::format("smooth L1: beta '{}' must be at least 0", beta));
  }
  check_loss_length("targets", targets.size(), predictions.size());
  if (!counts.empty()) check_loss_length("counts", counts.size(), predictions.size());
  if (!gradient.empty()) {
    check_loss_length("values of the gradient", gradient.size(), predictions.size());
  }
  double loss = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    Slope element{0, 0};
    if (counts.empty() || counts[i] != 0) {
      element = smooth_l1(static_cast<double>(predictions[i]) - targets[i], beta);
    }
    loss += element.value;
    if (!gradient.empty()) gradient[i] = static_cast<T>(element.derivative / divisor);
  }
  return loss;
}

template double focal_loss(std::span<const float>, std::span<const std::int8_t>,
                           const FocalSettings&, std::span<float>, double);
template double focal_loss(std::span<const double>, std::span<const std::int8_t>,
                           const FocalSettings&, std::span<double>, double);
template double smooth_l1_loss(std::span<const float>, std::span<const float>,
                               std::span<const std::uint8_t>, double, std::span<float>, double);
template double smooth_l1_loss(std::span<const double>, std::span<const double>,
                               std::span<const std::uint8_t>, double, std::span<double>, double);

}  // namespace nas
