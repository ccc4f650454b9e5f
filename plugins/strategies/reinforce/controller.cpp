#include "plugins/strategies/reinforce/controller.hpp"

#include "plugins/strategies/reinforce/categorical.hpp"

namespace nas::reinforce {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::size_t answer(const Episode& episode, std::size_t i) {
  return static_cast<std::size_t>(episode.genotype.answers[i]);
}

Index batch_of(std::span<const Episode> episodes) { return static_cast<Index>(episodes.size()); }

}  // namespace

Episode episode_of(const SearchSpace& space, const Genotype& genotype) {
  Episode episode{genotype, {}, 0};
  for (std::size_t i = 0; i < space.decisions().size(); ++i) {
    episode.open.push_back(space.allowed(genotype, i));
  }
  return episode;
}

Controller::Controller(const SearchSpace& space, const ControllerSettings& settings, Random& random)
    : space_(space), units_(settings.units), lstm_(settings.layers, settings.units) {
  Index next = lstm_.parameter_count();
  const auto take = [&](Index count) {
    const Index first = next;
    next += count;
    return first;
  };
  start_ = take(units_);
  for (const Decision& decision : space.decisions()) {
    const auto options = static_cast<Index>(decision.options.size());
    Places places{options, 0, 0, 0};
    places.matrix = take(options * units_);
    places.bias = take(options);
    const bool is_last = decisions_.size() + 1 == space.decisions().size();
    if (!is_last) places.embedding = take(options * units_);
    decisions_.push_back(places);
  }
  weights_.resize(next);
  initialise(settings.initial_range, random);
}

void Controller::initialise(double range, Random& random) {
  for (Index i = 0; i < weights_.size(); ++i) weights_[i] = random.uniform(-range, range);
  for (Index i = 0; i < lstm_.parameter_count(); ++i) {
    if (lstm_.is_bias(i)) weights_[i] = 0;
  }
  for (const Places& places : decisions_) weights_.segment(places.bias, places.options).setZero();
}

MatrixXd Controller::inputs(std::size_t i, std::span<const Episode> episodes) const {
  if (i == 0) return weights_.segment(start_, units_).replicate(1, batch_of(episodes));
  const Places& before = decisions_[i - 1];
  const ConstMatrix embedding(&weights_[before.embedding], units_, before.options);
  MatrixXd inputs(units_, batch_of(episodes));
  for (Index k = 0; k < inputs.cols(); ++k) {
    const Episode& episode = episodes[static_cast<std::size_t>(k)];
    inputs.col(k) = embedding.col(static_cast<Index>(answer(episode, i - 1)));
  }
  return inputs;
}

MatrixXd Controller::logits(std::size_t i, std::span<const Episode> episodes) {
  const Places& places = decisions_[i];
  const Index batch = batch_of(episodes);
  const auto t = static_cast<Index>(i);
  lstm_.forward(weights_.head(lstm_.parameter_count()), t, inputs(i, episodes));
  const ConstMatrix matrix(&weights_[places.matrix], places.options, units_);
  MatrixXd result = matrix * lstm_.outputs().middleCols(t * batch, batch);
  result.colwise() += weights_.segment(places.bias, places.options);
  return result;
}

Episode Controller::draw(Random& random) {
  Episode episode;
  episode.genotype.answers.resize(decisions_.size());
  lstm_.begin(static_cast<Index>(decisions_.size()), 1);
  for (std::size_t i = 0; i < decisions_.size(); ++i) {
    episode.open.push_back(space_.allowed(episode.genotype, i));
    VectorXd log_probabilities = logits(i, {&episode, 1});
    log_softmax(log_probabilities, episode.open.back());
    const std::size_t option = drawn(log_probabilities, random.uniform());
    episode.genotype.answers[i] = static_cast<int>(option);
    episode.log_probability += log_probabilities[static_cast<Index>(option)];
  }
  return episode;
}

Controller::Scores Controller::score(std::span<const Episode> episodes) {
  const Index batch = batch_of(episodes);
  Scores scores{VectorXd::Zero(batch), VectorXd::Zero(batch)};
  log_probabilities_.clear();
  lstm_.begin(static_cast<Index>(decisions_.size()), batch);
  for (std::size_t i = 0; i < decisions_.size(); ++i) {
    MatrixXd values = logits(i, episodes);
    for (Index k = 0; k < batch; ++k) {
      const Episode& episode = episodes[static_cast<std::size_t>(k)];
      log_softmax(values.col(k), episode.open[i]);
      scores.log_probabilities[k] += values(static_cast<Index>(answer(episode, i)), k);
      scores.entropies[k] += entropy(values.col(k));
    }
    log_probabilities_.push_back(std::move(values));
  }
  return scores;
}

VectorXd Controller::gradient(std::span<const Episode> episodes, const VectorXd& by_log_probability,
                              const VectorXd& by_entropy) const {
  const Index batch = batch_of(episodes);
  VectorXd gradient = VectorXd::Zero(weights_.size());
  MatrixXd by_output(units_, lstm_.outputs().cols());
  for (std::size_t i = 0; i < decisions_.size(); ++i) {
    const Places& places = decisions_[i];
    MatrixXd by_logits(places.options, batch);
    for (Index k = 0; k < batch; ++k) {
      by_logits.col(k) = gradient_by_logits(log_probabilities_[i].col(k),
                                            answer(episodes[static_cast<std::size_t>(k)], i),
                                            by_log_probability[k], by_entropy[k]);
    }
    const Index first = static_cast<Index>(i) * batch;
    const ConstMatrix matrix(&weights_[places.matrix], places.options, units_);
    by_output.middleCols(first, batch).noalias() = matrix.transpose() * by_logits;
    add_product(Matrix(&gradient[places.matrix], places.options, units_), by_logits,
                lstm_.outputs().middleCols(first, batch));
    gradient.segment(places.bias, places.options) = by_logits.rowwise().sum();
  }
  const Index recurrent = lstm_.parameter_count();
  const MatrixXd by_input =
      lstm_.backward(weights_.head(recurrent), by_output, gradient.head(recurrent));
  gradient.segment(start_, units_) = by_input.leftCols(batch).rowwise().sum();
  for (std::size_t i = 1; i < decisions_.size(); ++i) {
    const Places& before = decisions_[i - 1];
    Matrix embedding(&gradient[before.embedding], units_, before.options);
    for (Index k = 0; k < batch; ++k) {
      embedding.col(static_cast<Index>(answer(episodes[static_cast<std::size_t>(k)], i - 1))) +=
          by_input.col(static_cast<Index>(i) * batch + k);
    }
  }
  return gradient;
}

}  // namespace nas::reinforce
