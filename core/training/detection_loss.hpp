/// Losses of object detection: sigmoid focal loss for classes, smooth L1 for boxes.
///
/// Both work element by element, so that the layout is the caller's. Every loss is a sum, and its
/// gradient divided by `divisor`: the number of anchors with an object in the batch as a whole, at
/// least 1. `gradient` is as long as the predictions, or empty where none is wanted. T is float or
/// double; sums are taken in double. All throw Error(internal) where lengths do not fit, and
/// Error(config) on settings that make no sense.
#pragma once

#include <cstdint>
#include <span>

namespace nas {

/// Target of an element that does not count.
inline constexpr std::int8_t ignored_target = -1;

/// The defaults are RetinaNet's (Lin et al. 2017).
struct FocalSettings {
  double alpha = 0.25;  ///< weight of the elements whose target is 1; 1 - alpha of the others
  double gamma = 2;     ///< how much less the elements count that are right already; at least 0
};

/// The sum of -alpha_t * (1 - p_t)^gamma * log(p_t), where p_t is the probability that sigmoid
/// gives the target: 1, 0 or `ignored_target`, whose elements have no loss and a gradient of 0.
/// Computed from the logits, so that neither certainty nor its opposite overflows. Throws
/// Error(data) on another target.
template <typename T>
double focal_loss(std::span<const T> logits, std::span<const std::int8_t> targets,
                  const FocalSettings& settings, std::span<T> gradient, double divisor);

/// The sum of d^2 / (2 * beta) where |d| < beta and of |d| - beta / 2 elsewhere, d = prediction -
/// target; |d| where beta is 0. `counts` is 0 for elements without a loss; empty: all count.
template <typename T>
double smooth_l1_loss(std::span<const T> predictions, std::span<const T> targets,
                      std::span<const std::uint8_t> counts, double beta, std::span<T> gradient,
                      double divisor);

}  // namespace nas
