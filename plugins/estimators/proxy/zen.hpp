/// The Zen-score: how much a network at random weights reacts to small changes of its input.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/program.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::proxy {

/// Lin, Wang, Sun, Chen, Sun, Qian, Li, Jin 2021, "Zen-NAS", as in the released code. Weights of
/// layers are normal with mean 0 and deviation 1, biases 0, batch norms multiply by 1 and add 0.
/// One repeat is
///
///     log(mean over samples of the sum of |f(x + gamma * n) - f(x)|)
///         + sum over batch norms of log(sqrt(mean over channels of the running variance))
///
/// where f are the features before the last global pooling (`features`), x and n are normal, and
/// running variances begin at 1 and move with both forward passes, also from one repeat to the
/// next.
class Zen {
 public:
  struct Settings {
    std::int64_t batch = 16;
    std::int64_t repeats = 32;
    double gamma = 0.01;
  };
  /// `store` holds the network's parameters; it and the architecture must outlive this.
  Zen(const Architecture& architecture, ParameterStore& store, const Settings& settings);
  static std::size_t planned_bytes(const Architecture& architecture, std::int64_t batch);

  /// New weights, into the store.
  void draw_weights(std::uint64_t seed);
  /// N x C x H x W.
  std::vector<float> draw_images(std::uint64_t seed) const;
  /// With the weights that are there: the score of one repeat.
  double repeat(std::span<const float> x, std::span<const float> n);

  /// The mean over all repeats, all randomness from `seed`. Calls `check` before each; what that
  /// throws passes through.
  double score(
      std::uint64_t seed, const std::function<void()>& check = [] {});

 private:
  std::vector<float> features_of(std::span<const float> images);

  const Architecture& architecture_;
  ParameterStore& store_;
  const Settings settings_;
  Program program_;
  std::vector<std::vector<double>> variances_;  ///< running, by batch norm
};

}  // namespace nas::proxy
