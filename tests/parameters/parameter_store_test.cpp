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

TEST_CASE("a tensor is created at its full size, whoever refers to it first") {
  // The weights of a layer of at most 16 channels, of which a network uses 4.
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 6}), {}, "image");
  x = net.add(convolution({.out_channels = 4, .kernel = 3, .bias = true}), {x}, "layer");
  net.refer(x, "weight",
            {"big.weight",
             {16, 2, 7, 7},
             {CentreView{3, 3}, TransformView{"matrix"}, RangeView{.count = 4}}});
  net.refer(x, "bias", {"big.bias", {16}, {RangeView{.count = 4}}});
  net.mark_output(x);
  ParameterStore store;
  store.prepare(net, 1);
  REQUIRE(store.at("big.weight").shape == std::vector<std::int64_t>{16, 2, 7, 7});
  REQUIRE(store.at("big.bias").shape == std::vector<std::int64_t>{16});
  REQUIRE(store.all().size() == 3);

  // Initial values are those of the whole layer.
  Architecture whole;
  x = whole.add(input_op({2, 7, 7}), {}, "image");
  whole.mark_output(
      whole.add(convolution({.out_channels = 16, .kernel = 7, .bias = true}), {x}, "big"));
  ParameterStore other;
  other.prepare(whole, 1);
  REQUIRE(values(store, "big.weight") == values(other, "big.weight"));
  REQUIRE(values(store, "big.bias") == values(other, "big.bias"));
}

TEST_CASE("matrices of transforms begin as the identity, coefficients at one") {
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 6}), {}, "image");
  x = net.add(convolution({.out_channels = 2, .kernel = 3}), {x}, "layer");
  net.refer(x, "weight", {"layer.weight", {2, 2, 3, 3}, {TransformView{"matrix"}}});
  net.mark_output(net.add(Op(OpKind::mix), {x, x}, "mix"));
  ParameterStore store;
  store.prepare(net, 1);
  REQUIRE(store.at("matrix").role == ParameterRole::transform);
  REQUIRE(store.at("matrix").shape == std::vector<std::int64_t>{9, 9});
  for (std::size_t i = 0; i < 81; ++i) {
    REQUIRE(values(store, "matrix")[i] == (i % 10 == 0 ? 1.0F : 0.0F));
  }
  REQUIRE(values(store, "mix.coefficient") == std::vector<float>{1, 1});
  REQUIRE(store.at("mix.coefficient").gradient.size() == 2);
}

TEST_CASE("one name with two shapes within a network is refused, and nothing created") {
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 6}), {}, "image");
  x = net.add(convolution({.out_channels = 2}), {x}, "a");
  x = net.add(convolution({.out_channels = 2}), {x}, "b");
  net.refer(x, "weight", {"a.weight", {4, 2, 1, 1}, {RangeView{.count = 2}}});
  net.mark_output(x);
  ParameterStore store;
  REQUIRE_THAT(rejection(ErrorKind::space, [&] { store.prepare(net, 1); }),
               Catch::Contains("'a.weight'"));
  REQUIRE(store.all().empty());
}
