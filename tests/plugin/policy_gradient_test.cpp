#include <cmath>

#include <catch2/catch.hpp>

#include "plugins/strategies/reinforce/policy_learner.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using namespace nas::reinforce;
using Eigen::Index;
using Eigen::VectorXd;

namespace {

// Of the twelve digits that the golden numbers have.
constexpr double last_digit = 1e-12;
// Of sums of numbers around 1 in another order.
constexpr double gradient_rounding = 1e-12;

/// Two decisions of three options each, independent: a controller whose weights are 0 but for the
/// biases of its classifiers, (0.2, -0.1, 0.4) and (0, 0.3, -0.5).
struct TwoSoftmaxes {
  fake::Space space{2, 3};
  Controller controller = make();
  std::vector<Episode> all = episodes();

  Controller make() {
    Random random(1);
    Controller result(space, {1, 4, 0.1}, random);
    result.weights().setZero();
    result.weights().segment(result.first_bias(0), 3) << 0.2, -0.1, 0.4;
    result.weights().segment(result.first_bias(1), 3) << 0, 0.3, -0.5;
    return result;
  }
  std::vector<Episode> episodes() const {
    std::vector<Episode> result;
    space.enumerate([&](const Genotype& genotype) {
      result.push_back(episode_of(space, genotype));
      return true;
    });
    return result;
  }
  VectorXd probabilities() { return controller.score(all).log_probabilities.array().exp(); }
  /// By the six biases.
  VectorXd gradient(std::span<const Episode> of, const VectorXd& by_log_probability) {
    controller.score(of);
    const VectorXd whole =
        controller.gradient(of, by_log_probability, VectorXd::Zero(by_log_probability.size()));
    VectorXd result(6);
    result << whole.segment(controller.first_bias(0), 3),
        whole.segment(controller.first_bias(1), 3);
    return result;
  }
};

/// By first answer, then by second.
VectorXd rewards() {
  VectorXd result(9);
  result << .1, .5, .3, .7, .2, .9, .4, .6, 0;
  return result;
}

VectorXd golden_gradient() {
  VectorXd result(6);
  result << -0.027875541269, 0.026633254404, 0.001242286865,  //
      -0.010989830695, 0.027379230321, -0.016389399626;
  return result;
}

/// Σ over answers of P |∇log P (R - b)|² minus the mean's square: the trace of the covariance of
/// one sample's estimate.
double estimator_variance(TwoSoftmaxes& two, double baseline) {
  const VectorXd probabilities = two.probabilities();
  double second_moment = 0;
  for (Index k = 0; k < 9; ++k) {
    const VectorXd one = two.gradient({&two.all[static_cast<std::size_t>(k)], 1},
                                      VectorXd::Constant(1, rewards()[k] - baseline));
    second_moment += probabilities[k] * one.squaredNorm();
  }
  return second_moment - golden_gradient().squaredNorm();
}

/// The weights after one batch.
VectorXd weights_after(const LearnerSettings& settings, const std::vector<double>& batch_rewards,
                       double shift = 0) {
  const fake::Space space(4, 3, true);
  Random random(3);
  Controller controller(space, {2, 6, 0.3}, random);
  PolicyLearner learner(controller, settings);
  for (const double reward : batch_rewards) {
    Episode episode = controller.draw(random);
    episode.log_probability += shift;
    learner.add(std::move(episode), reward);
  }
  return controller.weights();
}

}  // namespace

TEST_CASE("the expected policy gradient is the golden one, with any baseline") {
  TwoSoftmaxes two;
  const VectorXd probabilities = two.probabilities();
  const double expected_reward = probabilities.dot(rewards());
  CHECK(std::abs(expected_reward - 0.406241491362) < last_digit);
  for (const double baseline : {0.0, 0.5, expected_reward}) {
    const VectorXd gradient =
        two.gradient(two.all, probabilities.array() * (rewards().array() - baseline));
    CHECK((gradient - golden_gradient()).cwiseAbs().maxCoeff() < last_digit);
  }
}

TEST_CASE("a baseline lowers the variance of the policy gradient as the golden numbers say") {
  constexpr double fifth_digit = 0.5e-5;
  TwoSoftmaxes two;
  CHECK(std::abs(estimator_variance(two, 0) - 0.28974) < fifth_digit);
  CHECK(std::abs(estimator_variance(two, 0.406241491362) - 0.08227) < fifth_digit);
}

TEST_CASE("sampled policy gradients agree with the exact one within three standard errors") {
  constexpr int samples = 20000;
  TwoSoftmaxes two;
  Random random(4);
  std::vector<Episode> drawn;
  VectorXd advantages(samples);
  for (int k = 0; k < samples; ++k) {
    drawn.push_back(two.controller.draw(random));
    const std::vector<int>& answers = drawn.back().genotype.answers;
    advantages[k] = rewards()[3 * answers[0] + answers[1]] - 0.406241491362;
  }
  const VectorXd mean = two.gradient(drawn, advantages / samples);
  const double standard_error = std::sqrt(0.08227 / samples);  // of the whole vector's length
  CHECK((mean - golden_gradient()).norm() < 3 * standard_error);
}

