#include "plugins/estimators/proxy/synflow.hpp"

#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/proxy/networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Of sums in double.
constexpr double exact = 1e-12;

}  // namespace

TEST_CASE("the flow through each layer of a 2-2-1 network is what comes out") {
  const Architecture net = two_two_one();
  ParameterStore store;
  store.prepare(net, 1);
  set_values(store, "first.weight", {1, -2, 3, 4});  // signs do not matter
  set_values(store, "second.weight", {-5, 6});
  const std::map<std::string, double> flow = proxy::synflow_by_layer(net, store);
  CHECK(flow.at("first.weight") == 57);
  CHECK(flow.at("second.weight") == 57);
  CHECK(proxy::log_synflow(net, store) == Approx(std::log(114.0)).epsilon(exact));
  // The weights, signs and zeros, are as they were.
  CHECK(store.at("first.weight").value.values()[1] == -2);
}

TEST_CASE("a weight of zero stays zero") {
  const Architecture net = two_two_one();
  ParameterStore store;
  store.prepare(net, 1);
  set_values(store, "first.weight", {0, 2, 3, 4});
  set_values(store, "second.weight", {5, 6});
  CHECK(proxy::synflow_by_layer(net, store).at("first.weight") == 52);
  CHECK(store.at("first.weight").value.values()[0] == 0);
}

TEST_CASE(
    "every cut through a network without biases has the same flow, batch norms being removed") {
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 5}), {}, "image");
  for (const char* name : {"first", "second", "third"}) {
    x = add_convolution_block(net, x, name, {.out_channels = 5, .kernel = 3}, {true, OpKind::relu});
  }
  x = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  net.mark_output(
      net.add(Op(OpKind::linear).set("out_features", 3).set("bias", 0), {x}, "classifier"));
  ParameterStore store;
  store.prepare(net, 3);
  for (const auto& [name, parameter] : store.all()) {
    // What a batch norm would have made of it.
    if (parameter->role == ParameterRole::scale) parameter->value.values()[0] = 1000;
  }
  const std::map<std::string, double> flow = proxy::synflow_by_layer(net, store);
  REQUIRE(flow.size() == 4);
  const double first = flow.begin()->second;
  CHECK(first > 0);
  for (const auto& [name, value] : flow) {
    CAPTURE(name);
    CHECK(std::abs(value - first) < exact * first);
  }
}

TEST_CASE("a flow that no float could hold has a logarithm") {
  Architecture net;
  NodeId x = net.add(input_op({1, 1, 1}), {}, "image");
  constexpr int depth = 50;
  for (int i = 0; i < depth; ++i) {
    x = net.add(Op(OpKind::linear).set("out_features", 1).set("bias", 0), {x},
                "layer" + std::to_string(i));
  }
  net.mark_output(x);
  ParameterStore store;
  store.prepare(net, 1);
  for (const auto& [name, parameter] : store.all()) parameter->value.values()[0] = 1e6F;
  CHECK(proxy::log_synflow(net, store) ==
        Approx(depth * std::log(1e6) + std::log(depth)).epsilon(1e-9));
}

TEST_CASE("where nothing flows the logarithm is minus infinity") {
  const Architecture net = two_two_one();
  ParameterStore store;
  store.prepare(net, 1);
  set_values(store, "second.weight", {0, 0});
  CHECK(proxy::log_synflow(net, store) == -HUGE_VAL);
}
