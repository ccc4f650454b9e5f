#include "core/parameters/parameter_store.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "tests/base/rejection.hpp"

using namespace nas;

namespace {

Architecture network(std::int64_t width) {
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 6}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = width, .kernel = 3, .bias = true}, {});
  add_classifier(net, x, 10);
  return net;
}

std::vector<float> values(const ParameterStore& store, const std::string& name) {
  const auto all = store.at(name).value.values();
  return {all.begin(), all.end()};
}

}  // namespace

TEST_CASE("preparing a store creates what the architecture names") {
  ParameterStore store;
  store.prepare(network(8), 1);
  REQUIRE(store.at("stem.weight").shape == std::vector<std::int64_t>{8, 2, 3, 3});
  REQUIRE(store.at("stem.norm.scale").shape == std::vector<std::int64_t>{8});
  REQUIRE(store.contains("classifier.weight"));
  REQUIRE(values(store, "stem.norm.scale") == std::vector<float>(8, 1.0F));
  REQUIRE(values(store, "stem.norm.shift") == std::vector<float>(8, 0.0F));
  REQUIRE(values(store, "stem.norm.running_mean") == std::vector<float>(8, 0.0F));
  REQUIRE(values(store, "stem.norm.running_variance") == std::vector<float>(8, 1.0F));
}

TEST_CASE("weights and biases are uniform within one over the root of the fan-in") {
  ParameterStore store;
  store.prepare(network(64), 1);
  const float bound = 1 / std::sqrt(2.0F * 9);
  for (const std::string name : {"stem.weight", "stem.bias"}) {
    const auto all = values(store, name);
    REQUIRE(std::ranges::all_of(all, [&](float v) { return std::abs(v) <= bound; }));
    REQUIRE(std::ranges::max(all) > 0.9F * bound);
    REQUIRE(std::ranges::min(all) < -0.9F * bound);
  }
}

TEST_CASE("initial values depend on the seed and the name, not on the order of creation") {
  ParameterStore alone, together;
  alone.prepare(network(8), 1);
  Architecture other;
  NodeId x = other.add(input_op({2, 6, 6}), {}, "image");
  other.mark_output(other.add(convolution({.out_channels = 3}), {x}, "another"));
  together.prepare(other, 1);
  together.prepare(network(8), 1);
  REQUIRE(values(alone, "stem.weight") == values(together, "stem.weight"));
  ParameterStore reseeded;
  reseeded.prepare(network(8), 2);
  REQUIRE(values(alone, "stem.weight") != values(reseeded, "stem.weight"));
}

TEST_CASE("preparing again keeps trained values") {
  ParameterStore store;
  store.prepare(network(8), 1);
  store.at("stem.weight").value.data()[0] = 42;
  store.prepare(network(8), 1);
  REQUIRE(values(store, "stem.weight")[0] == 42);
}

TEST_CASE("one name with two shapes is refused") {
  ParameterStore store;
  store.prepare(network(8), 1);
  REQUIRE_THAT(rejection(ErrorKind::space, [&] { store.prepare(network(16), 1); }),
               Catch::Contains("stem.weight"));
}

TEST_CASE("a parameter that is not there, or there twice, is refused by name") {
  ParameterStore store;
  REQUIRE_THAT(rejection(ErrorKind::space, [&] { store.at("missing"); }),
               Catch::Contains("missing"));
  store.create("twice", {1}, ParameterRole::weight);
  REQUIRE_THAT(
      rejection(ErrorKind::space, [&] { store.create("twice", {1}, ParameterRole::weight); }),
      Catch::Contains("twice"));
}

TEST_CASE("one name with two roles is refused") {
  ParameterStore store;
  store.create("stem.bias", {8}, ParameterRole::shift);
  REQUIRE_THAT(rejection(ErrorKind::space, [&] { store.prepare(network(8), 1); }),
               Catch::Contains("'stem.bias' is used as 'bias'") && Catch::Contains("'shift'"));
}

TEST_CASE("a network that does not fit leaves the store as it was") {
  ParameterStore store;
  store.create("classifier.bias", {3}, ParameterRole::bias);
  rejection(ErrorKind::space, [&] { store.prepare(network(8), 1); });
  REQUIRE(store.all().size() == 1);
}

TEST_CASE("the nearest name is suggested for one that is not there") {
  ParameterStore store;
  store.prepare(network(8), 1);
  REQUIRE_THAT(rejection(ErrorKind::space, [&] { store.at("stem.wieght"); }),
               Catch::Contains("'stem.weight'"));
}

TEST_CASE("what is trained has a gradient, statistics have none") {
  ParameterStore store;
  store.prepare(network(8), 1);
  REQUIRE(store.at("stem.weight").gradient.size() == 8 * 2 * 3 * 3);
  REQUIRE(store.at("stem.norm.running_mean").gradient.size() == 0);
}
