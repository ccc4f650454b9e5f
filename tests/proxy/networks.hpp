/// Networks with known proxies.
#pragma once

#include <cstdint>
#include <vector>

#include "core/architecture/blocks.hpp"
#include "core/base/random.hpp"
#include "core/parameters/parameter_store.hpp"
#include "plugins/estimators/proxy/measure.hpp"

namespace nas::test {

/// Two inputs, two hidden units with ReLU, one output; no biases.
inline Architecture two_two_one() {
  Architecture net;
  NodeId x = net.add(input_op({2, 1, 1}), {}, "image");
  const auto add_linear = [&](double features, const char* name) {
    x = net.add(Op(OpKind::linear).set("out_features", features).set("bias", 0), {x}, name);
  };
  add_linear(2, "first");
  x = net.add(Op(OpKind::relu), {x}, "relu");
  add_linear(1, "second");
  net.mark_output(x);
  return net;
}

inline void set_values(ParameterStore& store, const std::string& name,
                       const std::vector<float>& values) {
  std::ranges::copy(values, store.at(name).value.values().begin());
}

/// Convolutions with batch norm and ReLU, with a branch and a sum; three classes.
inline Architecture branched_network() {
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 5}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 4, .kernel = 3}, {true, OpKind::relu});
  const NodeId a =
      add_convolution_block(net, x, "a", {.out_channels = 4, .kernel = 3}, {true, OpKind::relu});
  const NodeId b = add_convolution_block(net, x, "b", {.out_channels = 4}, {true, OpKind::relu});
  add_classifier(net, net.add(Op(OpKind::add), {a, b}, "sum"), 3);
  return net;
}

inline proxy::MeasureSettings random_settings(const Shape& shape, std::int64_t samples) {
  Random random(7);
  proxy::MeasureSettings settings;
  settings.batch.images.resize(static_cast<std::size_t>(samples * shape.elements()));
  for (float& value : settings.batch.images) value = static_cast<float>(random.normal());
  for (std::int64_t i = 0; i < samples; ++i) {
    settings.batch.labels.push_back(static_cast<std::int32_t>(i % 3));
  }
  settings.naswot_images = settings.batch.images;
  settings.zen = {.batch = 4, .repeats = 2};
  return settings;
}

}  // namespace nas::test
