#include "plugins/strategies/reinforce/categorical.hpp"

#include <cmath>
#include <limits>

namespace nas::reinforce {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

bool is_open(double log_probability) { return std::isfinite(log_probability); }

}  // namespace

void log_softmax(Eigen::Ref<VectorXd> logits, const std::vector<bool>& open) {
  constexpr double closed = -std::numeric_limits<double>::infinity();
  double largest = closed;
  for (Index i = 0; i < logits.size(); ++i) {
    if (!open[static_cast<std::size_t>(i)]) logits[i] = closed;
    largest = std::max(largest, logits[i]);
  }
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit - largest);
  logits.array() -= largest + std::log(sum);
}

double entropy(const Eigen::Ref<const VectorXd>& log_probabilities) {
  double sum = 0;
  for (const double value : log_probabilities) {
    if (is_open(value)) sum -= std::exp(value) * value;
  }
  return sum;
}

std::size_t drawn(const Eigen::Ref<const VectorXd>& log_probabilities, double uniform) {
  Index last = 0;
  double sum = 0;
  for (Index i = 0; i < log_probabilities.size(); ++i) {
    if (!is_open(log_probabilities[i])) continue;
    last = i;
    sum += std::exp(log_probabilities[i]);
    if (uniform < sum) break;
  }
  return static_cast<std::size_t>(last);  // the last open one where rounding has kept the sum low
}

VectorXd gradient_by_logits(const Eigen::Ref<const VectorXd>& log_probabilities, std::size_t chosen,
                            double by_log_probability, double by_entropy) {
  const double total = by_entropy == 0 ? 0 : entropy(log_probabilities);
  VectorXd gradient = VectorXd::Zero(log_probabilities.size());
  for (Index i = 0; i < log_probabilities.size(); ++i) {
    if (!is_open(log_probabilities[i])) continue;
    const double probability = std::exp(log_probabilities[i]);
    gradient[i] = -by_log_probability * probability -
                  by_entropy * probability * (log_probabilities[i] + total);
  }
  gradient[static_cast<Index>(chosen)] += by_log_probability;
  return gradient;
}

}  // namespace nas::reinforce
