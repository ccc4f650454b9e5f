#include "plugins/estimators/proxy/zen.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/architecture/stored_tensors.hpp"
#include "core/base/random.hpp"
#include "plugins/estimators/proxy/networks.hpp"

namespace nas::proxy {
namespace {

ProgramSettings settings_of(const Architecture& architecture, std::int64_t batch) {
  return {.batch = batch,
          .mode = Mode::training,
          .taps = {architecture.name(features(architecture))},
          .backward = false};
}

}  // namespace

Zen::Zen(const Architecture& architecture, ParameterStore& store, const Settings& settings)
    : architecture_(architecture),
      store_(store),
      settings_(settings),
      program_(architecture, store, settings_of(architecture, settings.batch)) {
  for (const BatchStatistics& norm : program_.batch_statistics()) {
    variances_.emplace_back(norm.variance.size(), 1.0);
  }
}

std::size_t Zen::planned_bytes(const Architecture& architecture, std::int64_t batch) {
  return nas::planned_bytes(architecture, settings_of(architecture, batch));
}

void Zen::draw_weights(std::uint64_t seed) {
  for (const StoredTensor& tensor : stored_tensors(architecture_)) {
    const std::span<float> values = store_.at(tensor.name).value.values();
    switch (tensor.role) {
      case ParameterRole::weight: {
        Random random(derive_seed(seed, tensor.name));
        for (float& value : values) value = static_cast<float>(random.normal());
        break;
      }
      case ParameterRole::scale:
        std::ranges::fill(values, 1.0F);
        break;
      case ParameterRole::bias:
      case ParameterRole::shift:
        std::ranges::fill(values, 0.0F);
        break;
      case ParameterRole::transform:
      case ParameterRole::coefficient:
      case ParameterRole::running_mean:
      case ParameterRole::running_variance:
        break;
    }
  }
}

std::vector<float> Zen::draw_images(std::uint64_t seed) const {
  const Shape& shape = architecture_.shape(architecture_.input_nodes().front());
  Random random(seed);
  std::vector<float> images(static_cast<std::size_t>(settings_.batch * shape.elements()));
  for (float& value : images) value = static_cast<float>(random.normal());
  return images;
}

std::vector<float> Zen::features_of(std::span<const float> images) {
  std::ranges::copy(images, program_.input().begin());
  program_.forward();
  const auto norms = program_.batch_statistics();
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const auto count = static_cast<double>(norms[i].count);
    const double bessel = count > 1 ? count / (count - 1) : 1;
    for (std::size_t c = 0; c < variances_[i].size(); ++c) {
      variances_[i][c] += norms[i].momentum * (bessel * norms[i].variance[c] - variances_[i][c]);
    }
  }
  const auto values = program_.tap(0);
  return {values.begin(), values.end()};
}

double Zen::repeat(std::span<const float> x, std::span<const float> n) {
  std::vector<float> moved(x.begin(), x.end());
  const auto gamma = static_cast<float>(settings_.gamma);
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += gamma * n[i];
  const std::vector<float> before = features_of(x);
  const std::vector<float> after = features_of(moved);
  double difference = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    difference += std::abs(double{after[i]} - double{before[i]});
  }
  double score = std::log(difference / static_cast<double>(settings_.batch));
  for (const std::vector<double>& variance : variances_) {
    const double mean = std::accumulate(variance.begin(), variance.end(), 0.0) /
                        static_cast<double>(variance.size());
    score += std::log(std::sqrt(mean));
  }
  return score;
}

double Zen::score(std::uint64_t seed, const std::function<void()>& check) {
  double sum = 0;
  for (std::int64_t i = 0; i < settings_.repeats; ++i) {
    check();
    const auto index = static_cast<std::uint64_t>(i);
    draw_weights(derive_seed(seed, "weights", index));
    sum += repeat(draw_images(derive_seed(seed, "images", index)),
                  draw_images(derive_seed(seed, "noise", index)));
  }
  return sum / static_cast<double>(settings_.repeats);
}

}  // namespace nas::proxy
