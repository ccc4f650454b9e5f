/// Reinforcement learning: a recurrent controller proposes, and learns from the rewards.
///
/// `reinforce`: Zoph and Le (2016, arXiv 1611.01578). `ppo`: NASNet (Zoph et al. 2017, arXiv
/// 1707.07012), whose controller MnasNet (Tan et al. 2018, arXiv 1807.11626) has as well. Sizes and
/// rates are those papers', by algorithm; with them a controller takes thousands of trials to learn
/// anything.
///
/// The reward is the first objective, turned so that more is better, and cubed as by Zoph and Le or
/// as it is. Several objectives: the first decides; MnasNet's reward of two is an objective of its
/// own, mnasnet_reward. What is infeasible or has failed gets the lowest reward measured so far,
/// and teaches nothing while there is none. Results that were never asked for, which a run without
/// an order tells on resume, are learned from as if the present controller had drawn them.
///
/// What the papers do otherwise, or do not say:
/// - There, replicas of the controller train at once, each with a batch of 8 children; here there
///   is one. Its batch is the window, 8 by default: the children that are under way at once. It
///   learns whenever so many results have been told, also from what it drew up to a window of
///   results ago. For that PPO weighs by the ratio of probabilities; REINFORCE, as in the papers'
///   asynchronous training, does not. NASNet's batch of 20 does not depend on the window.
/// - A batch's baseline is the average of the batches before, with NASNet's weight, 0.95, also for
///   REINFORCE; that of the first batch is its own mean.
/// - PPO's ε, 0.2, and the steps to a batch, 4, are choices of this program; the paper gives none.
/// - Zoph and Le's growing number of layers and their anchors, by which layers point at others, are
///   of one space. Here every decision has a softmax of its own, whatever it is about.
/// - The entropy is that of every distribution an answer was drawn from, not of the answer alone.
#include <cmath>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "plugins/strategies/reinforce/policy_learner.hpp"

namespace {

using namespace nas;
using namespace nas::reinforce;

// Draws for a genotype that is new before one is proposed again.
constexpr int max_draws = 100;

/// What the options say; where they say nothing, what the paper of the algorithm has.
struct Settings {
  ControllerSettings controller;
  LearnerSettings learner;
  double reward_power;
  bool avoid_duplicates;
};

Settings settings_of(const OptionValues& options, int window) {
  const bool proximal = options.text("algorithm") == "ppo";
  const auto real = [&](const char* name, double by_reinforce, double by_ppo) {
    const double given = options.real(name);
    return given > 0 ? given : proximal ? by_ppo : by_reinforce;
  };
  const auto integer = [&](const char* name, int by_reinforce, int by_ppo) {
    const auto given = static_cast<int>(options.integer(name));
    return given > 0 ? given : proximal ? by_ppo : by_reinforce;
  };
  const double entropy_weight = options.real("entropy_weight");
  return {{.layers = integer("layers", 2, 1),
           .units = integer("units", 35, 100),
           .initial_range = real("initial_range", 0.08, 0.1)},
          {.proximal = proximal,
           .learning_rate = real("learning_rate", 0.0006, 0.00035),
           .batch = integer("batch", window, 20),
           .baseline_decay = options.real("baseline_decay"),
           .entropy_weight = entropy_weight >= 0 ? entropy_weight
                             : proximal          ? 0.00001
                                                 : 0,
           .clip = options.real("clip"),
           .epochs = static_cast<int>(options.integer("epochs"))},
          real("reward_power", 3, 1),
          options.boolean("avoid_duplicates")};
}

const SearchSpace& with_decisions(const SearchSpace& space) {
  if (!space.decisions().empty()) return space;
  throw Error(ErrorKind::config,
              fmt::format("strategy 'reinforce' answers decisions, and the space '{}' has none: it "
                          "is one of free-form graphs; 'evolution' and 'random' search these",
                          space.name()));
}

class Reinforce final : public Strategy {
 public:
  explicit Reinforce(const StrategyContext& context)
      : space_(with_decisions(context.space)),
        objective_(context.objectives.front()),
        settings_(settings_of(context.options, context.window)),
        random_(derive_seed(context.seed, "reinforce")),
        controller_(space_, settings_.controller, random_),
        learner_(controller_, settings_.learner) {}

