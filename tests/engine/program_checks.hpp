/// Compiled programs against the reference network in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/program.hpp"
#include "core/engine/reference_network.hpp"

namespace nas::test {

/// Relative to the largest value of a tensor. Sums over a few thousand floats in another order
/// differ by about 1e-5; the nets in these tests are up to 30 layers deep.
inline constexpr double tolerance = 2e-4;

inline std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

/// Batch norm at its initial values hides whether scale, shift and statistics are read at all.
inline ParameterStore random_store(const Architecture& net, std::uint64_t seed) {
  ParameterStore store;
  store.prepare(net, seed);
  for (const auto& [name, parameter] : store.all()) {
    if (parameter->role == ParameterRole::weight || parameter->role == ParameterRole::bias)
      continue;
    Random random(derive_seed(seed, name));
    for (float& value : parameter->value.values()) {
      value = static_cast<float>(parameter->role == ParameterRole::shift ||
                                         parameter->role == ParameterRole::running_mean
                                     ? random.uniform(-0.5, 0.5)
                                     : random.uniform(0.5, 1.5));
    }
  }
  return store;
}

/// `scale` is the size of the terms that the values are sums of: where they cancel, what rounding
/// leaves of them is measured by it.
template <typename Actual, typename Expected>
void check_close(const std::string& what, const Actual& actual, const Expected& expected,
                 double scale = 1) {
  INFO(what);
  REQUIRE(actual.size() == expected.size());
  double largest = 1e-3 * scale;
  double difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto wanted = static_cast<double>(expected[i]);
    largest = std::max(largest, std::abs(wanted));
    const double error = std::abs(static_cast<double>(actual[i]) - wanted);
    difference = std::isnan(error) ? HUGE_VAL : std::max(difference, error);
  }
  CHECK(difference <= tolerance * largest);
}

inline std::vector<double> widened(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

inline void check_inference(const Architecture& net, std::int64_t batch) {
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = batch, .mode = Mode::inference});
  ReferenceNetwork<double> reference(net, batch, Mode::inference);
  reference.load(store);
  const std::vector<float> image = random_values(program.input().size(), 2);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  check_close("output in inference mode", program.output(), reference.forward(widened(image)));
  CHECK(program.gradients().empty());
  CHECK(program.batch_statistics().empty());
}

inline std::string node_of(const std::string& parameter) {
  return parameter.substr(0, parameter.rfind('.'));
}

/// One step of a program and of a reference network that are set up alike.
inline void check_step(Program& program, ReferenceNetwork<double>& reference) {
  const std::vector<float> image = random_values(program.input().size(), 4);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  check_close("output in training mode", program.output(), reference.forward(widened(image)));
  for (const BatchStatistics& statistics : program.batch_statistics()) {
    const std::string node = node_of(statistics.running_mean->name);
    CHECK(node == node_of(statistics.running_variance->name));
    check_close("batch mean of " + node, statistics.mean, reference.batch_mean(node));
    check_close("batch variance of " + node, statistics.variance, reference.batch_variance(node));
  }

  const std::vector<float> gradient = random_values(program.output_gradient().size(), 5);
  std::ranges::copy(gradient, program.output_gradient().begin());
  program.backward();
  reference.backward(widened(gradient));
  double scale = 1;  // the largest gradient of all: the shift before another batch norm has none
  for (const ParameterGradient& computed : program.gradients()) {
    for (const double value : reference.gradient(computed.parameter->name)) {
      scale = std::max(scale, std::abs(value));
    }
  }
  for (const ParameterGradient& computed : program.gradients()) {
    const std::string& name = computed.parameter->name;
    check_close("gradient of " + name, computed.gradient, reference.gradient(name), scale);
  }
}

inline void check_training(const Architecture& net, std::int64_t batch) {
  ParameterStore store = random_store(net, 3);
  Program program(net, store, {.batch = batch, .mode = Mode::training});
  ReferenceNetwork<double> reference(net, batch, Mode::training);
  reference.load(store);
  check_step(program, reference);
  std::size_t trained = 0;
  for (const auto& [name, parameter] : store.all()) trained += is_trainable(parameter->role);
  CHECK(program.gradients().size() == trained);
}

inline void check_matches_reference(const Architecture& net) {
  for (const std::int64_t batch : {1, 5}) {
    INFO("batch " << batch);
    check_inference(net, batch);
    check_training(net, batch);
  }
}

/// All that a training step computes, bit for bit.
inline std::vector<float> results_of_a_step(Program& program) {
  std::ranges::copy(random_values(program.input().size(), 7), program.input().begin());
  program.forward();
  std::vector<float> results(program.output().begin(), program.output().end());
  std::ranges::copy(random_values(program.output_gradient().size(), 8),
                    program.output_gradient().begin());
  program.backward();
  for (const ParameterGradient& gradient : program.gradients()) {
    results.insert(results.end(), gradient.gradient.begin(), gradient.gradient.end());
  }
  return results;
}

}  // namespace nas::test
