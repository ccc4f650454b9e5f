#include "plugins/strategies/multi_fidelity/schedule.hpp"

#include <algorithm>

namespace nas::multi_fidelity {
namespace {

/// What rounding may take from a quotient that is meant to be `smallest`.
constexpr double slack = 1e-9;

std::size_t power(std::size_t base, std::size_t exponent) {
  std::size_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= base;
  return result;
}

}  // namespace

std::vector<double> budgets(double full, double smallest, int eta) {
  std::vector<double> result = {full};
  for (double next = full / eta; next >= smallest * (1 - slack); next /= eta) {
    result.push_back(next);
  }
  std::ranges::reverse(result);
  return result;
}

std::vector<Rung> halving(std::size_t trials, std::size_t first, std::size_t levels, int eta) {
  std::vector<Rung> rungs;
  for (std::size_t level = first; level < levels; ++level) {
    rungs.push_back({level, std::max<std::size_t>(1, trials)});
    trials /= static_cast<std::size_t>(eta);
  }
  return rungs;
}

std::vector<Rung> hyperband_bracket(std::size_t s, std::size_t levels, int eta, BracketSize size) {
  const std::size_t scale = power(static_cast<std::size_t>(eta), s);
  const std::size_t trials =
      size == BracketSize::paper ? (levels * scale + s) / (s + 1) : levels / (s + 1) * scale;
  return halving(trials, levels - 1 - s, levels, eta);
}

}  // namespace nas::multi_fidelity
