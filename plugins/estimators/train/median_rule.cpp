#include "plugins/estimators/train/median_rule.hpp"

#include <algorithm>
#include <optional>

namespace nas::train_estimator {
namespace {

/// Nothing where there is no point so early.
std::optional<double> mean_until(const std::vector<CurvePoint>& curve, double epochs) {
  double sum = 0;
  double count = 0;
  for (const CurvePoint& point : curve) {
    if (point.epochs > epochs) continue;
    sum += point.value;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

/// The mean of the two in the middle where their number is even.
double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

bool stops(std::span<const CurvePoint> own, const Fidelity& fidelity,
           std::span<const LearningCurve> others, std::size_t least) {
  std::vector<double> means;
  for (const LearningCurve& other : others) {
    if (other.fidelity.data_share != fidelity.data_share ||
        other.fidelity.resolution != fidelity.resolution) {
      continue;
    }
    if (const auto mean = mean_until(other.points, own.back().epochs)) means.push_back(*mean);
  }
  if (means.empty() || means.size() < least) return false;
  return std::ranges::max(own, {}, &CurvePoint::value).value < median(std::move(means));
}

}  // namespace nas::train_estimator
