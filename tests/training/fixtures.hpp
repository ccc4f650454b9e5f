/// A small classification problem, and small networks for it.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "core/architecture/blocks.hpp"
#include "core/base/random.hpp"
#include "core/data/split.hpp"
#include "core/parameters/parameter_store.hpp"
#include "core/training/trainer.hpp"

namespace nas::test {

constexpr int classes = 4;
constexpr Shape image_shape{1, 8, 8};

/// Stripes of one direction and phase for each class, under noise.
inline Samples striped_images(std::size_t count, std::uint64_t seed = 1) {
  Random random(seed);
  auto dataset = std::make_shared<Dataset>();
  dataset->name = "stripes";
  dataset->classes = classes;
  dataset->train.shape = dataset->test.shape = image_shape;
  std::vector<std::uint8_t> values;
  for (std::size_t n = 0; n < count; ++n) {
    const auto label = static_cast<std::int32_t>(random.below(classes));
    dataset->train.labels.push_back(label);
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 8; ++x) {
        const int along = label < 2 ? y : x;
        const double stripe = (along + label) % 4 < 2 ? 170 : 80;
        values.push_back(
            static_cast<std::uint8_t>(std::clamp(stripe + 40 * random.normal(), 0.0, 255.0)));
      }
    }
  }
  dataset->train.values = std::move(values);
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0u);
  const Normalisation normalisation = measure_normalisation(dataset->train, indices);
  return {dataset, false, indices, normalisation};
}

/// Convolution, batch norm, an inverted bottleneck, classifier.
inline Architecture small_network() {
  Architecture net;
  NodeId x = net.add(input_op(image_shape), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 8, .kernel = 3}, {});
  x = add_inverted_bottleneck(net, x, "block", {.out_channels = 12, .expansion = 2, .stride = 2});
  add_classifier(net, x, classes);
  return net;
}

inline ParameterStore prepared(const Architecture& net, std::uint64_t seed = 1) {
  ParameterStore store;
  store.prepare(net, seed);
  return store;
}

/// Every value of every parameter, in the order of names.
inline std::vector<float> all_values(const ParameterStore& store) {
  std::vector<float> values;
  for (const auto& [name, parameter] : store.all()) {
    values.insert(values.end(), parameter->value.values().begin(), parameter->value.values().end());
  }
  return values;
}

}  // namespace nas::test
