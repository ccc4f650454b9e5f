/// Adam (Kingma, Ba 2014, arXiv 1412.6980) with the constants of the paper.
#pragma once

#include <Eigen/Core>
#include <cmath>

namespace nas::reinforce {

class Adam {
 public:
  Adam(Eigen::Index parameters, double learning_rate)
      : learning_rate_(learning_rate),
        mean_(Eigen::VectorXd::Zero(parameters)),
        square_(Eigen::VectorXd::Zero(parameters)) {}

  /// One step downhill.
  void step(Eigen::VectorXd& weights, const Eigen::VectorXd& gradient) {
    ++steps_;
    mean_ = beta1 * mean_ + (1 - beta1) * gradient;
    square_ = beta2 * square_ + (1 - beta2) * gradient.cwiseAbs2();
    const double rate = learning_rate_ / (1 - std::pow(beta1, steps_));
    const double scale = 1 / (1 - std::pow(beta2, steps_));
    weights.array() -= rate * mean_.array() / ((scale * square_.array()).sqrt() + epsilon);
  }

 private:
  static constexpr double beta1 = 0.9;
  static constexpr double beta2 = 0.999;
  static constexpr double epsilon = 1e-8;

  const double learning_rate_;
  int steps_ = 0;
  Eigen::VectorXd mean_;
  Eigen::VectorXd square_;
};

}  // namespace nas::reinforce