TEST_CASE("a reward is compared with the rewards of the batches before it, not with itself") {
  Baseline baseline(0.9);
  CHECK(baseline.advantages({1, 3}) == VectorXd((VectorXd(2) << -1, 1).finished()));
  CHECK(baseline.advantages({5}) == VectorXd::Constant(1, 3));
  // 2 has become 0.9 * 2 + 0.1 * 5.
  CHECK(std::abs(baseline.advantages({0, 1})[0] + 2.3) < gradient_rounding);
  // And that 0.9 * (0.9 * 2.3 + 0) + 0.1.
  CHECK(std::abs(baseline.advantages({0})[0] + 1.963) < gradient_rounding);
}

TEST_CASE("the slope of PPO's objective ends where the ratio has gone the advantage's way") {
  CHECK(proximal_slope(1, 2, 0.2) == 2);
  CHECK(proximal_slope(1.1, 2, 0.2) == 2.2);
  CHECK(proximal_slope(1.3, 2, 0.2) == 0);
  CHECK(proximal_slope(0.5, 2, 0.2) == 1);  // it may come back
  CHECK(proximal_slope(0.7, -2, 0.2) == 0);
  CHECK(proximal_slope(1.3, -2, 0.2) == -2.6);
  CHECK(proximal_slope(3, 0, 0.2) == 0);
}

TEST_CASE("PPO's slope agrees with differences of its objective") {
  constexpr double step = 1e-6;
  constexpr double tolerance = 1e-8;  // the step squared over rounding, with room
  const auto objective = [](double log_ratio, double advantage) {
    const double ratio = std::exp(log_ratio);
    return std::min(ratio * advantage, std::clamp(ratio, 0.8, 1.2) * advantage);
  };
  for (const double ratio : {0.5, 0.79, 0.81, 1.0, 1.19, 1.21, 2.0}) {
    for (const double advantage : {-1.5, 0.7}) {
      const double difference = (objective(std::log(ratio) + step, advantage) -
                                 objective(std::log(ratio) - step, advantage)) /
                                (2 * step);
      CHECK(std::abs(proximal_slope(ratio, advantage, 0.2) - difference) < tolerance);
    }
  }
}

TEST_CASE("PPO's first step on fresh episodes is REINFORCE's") {
  const std::vector<double> batch_rewards = {0.1, 0.9, 0.4, 0.7};
  const LearnerSettings reinforce = {.learning_rate = 0.01, .batch = 4, .entropy_weight = 0.01};
  LearnerSettings proximal = reinforce;
  proximal.proximal = true;
  const VectorXd expected = weights_after(reinforce, batch_rewards);
  CHECK((weights_after(proximal, batch_rewards) - expected).cwiseAbs().maxCoeff() < 1e-9);
  proximal.epochs = 4;
  CHECK((weights_after(proximal, batch_rewards) - expected).cwiseAbs().maxCoeff() > 0.01);
}

TEST_CASE("PPO learns nothing from what has become likelier than the clip allows") {
  const VectorXd before = weights_after({.batch = 100}, {1, 0});
  const LearnerSettings proximal = {.proximal = true, .learning_rate = 0.01, .batch = 2};
  // Drawn at a tenth of the present probability: only the lower reward still teaches.
  const VectorXd after = weights_after(proximal, {1, 0}, std::log(0.1));
  CHECK((after - before).cwiseAbs().maxCoeff() > 0);
  // Ratios of 10: neither the higher reward nor, were they 1/10, the lower one.
  CHECK(weights_after(proximal, {1, 1}, std::log(0.1)) == before);
}

TEST_CASE("a learner steps once a batch, by the mean over it and by Adam") {
  const VectorXd before = weights_after({.batch = 3}, {1, 0});
  CHECK(weights_after({.batch = 2}, {1, 0}) != before);
  // Adam's first step is the rate, whatever the scale of rewards, where a slope is not tiny.
  for (const double scale : {1.0, 100.0}) {
    const VectorXd after = weights_after({.learning_rate = 0.01, .batch = 2}, {scale, 0});
    CHECK(std::abs((after - before).cwiseAbs().maxCoeff() - 0.01) < 1e-6);
  }
}

TEST_CASE("Adam's steps are those of the paper's algorithm") {
  // By hand: m = 0.1 g and v = 0.001 g² after one step; corrected, g and g².
  VectorXd weights = VectorXd::Constant(1, 1.0);
  Adam adam(1, 0.1);
  adam.step(weights, VectorXd::Constant(1, 2.0));
  CHECK(std::abs(weights[0] - (1 - 0.1 * 2 / (2 + 1e-8))) < gradient_rounding);
  const double first = weights[0];
  adam.step(weights, VectorXd::Constant(1, -1.0));
  const double mean = (0.9 * 0.2 - 0.1) / (1 - 0.81);
  const double square = (0.999 * 0.004 + 0.001) / (1 - 0.999 * 0.999);
  CHECK(std::abs(weights[0] - (first - 0.1 * mean / (std::sqrt(square) + 1e-8))) <
        gradient_rounding);
}

TEST_CASE("an entropy term makes the controller's answers more even") {
  TwoSoftmaxes two;
  const double before = two.controller.score(two.all).entropies[0];
  PolicyLearner learner(two.controller, {.learning_rate = 0.01, .batch = 9, .entropy_weight = 1});
  for (const Episode& episode : two.all) learner.add(episode, 0.5);
  CHECK(two.controller.score(two.all).entropies[0] > before + 1e-4);
}
