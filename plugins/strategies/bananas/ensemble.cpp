#include "plugins/strategies/bananas/ensemble.hpp"

#include <algorithm>
#include <cmath>

namespace nas {
namespace {

/// The lower one of two in the middle.
double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

void Ensemble::train(std::span<const Bits> examples, std::span<const double> targets) {
  centre_ = median({targets.begin(), targets.end()});
  std::vector<double> deviations;
  for (const double target : targets) deviations.push_back(std::abs(target - centre_));
  scale_ = median(deviations);
  if (scale_ <= 0) scale_ = mean(deviations);  // half of them are equal
  if (scale_ <= 0) scale_ = 1;                 // all are
  std::vector<float> scaled;
  for (const double target : targets) {
    scaled.push_back(static_cast<float>((target - centre_) / scale_));
  }
  members_.clear();
  for (std::size_t member = 0; member < settings_.members; ++member) {
    Random random(derive_seed(seed_, "member", trainings_ * settings_.members + member));
    members_.emplace_back(inputs_, random);
    members_.back().train(examples, scaled, settings_.training, random);
  }
  ++trainings_;
}

EnsemblePrediction Ensemble::predict(std::span<const Bits> examples) {
  std::vector<std::vector<double>> predictions;
  for (Predictor& member : members_) predictions.push_back(member.predict(examples));
  EnsemblePrediction result;
  const auto count = static_cast<double>(members_.size());
  for (std::size_t i = 0; i < examples.size(); ++i) {
    double sum = 0, squares = 0;
    for (const auto& values : predictions) sum += values[i];
    for (const auto& values : predictions) squares += std::pow(values[i] - sum / count, 2);
    result.mean.push_back(centre_ + scale_ * sum / count);
    result.deviation.push_back(scale_ * std::sqrt(squares / count));
  }
  return result;
}

}  // namespace nas
