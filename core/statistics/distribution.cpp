#include "core/statistics/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// What the sum of shares may be away from a share asked for, by rounding.
constexpr double rounding = 1e-12;

std::size_t bin_of(double complexity, const ComplexityBins& bins) {
  const double place = (complexity - bins.low) / (bins.high - bins.low);
  const auto bin = static_cast<std::size_t>(place * static_cast<double>(bins.count));
  return std::min(bin, bins.count - 1);
}

void check_range(std::span<const double> complexities, const ComplexityBins& bins) {
  if (bins.count < 1 || !(bins.low < bins.high)) {
    throw Error(ErrorKind::data,
                fmt::format("complexities from {} to {} cannot be cut into {} bins", bins.low,
                            bins.high, bins.count));
  }
  for (const double complexity : complexities) {
    if (complexity >= bins.low && complexity <= bins.high) continue;
    throw Error(ErrorKind::data, fmt::format("complexity {} is not within {} to {}", complexity,
                                             bins.low, bins.high));
  }
}

}  // namespace

Distribution::Distribution(std::span<const double> values)
    : Distribution(values, std::vector<double>(values.size(), 1)) {}

Distribution::Distribution(std::span<const double> values, std::span<const double> weights) {
  if (values.empty()) throw Error(ErrorKind::data, "a distribution needs at least one value");
  if (values.size() != weights.size()) {
    throw Error(ErrorKind::data, fmt::format("a distribution of {} values was given {} weights",
                                             values.size(), weights.size()));
  }
  std::map<double, double> weight_of;
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || !(weights[i] >= 0)) {
      throw Error(ErrorKind::data,
                  fmt::format("value {} with weight {} in a distribution", values[i], weights[i]));
    }
    weight_of[values[i]] += weights[i];
    total += weights[i];
  }
  if (!(total > 0)) throw Error(ErrorKind::data, "all weights of a distribution are 0");
  double sum = 0;
  for (const auto& [value, weight] : weight_of) {
    sum += weight;
    steps_.push_back({value, sum / total});
  }
  steps_.back().share = 1;
}

double Distribution::share_below(double x) const {
  const auto step = std::ranges::lower_bound(steps_, x, {}, &Step::value);
  return step == steps_.begin() ? 0 : std::prev(step)->share;
}

double Distribution::share_up_to(double x) const {
  const auto step = std::ranges::upper_bound(steps_, x, {}, &Step::value);
  return step == steps_.begin() ? 0 : std::prev(step)->share;
}

double Distribution::mean() const {
  double sum = 0;
  double before = 0;
  for (const Step& step : steps_) {
    sum += step.value * (step.share - before);
    before = step.share;
  }
  return sum;
}

double Distribution::quantile(double p) const {
  const auto step = std::ranges::lower_bound(steps_, p - rounding, {}, &Step::share);
  return step == steps_.end() ? maximum() : step->value;
}

std::vector<double> complexity_weights(std::span<const double> complexities,
                                       const ComplexityBins& bins) {
  check_range(complexities, bins);
  std::vector<std::size_t> members(bins.count, 0);
  for (const double complexity : complexities) ++members[bin_of(complexity, bins)];
  if (const auto empty = std::ranges::find(members, 0U); empty != members.end()) {
    const auto nr = static_cast<double>(empty - members.begin());
    const double width = (bins.high - bins.low) / static_cast<double>(bins.count);
    throw Error(
        ErrorKind::data,
        fmt::format("no network has a complexity from {:g} to {:g}, which is bin {} of {}; "
                    "take fewer bins or more networks",
                    bins.low + nr * width, bins.low + (nr + 1) * width, nr + 1, bins.count));
  }
  std::vector<double> weights;
  for (const double complexity : complexities) {
    const auto in_bin = static_cast<double>(members[bin_of(complexity, bins)]);
    weights.push_back(1 / (in_bin * static_cast<double>(bins.count)));
  }
  return weights;
}

}  // namespace nas
