#include "plugins/estimators/proxy/activation_codes.hpp"

#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/proxy/networks.hpp"

using namespace nas;
using namespace nas::test;
using proxy::ActivationCodes;

TEST_CASE("two samples that differ in one of four bits score log 7") {
  ActivationCodes codes(2);
  codes.add(std::vector<float>{1, 0, 2, 0, 1, 0, 0, 0});
  CHECK(codes.agreement(0, 0) == 4);
  CHECK(codes.agreement(0, 1) == 3);
  CHECK(codes.score() == Approx(std::log(7.0)).epsilon(1e-12));
}

TEST_CASE("samples with one code, and codes without bits, score minus infinity") {
  ActivationCodes codes(2);
  CHECK(codes.score() == -HUGE_VAL);
  codes.add(std::vector<float>{1, 0, 3, 0});
  CHECK(codes.score() == -HUGE_VAL);
}

TEST_CASE("codes are counted over all activations, however many units they have") {
  ActivationCodes codes(2);
  std::vector<float> values(2 * 100, 1.0F);
  values[3] = values[99] = 0;  // both of the first sample
  codes.add(values);
  codes.add(std::vector<float>{1, 0}, 2);
  CHECK(codes.agreement(0, 0) == 102);
  CHECK(codes.agreement(1, 0) == 98);
}

TEST_CASE("naswot counts each ReLU once, and one that reads the same once more") {
  Architecture net;
  NodeId x = net.add(input_op({4, 1, 1}), {}, "image");
  const NodeId a = net.add(Op(OpKind::relu), {x}, "a");
  const NodeId sigmoid = net.add(Op(OpKind::sigmoid), {a}, "sigmoid");  // has no code
  net.mark_output(net.add(Op(OpKind::linear).set("out_features", 2), {sigmoid}, "classifier"));
  const std::vector<float> images = {1, -1, 2, -3, 1, -1, -2, -3};
  ParameterStore store;
  store.prepare(net, 1);
  CHECK(proxy::naswot(net, store, images) == Approx(std::log(7.0)).epsilon(1e-12));

  Architecture twice;
  x = twice.add(input_op({4, 1, 1}), {}, "image");
  const NodeId first = twice.add(Op(OpKind::relu), {x}, "a");
  const NodeId second = twice.add(Op(OpKind::relu), {x}, "b");
  x = twice.add(Op(OpKind::add), {first, second}, "sum");
  twice.mark_output(twice.add(Op(OpKind::linear).set("out_features", 2), {x}, "classifier"));
  ParameterStore other;
  other.prepare(twice, 1);
  // K = 2 [[4, 3], [3, 4]].
  CHECK(proxy::naswot(twice, other, images) == Approx(std::log(28.0)).epsilon(1e-12));
}
