/// Policy gradients: how a controller learns from the rewards of what it drew.
///
/// REINFORCE (Williams 1992) as by Zoph and Le (2016, arXiv 1611.01578): up the mean over a batch
/// of ∇log P (R - b). PPO (Schulman et al. 2017, arXiv 1707.06347) as in NASNet (Zoph et al. 2017,
/// arXiv 1707.07012): up the mean of min(r A, clip(r, 1 - ε, 1 + ε) A) with A = R - b and r = P now
/// over P when drawn, several times over each batch. Both plus an entropy term, by Adam. b is an
/// exponential moving average of rewards.
#pragma once

#include <vector>

#include "plugins/strategies/reinforce/adam.hpp"
#include "plugins/strategies/reinforce/controller.hpp"

namespace nas::reinforce {

struct LearnerSettings {
  bool proximal = false;  ///< PPO; REINFORCE otherwise
  double learning_rate = 0.0006;
  int batch = 8;                 ///< episodes to a step
  double baseline_decay = 0.95;  ///< share of the baseline that a new reward leaves
  double entropy_weight = 0;
  double clip = 0.2;  ///< ε; PPO only
  int epochs = 1;     ///< steps to a batch; PPO only
};

/// The slope of min(r A, clip(r, 1 - ε, 1 + ε) A) by log P, where r is `ratio`.
double proximal_slope(double ratio, double advantage, double clip);

/// Of rewards before the present batch, so that a reward is never compared with itself. The first
/// batch has none before it: it is compared with its own mean, which is, up to a constant factor,
/// each reward with the mean of the others.
class Baseline {
 public:
  explicit Baseline(double decay) : decay_(decay) {}

  /// R - b for each; then the rewards enter the average, in order.
  Eigen::VectorXd advantages(const std::vector<double>& rewards);

 private:
  const double decay_;
  bool begun_ = false;
  double average_ = 0;
};

class PolicyLearner {
 public:
  PolicyLearner(Controller& controller, const LearnerSettings& settings);

  /// Steps as soon as a batch is complete.
  void add(Episode episode, double reward);

 private:
  void learn();
  void step(const Eigen::VectorXd& advantages);

  Controller& controller_;
  const LearnerSettings settings_;
  Baseline baseline_;
  Adam adam_;
  std::vector<Episode> episodes_;
  std::vector<double> rewards_;
};

}  // namespace nas::reinforce
