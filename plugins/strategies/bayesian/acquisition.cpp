#include "plugins/strategies/bayesian/acquisition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

namespace nas {
namespace {

constexpr double most_work = 1.5e8;  // evaluations times observations squared
constexpr double least_evaluations = 20;

constexpr std::array step_probabilities = {0.5, 0.25, 0.125, 0.075, 0.05};

Genotype mutated(const SearchSpace& space, const Genotype& parent, Random& random) {
  double rest = random.uniform();
  Genotype child = parent;
  for (const double probability : step_probabilities) {
    child = space.mutate_one(child, random);
    rest -= probability;
    if (rest < 0) break;
  }
  return child;
}

/// Draws in proportion to exp of the standardised values.
class ParentDraw {
 public:
  explicit ParentDraw(const std::vector<double>& values) {
    const Eigen::Map<const Eigen::ArrayXd> all(values.data(),
                                               static_cast<Eigen::Index>(values.size()));
    const double deviation = std::sqrt((all - all.mean()).square().mean());
    double sum = 0;
    for (const double value : values) {
      sum += deviation > 0 ? std::exp((value - all.mean()) / deviation) : 1;
      cumulative_.push_back(sum);
    }
  }

  std::size_t operator()(Random& random) const {
    const auto found = std::ranges::upper_bound(cumulative_, random.uniform(0, cumulative_.back()));
    const auto number = static_cast<std::size_t>(found - cumulative_.begin());
    return std::min(number, cumulative_.size() - 1);
  }

 private:
  std::vector<double> cumulative_;
};

}  // namespace

double expected_improvement(double mean, double variance, double best) {
  const double gain = mean - best;
  if (variance <= 0) return std::max(0.0, gain);
  const double deviation = std::sqrt(variance);
  const double z = gain / deviation;
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
  const double probability = 0.5 * std::erfc(-z / std::numbers::sqrt2);
  return gain * probability + deviation * density;
}

double confidence_factor(double dimension, double trials) {
  return std::sqrt(0.5 * dimension * std::log(2 * dimension * trials + 1));
}

std::optional<Genotype> AcquisitionSearch::maximise(std::span<const Genotype> pool,
                                                    const Acquisition& acquisition,
                                                    const Eligible& eligible,
                                                    Random& random) const {
  std::vector<Genotype> points(pool.begin(), pool.end());
  std::set<Genotype> known(pool.begin(), pool.end());
  std::vector<double> values;
  const auto evaluate_new = [&] {
    const auto fresh = std::span(points).subspan(values.size());
    if (fresh.empty()) return;
    const Eigen::VectorXd found = acquisition(fresh);
    values.insert(values.end(), found.begin(), found.end());
  };
  evaluate_new();
  for (std::size_t spent = 0; spent < evaluations;) {
    const ParentDraw draw(values);
    const std::size_t parents = points.size();
    for (std::size_t i = 0; i < mutations && spent < evaluations; ++i, ++spent) {
      Genotype child = mutated(space, points[std::min(draw(random), parents - 1)], random);
      if (known.insert(child).second) points.push_back(std::move(child));
    }
    evaluate_new();
  }
  const Eigen::Map<const Eigen::VectorXd> all(values.data(),
                                              static_cast<Eigen::Index>(values.size()));
  return best_eligible(points, all, eligible);
}

AcquisitionSearch published_acquisition_search(const SearchSpace& space, std::size_t trials) {
  const auto t = static_cast<double>(trials);
  const double affordable = std::max(least_evaluations, most_work / std::max(1.0, t * t));
  const double evaluations = std::min(std::clamp(25 * std::sqrt(t), 50.0, 500.0), affordable);
  const double mutations = std::clamp(3 * std::sqrt(evaluations), 5.0, 100.0);
  return {space, static_cast<std::size_t>(evaluations), static_cast<std::size_t>(mutations)};
}

std::optional<Genotype> best_eligible(std::span<const Genotype> candidates,
                                      const Eigen::VectorXd& values, const Eligible& eligible) {
  const Genotype* best = nullptr;
  double best_value = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const double value = values[static_cast<Eigen::Index>(i)];
    const bool better =
        best == nullptr || value > best_value || (value == best_value && candidates[i] < *best);
    if (!better || !eligible(candidates[i])) continue;
    best = &candidates[i];
    best_value = value;
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace nas
