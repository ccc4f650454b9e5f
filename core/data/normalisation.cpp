#include <algorithm>
#include <array>
#include <cmath>

#include "core/data/split.hpp"

namespace nas {
namespace {

struct Moments {
  double mean = 0;
  double variance = 0;  ///< of the population
};

/// From the number of times that each byte occurs: whole numbers, so that no order of counting
/// shows in the result.
Moments measure_channel(const std::vector<std::uint8_t>& values, std::size_t channel,
                        const Shape& shape, std::span<const std::uint32_t> indices) {
  std::array<std::uint64_t, 256> counts{};
  const auto pixels = static_cast<std::size_t>(shape.pixels());
  for (const std::uint32_t index : indices) {
    const std::size_t start = (index * static_cast<std::size_t>(shape.channels) + channel) * pixels;
    for (std::size_t i = 0; i < pixels; ++i) ++counts[values[start + i]];
  }
  std::uint64_t total = 0;
  for (std::size_t byte = 0; byte < counts.size(); ++byte) total += byte * counts[byte];
  const double number = static_cast<double>(indices.size() * pixels);
  Moments moments;
  moments.mean = static_cast<double>(total) / number;
  for (std::size_t byte = 0; byte < counts.size(); ++byte) {
    const double distance = static_cast<double>(byte) - moments.mean;
    moments.variance += static_cast<double>(counts[byte]) * distance * distance / number;
  }
  return moments;
}

/// Twice over the values, in the order of `indices`.
Moments measure_channel(const std::vector<float>& values, std::size_t channel, const Shape& shape,
                        std::span<const std::uint32_t> indices) {
  const auto pixels = static_cast<std::size_t>(shape.pixels());
  const double number = static_cast<double>(indices.size() * pixels);
  const auto average = [&](auto&& of_value) {
    double sum = 0;
    for (const std::uint32_t index : indices) {
      const std::size_t start =
          (index * static_cast<std::size_t>(shape.channels) + channel) * pixels;
      double image_sum = 0;
      for (std::size_t i = 0; i < pixels; ++i) {
        image_sum += of_value(static_cast<double>(values[start + i]));
      }
      sum += image_sum;
    }
    return sum / number;
  };
  Moments moments;
  moments.mean = average([](double value) { return value; });
  moments.variance =
      average([&](double value) { return (value - moments.mean) * (value - moments.mean); });
  return moments;
}

}  // namespace

Normalisation measure_normalisation(const LabelledImages& images,
                                    std::span<const std::uint32_t> indices) {
  // Sums of floats depend on their order: always that of the dataset, whatever the shuffling.
  std::vector<std::uint32_t> sorted(indices.begin(), indices.end());
  std::ranges::sort(sorted);
  Normalisation normalisation;
  const auto channels = static_cast<std::size_t>(images.shape.channels);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const Moments moments = std::visit(
        [&](const auto& values) { return measure_channel(values, channel, images.shape, sorted); },
        images.values);
    const auto deviation = static_cast<float>(std::sqrt(moments.variance));
    normalisation.mean.push_back(static_cast<float>(moments.mean));
    normalisation.deviation.push_back(deviation > 0 ? deviation : 1.0f);
  }
  return normalisation;
}

}  // namespace nas
