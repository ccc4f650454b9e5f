/// Which decision matters: how much of what trials differ in goes with the answer to each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nas {

/// The trials with one answer.
struct AnswerEffect {
  int answer = 0;
  std::int64_t trials = 0;
  double mean = 0;            ///< of the objective
  double standard_error = 0;  ///< of that mean; 0 of one trial
};

struct DecisionEffect {
  std::int64_t trials = 0;  ///< in which the decision was a choice
  /// The share of the variance between trials that goes with the answers, without what chance alone
  /// would give: epsilon squared (Kelley 1935), 0 … 1. 0 where there is nothing to tell: fewer than
  /// two answers, no trial more than answers, or all values the same.
  double share = 0;
  std::vector<AnswerEffect> answers;  ///< by answer, those that were given
};

/// Of one decision: `answers[i]` gave `values[i]`, a finite number; a negative answer stands for a
/// decision that was no choice there. Every effect is by itself: interactions count as noise, and
/// where the strategy has answered decisions together, theirs are mixed.
DecisionEffect decision_effect(std::span<const int> answers, std::span<const double> values);

}  // namespace nas