  std::optional<Proposal> ask() override {
    Episode episode = controller_.draw(random_);
    Genotype genotype = space_.canonical(episode.genotype);
    for (int draw = 1; settings_.avoid_duplicates && seen_.contains(genotype) && draw < max_draws;
         ++draw) {
      episode = controller_.draw(random_);
      genotype = space_.canonical(episode.genotype);
    }
    seen_.insert(genotype);
    outstanding_[genotype].push_back(std::move(episode));
    return Proposal{std::move(genotype), {}, {}};
  }

  void tell(const Result& result) override {
    seen_.insert(result.genotype);
    Episode episode = episode_behind(result.genotype);
    if (result.kind == Result::Kind::measured) {
      const double reward = reward_of(fitness(result, objective_));
      lowest_ = std::min(lowest_.value_or(reward), reward);
      learner_.add(std::move(episode), reward);
    } else if (lowest_) {
      learner_.add(std::move(episode), *lowest_);
    }
  }

 private:
  /// The oldest that has led to the genotype, or one as if drawn now.
  Episode episode_behind(const Genotype& genotype) {
    const auto found = outstanding_.find(genotype);
    if (found == outstanding_.end()) {
      Episode episode = episode_of(space_, genotype);
      episode.log_probability = controller_.score({&episode, 1}).log_probabilities[0];
      return episode;
    }
    Episode episode = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) outstanding_.erase(found);
    return episode;
  }

  /// Keeps the order, also of negative values.
  double reward_of(double value) const {
    return std::copysign(std::pow(std::abs(value), settings_.reward_power), value);
  }

  const SearchSpace& space_;
  const Objective objective_;
  const Settings settings_;
  Random random_;
  Controller controller_;
  PolicyLearner learner_;
  std::map<Genotype, std::deque<Episode>> outstanding_;  ///< proposed, without a result
  std::set<Genotype> seen_;
  std::optional<double> lowest_;  ///< reward of all that were measured
};

}  // namespace

NAS_STRATEGY(
    Reinforce, "reinforce", "1.0",
    "Reinforcement learning of an LSTM controller: REINFORCE (Zoph, Le 2016), or PPO as in NASNet "
    "and MnasNet; for thousands of trials, with higher rates for hundreds.",
    {"algorithm", nas::OptionType::choice, "reinforce",
     "reinforce, or ppo: proximal policy optimisation; each with its paper's settings.", 0, 0,
     "reinforce|ppo"},
    {"layers", nas::OptionType::integer, "0",
     "Layers of the LSTM; 0: the paper's (reinforce: 2, ppo: 1).", 0, 8},
    {"units", nas::OptionType::integer, "0",
     "Units of a layer, and numbers of an embedding; 0: the paper's (35, 100).", 0,
     nas::reinforce::most_units},
    {"initial_range", nas::OptionType::real, "0",
     "Weights begin uniform in plus or minus this; 0: the paper's (0.08, 0.1).", 0, 10},
    {"learning_rate", nas::OptionType::real, "0",
     "Of Adam; 0: the paper's (0.0006, 0.00035); 0.005 learns within a few hundred trials.", 0, 1},
    {"batch", nas::OptionType::integer, "0",
     "Results to a step of learning; 0: the paper's (the window, which is 8 as there unless set "
     "otherwise; 20).",
     0, 100000},
    {"baseline_decay", nas::OptionType::real, "0.95",
     "Share of the moving average of rewards that a new one leaves in place (NASNet: 0.95).", 0, 1},
    {"entropy_weight", nas::OptionType::real, "-1",
     "Reward for a nat of the controller's entropy; -1: the paper's (0, 0.00001).", -1, 1000},
    {"reward_power", nas::OptionType::real, "0",
     "The reward is the objective to this power; 0: the paper's (3, 1).", 0, 100},
    {"clip", nas::OptionType::real, "0.2",
     "A ratio of probabilities further from 1 teaches nothing more; ppo only.", 0.001, 1},
    {"epochs", nas::OptionType::integer, "4", "Steps of learning from a batch; ppo only.", 1, 1000},
    {"avoid_duplicates", nas::OptionType::boolean, "false",
     "Draw again, up to 100 times, where a genotype was proposed before; the papers do not."});
