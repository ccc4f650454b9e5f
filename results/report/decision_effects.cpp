#include "results/report/decision_effects.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace nas {
namespace {

/// Sums over the trials with one answer. Two passes: a variance by sums of squares would lose
/// digits where values are alike.
struct AnswerSums {
  std::int64_t trials = 0;
  double sum = 0;
  double squares = 0;  ///< of the distances to the mean

  double mean() const { return sum / static_cast<double>(trials); }
};

}  // namespace

DecisionEffect decision_effect(std::span<const int> answers, std::span<const double> values) {
  std::map<int, AnswerSums> levels;
  AnswerSums all;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] < 0) continue;
    AnswerSums& level = levels[answers[i]];
    ++level.trials, ++all.trials;
    level.sum += values[i], all.sum += values[i];
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] < 0) continue;
    AnswerSums& level = levels[answers[i]];
    level.squares += std::pow(values[i] - level.mean(), 2);
    all.squares += std::pow(values[i] - all.mean(), 2);
  }
  DecisionEffect effect{.trials = all.trials, .answers = {}};
  double within = 0;
  for (const auto& [answer, level] : levels) {
    within += level.squares;
    const auto n = static_cast<double>(level.trials);
    const double error = level.trials < 2 ? 0 : std::sqrt(level.squares / (n - 1) / n);
    effect.answers.push_back({answer, level.trials, level.mean(), error});
  }
  const auto trials = static_cast<double>(all.trials);
  const auto count = static_cast<double>(levels.size());
  if (levels.size() < 2 || trials <= count || all.squares <= 0) return effect;
  const double unexplained = within / (trials - count) / (all.squares / (trials - 1));
  effect.share = std::clamp(1 - unexplained, 0.0, 1.0);
  return effect;
}

}  // namespace nas
