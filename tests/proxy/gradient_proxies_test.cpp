// Gradient proxies against the reference network in double.
#include "plugins/estimators/proxy/gradient_proxies.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/engine/reference_network.hpp"
#include "core/training/loss.hpp"
#include "tests/proxy/networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr std::int64_t samples = 6;
/// What is computed of floats, relative.
constexpr double of_floats = 1e-4;

struct Reference {
  ReferenceNetwork<double> network;

  Reference(const Architecture& net, const ParameterStore& store, const proxy::Batch& batch)
      : network(net, samples, Mode::training) {
    network.load(store);
    const std::vector<double> images(batch.images.begin(), batch.images.end());
    const std::vector<double> output = network.forward(images);
    std::vector<double> gradient(output.size());
    softmax_cross_entropy<double>(output, batch.labels, 3, 0, gradient, samples);
    network.backward(gradient);
  }
};

const std::vector<std::string> layer_names = {"stem.conv.weight", "a.conv.weight", "b.conv.weight",
                                              "classifier.weight"};

}  // namespace

TEST_CASE("grad_norm and snip are sums over the weights of layers, and of nothing else") {
  const Architecture net = branched_network();
  ParameterStore store;
  store.prepare(net, 1);
  const proxy::MeasureSettings settings = random_settings({2, 6, 5}, samples);
  proxy::GradientPass pass(net, store, settings.batch, {});
  pass.run();
  Reference reference(net, store, settings.batch);
  double norms = 0, saliencies = 0;
  std::size_t layers = 0;
  for (const auto& [name, parameter] : store.all()) {
    if (parameter->role != ParameterRole::weight) continue;
    ++layers;
    double squares = 0;
    const std::vector<double>& gradient = reference.network.gradient(name);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      squares += gradient[i] * gradient[i];
      saliencies += std::abs(gradient[i] * static_cast<double>(parameter->value.values()[i]));
    }
    norms += std::sqrt(squares);
  }
  REQUIRE(layers == layer_names.size());
  CHECK(pass.grad_norm() == Approx(norms).epsilon(of_floats));
  CHECK(pass.snip() == Approx(saliencies).epsilon(of_floats));
}

TEST_CASE(
    "grasp is minus the weights times the Hessian times the gradient, and leaves the weights") {
  // Cross-entropy of one layer, where everything is known: p = softmax(W x), g = (p - y) x'.
  Architecture net;
  const NodeId x = net.add(input_op({2, 1, 1}), {}, "image");
  net.mark_output(net.add(Op(OpKind::linear).set("out_features", 2).set("bias", 0), {x}, "layer"));
  ParameterStore store;
  store.prepare(net, 1);
  set_values(store, "layer.weight", {0.5F, -1, 2, 0.25F});
  const proxy::Batch batch{.images = {1, 3}, .labels = {0}};
  // With z = W x and d = z1 - z0: p1 = 1 / (1 + e^-d); |g|^2 / 2 = p1^2 |x|^2. Along the weights d
  // grows by itself: the derivative is 2 p1 * p1 (1 - p1) * d * |x|^2.
  const double d = (2 * 1 + 0.25 * 3) - (0.5 * 1 - 1 * 3);
  const double p = 1 / (1 + std::exp(-d));
  const double derivative = 2 * p * p * (1 - p) * d * 10;
  CHECK(proxy::grasp(net, store, batch) == Approx(-derivative).epsilon(1e-5));
  CHECK(store.at("layer.weight").value.values()[2] == 2);
}

TEST_CASE("a layer that the output does not depend on is worth nothing") {
  Architecture net;
  NodeId x = net.add(input_op({2, 1, 1}), {}, "image");
  x = net.add(Op(OpKind::linear).set("out_features", 2).set("bias", 0), {x}, "layer");
  x = net.add(Op(OpKind::zero), {x}, "zero");
  net.mark_output(net.add(Op(OpKind::linear).set("out_features", 3).set("bias", 0), {x}, "end"));
  ParameterStore store;
  store.prepare(net, 1);
  const proxy::Batch batch{.images = {1, 3, 2, -1}, .labels = {0, 2}};
  proxy::GradientPass pass(net, store, batch, {.activations = true});
  pass.run();
  CHECK(pass.grad_norm() == 0);
  CHECK(pass.snip() == 0);
}
