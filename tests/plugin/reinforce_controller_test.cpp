#include <cmath>

#include <catch2/catch.hpp>

#include "plugins/strategies/reinforce/categorical.hpp"
#include "plugins/strategies/reinforce/controller.hpp"
#include "tests/search/fakes.hpp"

using namespace nas;
using namespace nas::reinforce;
using Eigen::Index;
using Eigen::VectorXd;

namespace {

// Of numbers of the order of 1 that are computed twice in another order.
constexpr double rounding = 1e-12;

// Large enough weights that no gate is in its linear part.
const ControllerSettings small_controller = {.layers = 2, .units = 5, .initial_range = 0.8};

std::vector<Episode> drawn_episodes(Controller& controller, int count) {
  Random random(7);
  std::vector<Episode> episodes;
  for (int i = 0; i < count; ++i) episodes.push_back(controller.draw(random));
  return episodes;
}

/// Σ by_log_probability log P + by_entropy H, the function that `gradient` differentiates.
double weighted(Controller& controller, std::span<const Episode> episodes,
                const VectorXd& by_log_probability, const VectorXd& by_entropy) {
  const Controller::Scores scores = controller.score(episodes);
  return by_log_probability.dot(scores.log_probabilities) + by_entropy.dot(scores.entropies);
}

// Values around 10 are rounded to 1e-15, slopes so to 1e-10; the steepest is 0.01 or more.
constexpr double tolerance = 1e-7;

/// The largest difference to central differences, in shares of the largest slope.
double gradient_error(Controller& controller, std::span<const Episode> episodes,
                      const VectorXd& by_log_probability, const VectorXd& by_entropy) {
  constexpr double step = 1e-5;  // balances rounding against the curve's third derivative
  controller.score(episodes);
  const VectorXd gradient = controller.gradient(episodes, by_log_probability, by_entropy);
  VectorXd slopes(gradient.size());
  for (Index i = 0; i < gradient.size(); ++i) {
    const double before = controller.weights()[i];
    const auto value_at = [&](double weight) {
      controller.weights()[i] = weight;
      return weighted(controller, episodes, by_log_probability, by_entropy);
    };
    slopes[i] = (value_at(before + step) - value_at(before - step)) / (2 * step);
    controller.weights()[i] = before;
  }
  return (gradient - slopes).cwiseAbs().maxCoeff() / slopes.cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("the controller's gradient agrees with finite differences, with masks and over a batch") {
  const int layers = GENERATE(1, 2, 3);
  const fake::Space space(5, 4, true);
  Random random(3);
  Controller controller(space, {layers, small_controller.units, small_controller.initial_range},
                        random);
  const std::vector<Episode> episodes = drawn_episodes(controller, 6);
  VectorXd by_log_probability(6), by_entropy(6);
  by_log_probability << 0.3, -1.2, 0.7, 0, 2, -0.4;
  by_entropy << 0, 0.5, -0.2, 1, 0.1, -0.7;
  CHECK(gradient_error(controller, episodes, by_log_probability, by_entropy) < tolerance);
  CHECK(gradient_error(controller, episodes, by_log_probability, VectorXd::Zero(6)) < tolerance);
  CHECK(gradient_error(controller, episodes, VectorXd::Zero(6), by_entropy) < tolerance);
}

TEST_CASE("a gradient over more columns than one product takes agrees with finite differences") {
  const fake::Space space(9, 3);
  Random random(3);
  Controller controller(space, {1, 2, small_controller.initial_range}, random);
  const std::vector<Episode> episodes = drawn_episodes(controller, 60);  // 540 columns
  const VectorXd ones = VectorXd::Ones(60);
  CHECK(gradient_error(controller, episodes, ones, 0.3 * ones) < tolerance);
}

TEST_CASE(
    "the probabilities of all genotypes are one together, and inactive answers cost nothing") {
  const fake::Space space(4, 3, true);
  Random random(5);
  Controller controller(space, small_controller, random);
  std::vector<Episode> all;
  space.enumerate([&](const Genotype& genotype) {
    all.push_back(episode_of(space, genotype));
    return true;
  });
  const VectorXd probabilities = controller.score(all).log_probabilities.array().exp();
  CHECK(std::abs(probabilities.sum() - 1) < rounding);
  CHECK(probabilities.minCoeff() > 0);
}

TEST_CASE("what is drawn is valid, and scored as it was drawn, alone or in a batch") {
  const fake::Space space(6, 4, true);
  Random random(5);
  Controller controller(space, small_controller, random);
  const std::vector<Episode> episodes = drawn_episodes(controller, 200);
  const VectorXd scores = controller.score(episodes).log_probabilities;
  for (std::size_t k = 0; k < episodes.size(); ++k) {
    CHECK_NOTHROW(space.validate(episodes[k].genotype));
    CHECK(episode_of(space, episodes[k].genotype).open == episodes[k].open);
    CHECK(std::abs(scores[static_cast<Index>(k)] - episodes[k].log_probability) < rounding);
    CHECK(std::abs(controller.score({&episodes[k], 1}).log_probabilities[0] -
                   episodes[k].log_probability) < rounding);
  }
}

TEST_CASE("genotypes are drawn as often as their probabilities say") {
  const fake::Space space(2, 3);
  Random random(5);
  Controller controller(space, small_controller, random);
  constexpr int draws = 20000;
  std::map<Genotype, int> counts;
  for (const Episode& episode : drawn_episodes(controller, draws)) ++counts[episode.genotype];
  double chi_square = 0;
  space.enumerate([&](const Genotype& genotype) {
    const Episode episode = episode_of(space, genotype);
    const double expected = draws * std::exp(controller.score({&episode, 1}).log_probabilities[0]);
    chi_square += std::pow(counts[genotype] - expected, 2) / expected;
    return true;
  });
  CHECK(chi_square < 26.1);  // 8 degrees of freedom: exceeded by chance in one of 1,000
}

TEST_CASE("what is fed to the next decision is the answer that was drawn") {
  const fake::Space space(2, 3);
  Random random(5);
  Controller controller(space, small_controller, random);
  const auto share_of_second = [&](int first) {
    const Episode a = episode_of(space, {{first, 0}});
    const Episode b = episode_of(space, {{first, 1}});
    return controller.score({&a, 1}).log_probabilities[0] -
           controller.score({&b, 1}).log_probabilities[0];
  };
  CHECK(std::abs(share_of_second(0) - share_of_second(1)) > 1e-3);
}

TEST_CASE("a softmax leaves out what is not open, also where logits are large") {
  VectorXd values(4);
  values << 1000, 999, 5000, 998;
  log_softmax(values, {true, true, false, false});
  CHECK(std::abs(values[0] + std::log1p(std::exp(-1))) < rounding);
  CHECK(std::abs(values[1] - values[0] + 1) < rounding);
  CHECK(std::isinf(values[2]));
  CHECK(gradient_by_logits(values, 0, 1, 1)[2] == 0);
  for (const double uniform : {0.0, 0.5, 0.9, 0.9999999999999999})
    CHECK(drawn(values, uniform) < 2);
}

TEST_CASE("the entropy of equal options is the logarithm of their number, of a single one 0") {
  VectorXd values = VectorXd::Constant(5, 0.3);
  log_softmax(values, {true, true, false, true, true});
  CHECK(std::abs(entropy(values) - std::log(4)) < rounding);
  VectorXd single = VectorXd::Constant(2, 0.3);
  log_softmax(single, {false, true});
  CHECK(entropy(single) == 0);
  CHECK(gradient_by_logits(single, 1, 3, 2).isZero(0));
}

TEST_CASE("weights begin uniform in their range, biases at zero") {
  const fake::Space space(6, 5);
  Random random(5);
  Controller controller(space, {}, random);
  // Two layers of 35 units: 4 gates, of which each reads input and state; then the first input,
  // and of each decision classifier, biases and embedding.
  CHECK(controller.weights().size() ==
        2 * (4 * 35 * 70 + 4 * 35) + 35 + 6 * (5 * 35 + 5) + 5 * 5 * 35);
  CHECK(controller.weights().cwiseAbs().maxCoeff() < 0.08);
  CHECK(controller.weights().cwiseAbs().maxCoeff() > 0.0799);
  CHECK((controller.weights().array() == 0).count() == 2 * 4 * 35 + 6 * 5);
  CHECK(std::abs(controller.weights().mean()) < 0.002);
}
