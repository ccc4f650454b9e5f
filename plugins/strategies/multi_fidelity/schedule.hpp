/// Who gets how much: the budgets and the brackets of successive halving and Hyperband.
///
/// Jamieson, Talwalkar 2016 (arXiv 1502.07943); Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar 2016
/// (arXiv 1603.06560), algorithm 1.
#pragma once

#include <cstddef>
#include <vector>

namespace nas::multi_fidelity {

/// Budgets from the smallest to `full`, each `eta` times the one before; the smallest is at least
/// `smallest`, to nine digits. One where `smallest` is more than full / eta. Found by dividing: the
/// quotient of two logarithms falls short of a whole number for eta = 3 and full / smallest = 243.
std::vector<double> budgets(double full, double smallest, int eta);

/// Trials at one budget.
struct Rung {
  std::size_t level = 0;  ///< of the budget, from the smallest
  std::size_t trials = 0;
  friend bool operator==(const Rung&, const Rung&) = default;
};

/// Successive halving from `trials` at level `first` to the highest, `levels` - 1: of each rung
/// floor(trials / eta^k) go on, at least one.
std::vector<Rung> halving(std::size_t trials, std::size_t first, std::size_t levels, int eta);

/// How many configurations a bracket of Hyperband starts with.
enum class BracketSize {
  paper,       ///< ceil(levels / (s + 1) * eta^s): 81, 34, 15, 8, 5 for five levels
  hpbandster,  ///< floor(levels / (s + 1)) * eta^s, Falkner et al.'s code: 81, 27, 9, 6, 5
};

/// Hyperband's bracket `s`, which halves s times: `levels` - 1 is the most exploring one, and 0
/// gives everyone the full budget.
std::vector<Rung> hyperband_bracket(std::size_t s, std::size_t levels, int eta, BracketSize size);

}  // namespace nas::multi_fidelity
