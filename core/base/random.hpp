/// Repeatable randomness.
///
/// Every stream of random numbers is seeded by `derive_seed` from the run's seed and a purpose, so
/// that no stream depends on how many numbers another has drawn. Distributions come from
/// Boost.Random: those of the standard library differ between implementations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <utility>

namespace nas {

/// A seed for one purpose: a function of its arguments alone (SplitMix64 over a hash of `purpose`).
std::uint64_t derive_seed(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

/// One stream of random numbers. Not safe for use from several threads at once.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Uniform in [0, bound); `bound` must be positive.
  std::size_t below(std::size_t bound);
  /// Uniform in [low, high).
  double uniform(double low = 0.0, double high = 1.0);
  /// Normal with mean 0 and standard deviation 1.
  double normal();
  /// True with the given probability.
  bool chance(double probability);

  /// Fisher-Yates.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace nas
