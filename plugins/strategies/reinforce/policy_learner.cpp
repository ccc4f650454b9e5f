#include "plugins/strategies/reinforce/policy_learner.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace nas::reinforce {

using Eigen::Index;
using Eigen::VectorXd;

double proximal_slope(double ratio, double advantage, double clip) {
  const bool clipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
  return clipped ? 0 : ratio * advantage;
}

VectorXd Baseline::advantages(const std::vector<double>& rewards) {
  if (!begun_) {
    average_ =
        std::accumulate(rewards.begin(), rewards.end(), 0.0) / static_cast<double>(rewards.size());
  }
  const VectorXd values = VectorXd::Map(rewards.data(), static_cast<Index>(rewards.size()));
  VectorXd result = values.array() - average_;
  if (std::exchange(begun_, true)) {
    for (const double reward : rewards) average_ = decay_ * average_ + (1 - decay_) * reward;
  }
  return result;
}

PolicyLearner::PolicyLearner(Controller& controller, const LearnerSettings& settings)
    : controller_(controller),
      settings_(settings),
      baseline_(settings.baseline_decay),
      adam_(controller.weights().size(), settings.learning_rate) {}

void PolicyLearner::add(Episode episode, double reward) {
  episodes_.push_back(std::move(episode));
  rewards_.push_back(reward);
  if (std::ssize(episodes_) < settings_.batch) return;
  learn();
  episodes_.clear();
  rewards_.clear();
}

void PolicyLearner::learn() {
  const VectorXd advantages = baseline_.advantages(rewards_);
  const int epochs = settings_.proximal ? settings_.epochs : 1;
  for (int epoch = 0; epoch < epochs; ++epoch) step(advantages);
}

void PolicyLearner::step(const VectorXd& advantages) {
  const Controller::Scores scores = controller_.score(episodes_);
  VectorXd slopes = advantages;
  if (settings_.proximal) {
    for (Index k = 0; k < slopes.size(); ++k) {
      const double then = episodes_[static_cast<std::size_t>(k)].log_probability;
      slopes[k] = proximal_slope(std::exp(scores.log_probabilities[k] - then), advantages[k],
                                 settings_.clip);
    }
  }
  const double share = 1 / static_cast<double>(slopes.size());
  const VectorXd by_entropy = VectorXd::Constant(slopes.size(), -share * settings_.entropy_weight);
  adam_.step(controller_.weights(), controller_.gradient(episodes_, -share * slopes, by_entropy));
}

}  // namespace nas::reinforce
