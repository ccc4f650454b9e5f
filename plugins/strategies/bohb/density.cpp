#include "plugins/strategies/bohb/density.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nas::bohb {
namespace {

constexpr double normal_reference = 1.06;  ///< Silverman's, as in statsmodels

/// Of the population.
double deviation(const std::vector<Genotype>& points, std::size_t decision) {
  double sum = 0;
  double squares = 0;
  for (const Genotype& point : points) {
    const double answer = point.answers[decision];
    sum += answer;
    squares += answer * answer;
  }
  const auto count = static_cast<double>(points.size());
  return std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
}

}  // namespace

std::size_t choices(const SearchSpace& space) {
  return static_cast<std::size_t>(std::ranges::count_if(
      space.decisions(), [](const Decision& decision) { return decision.options.size() > 1; }));
}

Density::Density(const SearchSpace& space, std::vector<Genotype> points, double min_bandwidth)
    : space_(space), points_(std::move(points)) {
  const double exponent = -1.0 / (4 + static_cast<double>(choices(space)));
  const double scale = normal_reference * std::pow(static_cast<double>(points_.size()), exponent);
  for (std::size_t i = 0; i < space.decisions().size(); ++i) {
    const auto options = static_cast<double>(space.decisions()[i].options.size());
    const double uniform = (options - 1) / options;
    bandwidths_.push_back(
        std::min(uniform, std::max(min_bandwidth, scale * deviation(points_, i))));
  }
}

double Density::at(const Genotype& genotype) const {
  double sum = 0;
  for (const Genotype& point : points_) {
    double product = 1;
    for (std::size_t i = 0; i < bandwidths_.size(); ++i) {
      if (bandwidths_[i] == 0) continue;
      const auto others = static_cast<double>(space_.decisions()[i].options.size() - 1);
      product *=
          point.answers[i] == genotype.answers[i] ? 1 - bandwidths_[i] : bandwidths_[i] / others;
    }
    sum += product;
  }
  return sum / static_cast<double>(points_.size());
}

Genotype Density::draw(double factor, Random& random) const {
  Genotype genotype = points_[random.below(points_.size())];
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    const std::vector<bool> open = space_.allowed(genotype, i);
    int& answer = genotype.answers[i];
    const bool redrawn = random.chance(factor * bandwidths_[i]);
    if (!redrawn && open[static_cast<std::size_t>(answer)]) continue;
    std::vector<int> answers;
    for (std::size_t option = 0; option < open.size(); ++option) {
      if (open[option]) answers.push_back(static_cast<int>(option));
    }
    answer = answers[random.below(answers.size())];
  }
  return genotype;
}

}  // namespace nas::bohb
