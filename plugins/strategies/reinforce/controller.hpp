/// The controller of Zoph and Le (2016, arXiv 1611.01578): a recurrent network that answers the
/// decisions of a search space one after the other.
///
/// At each decision the state of the last layer of an Lstm goes through a softmax classifier of
/// that decision's own; an answer is drawn, and its embedding is the next input. The first input is
/// a learned vector. What earlier answers leave no choice about is masked, when drawn and whenever
/// scored.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/random.hpp"
#include "core/search/search_space.hpp"
#include "plugins/strategies/reinforce/lstm.hpp"

namespace nas::reinforce {

struct ControllerSettings {
  int layers = 2;
  int units = 35;               ///< of a layer and numbers of an embedding; at most `most_units`
  double initial_range = 0.08;  ///< weights begin uniform in ± this, biases at 0
};

/// One pass through all decisions.
struct Episode {
  Genotype genotype;                    ///< as answered; need not be canonical
  std::vector<std::vector<bool>> open;  ///< by decision: the options that there were
  double log_probability = 0;           ///< of the controller that drew it
};

/// The episode that answers as `genotype` does, which is valid. Without a probability.
Episode episode_of(const SearchSpace& space, const Genotype& genotype);

class Controller {
 public:
  /// The space must have decisions.
  Controller(const SearchSpace& space, const ControllerSettings& settings, Random& random);

  Episode draw(Random& random);

  struct Scores {
    Eigen::VectorXd log_probabilities;  ///< of each episode: the sum over its answers
    Eigen::VectorXd entropies;          ///< the sum over the distributions it came through, nats
  };
  Scores score(std::span<const Episode> episodes);
  /// The gradient of Σ by_log_probability[k] log P[k] + by_entropy[k] H[k] over the episodes that
  /// were scored last, by all weights.
  Eigen::VectorXd gradient(std::span<const Episode> episodes,
                           const Eigen::VectorXd& by_log_probability,
                           const Eigen::VectorXd& by_entropy) const;

  /// All that is learned.
  Eigen::VectorXd& weights() { return weights_; }
  /// The place among the weights of the bias of option 0 of decision `i`; those of its other
  /// options come behind it.
  Eigen::Index first_bias(std::size_t i) const { return decisions_[i].bias; }

 private:
  /// Where a decision's parts begin among the weights.
  struct Places {
    Eigen::Index options;
    Eigen::Index matrix;     ///< options × units: the classifier
    Eigen::Index bias;       ///< options
    Eigen::Index embedding;  ///< units × options; of the last decision nothing
  };
  using Matrix = Eigen::Map<Eigen::MatrixXd>;
  using ConstMatrix = Eigen::Map<const Eigen::MatrixXd>;

  void initialise(double range, Random& random);
  /// The logits of decision `i`, options × batch, from the answers of all episodes to the one
  /// before it.
  Eigen::MatrixXd logits(std::size_t i, std::span<const Episode> episodes);
  Eigen::MatrixXd inputs(std::size_t i, std::span<const Episode> episodes) const;

  const SearchSpace& space_;
  const Eigen::Index units_;
  std::vector<Places> decisions_;
  Eigen::Index start_ = 0;  ///< of the first input
  Lstm lstm_;
  Eigen::VectorXd weights_;
  std::vector<Eigen::MatrixXd> log_probabilities_;  ///< by decision, of what was scored last
};

}  // namespace nas::reinforce
