#include "plugins/strategies/bayesian/otmann.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "tests/search_spaces/make_space.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;

namespace {

constexpr std::array coefficients = {0.1, 0.25, 0.61, 1.5};

// Masses count to 1/1024, of 20 layers at most here, and costs to 2^-30.
constexpr double absolute = 20.0 / 1024;
constexpr double relative = 1e-8;

struct Dense {
  std::int64_t units;
  OpKind activation;
};

/// input, layers in a row, linear, output; with an edge from one layer past another if asked for.
Architecture perceptron(const std::vector<Dense>& layers, bool skip = false) {
  Architecture net;
  const NodeId input = net.add(input_op({1, 1, 1}), {});
  NodeId x = input;
  NodeId first = input;
  for (const Dense& layer : layers) {
    x = net.add(linear(layer.units), {x});
    x = net.add(Op(layer.activation), {x});
    if (first == input) first = x;
  }
  NodeId answer = net.add(linear(1), {x});
  if (skip) answer = net.add(Op(OpKind::add), {answer, net.add(linear(1), {first})});
  net.mark_output(answer);
  return net;
}

OtmannNetwork network_of(const Architecture& architecture) {
  const NetworkFamily family = family_of(architecture);
  return {layers_of(architecture, family), family};
}

struct Examples {
  Architecture a = perceptron({{16, OpKind::relu}, {16, OpKind::relu}});
  Architecture b = perceptron({{16, OpKind::relu}, {32, OpKind::relu}});
  Architecture c = perceptron({{16, OpKind::relu}, {16, OpKind::tanh}});
  Architecture d = perceptron({{16, OpKind::relu}, {16, OpKind::relu}}, true);
  Architecture e = perceptron({{16, OpKind::relu}, {16, OpKind::relu}, {16, OpKind::relu}});
};

std::vector<double> distances(const Architecture& a, const Architecture& b,
                              std::span<const double> nu = coefficients) {
  return otmann_distances(network_of(a), network_of(b), nu);
}

/// A graph of three to nine layers, each of which reads some of those before.
LayerGraph random_graph(Random& random) {
  constexpr std::array labels = {LayerLabel::convolution, LayerLabel::grouped_convolution,
                                 LayerLabel::max_pool, LayerLabel::average_pool,
                                 LayerLabel::fully_connected};
  LayerGraph graph = {{LayerLabel::input, 0, 100, {}}};
  const std::size_t inner = 3 + random.below(7);
  for (std::size_t i = 1; i <= inner; ++i) {
    Layer layer{labels[random.below(labels.size())],
                1.0 + 2 * static_cast<double>(random.below(4)),
                static_cast<double>(1 + random.below(4000)) / 4,
                {}};
    for (std::size_t parent = 0; parent < i; ++parent) {
      if (parent + 1 == i || random.chance(0.2)) layer.parents.push_back(parent);
    }
    graph.push_back(layer);
  }
  graph.push_back({LayerLabel::output, 0, 100, {inner}});
  return graph;
}

}  // namespace

TEST_CASE("layers have the masses of the published example") {
  const Examples examples;
  std::vector<double> masses;
  std::vector<LayerLabel> labels;
  for (const Layer& layer : layers_of(examples.a, NetworkFamily::perceptron)) {
    masses.push_back(layer.mass);
    labels.push_back(layer.label);
  }
  CHECK(masses == std::vector<double>{100, 16, 256, 100, 100});
  CHECK(labels == std::vector{LayerLabel::input, LayerLabel::relu, LayerLabel::relu,
                              LayerLabel::decision, LayerLabel::output});
}

TEST_CASE("distances between perceptrons are those of an independent implementation") {
  const Examples x;
  constexpr std::array nu = {0.1, 0.25, 1.5};
  const auto check = [&](const Architecture& a, const Architecture& b,
                         const std::vector<double>& golden) {
    const std::vector<double> got = distances(a, b, nu);
    for (std::size_t i = 0; i < nu.size(); ++i) {
      INFO("nu " << nu[i] << ": " << got[i] << " for " << golden[i]);
      CHECK(std::abs(got[i] - golden[i]) < 1e-6);  // the digits that are known
    }
  };
  check(x.a, x.b, {256, 256, 256});
  check(x.a, x.c, {91.6, 133, 478});
  check(x.a, x.d, {5.266667, 13.166667, 79});
  check(x.a, x.e, {275.066667, 303.666667, 542});
  check(x.b, x.e, {27.6, 69, 414});
  check(x.c, x.e, {366.666667, 436.666667, 1020});
  const double masses = network_of(x.a).mass() + network_of(x.b).mass();
  CHECK(std::abs(256 / masses - 0.182857) < 1e-6);
}

TEST_CASE("d is a pseudo-metric on 1,000 random graphs") {
  Random random(1);
  std::vector<OtmannNetwork> networks;
  for (int i = 0; i < 1000; ++i) {
    networks.emplace_back(random_graph(random), NetworkFamily::convolutional);
  }
  std::size_t different = 0;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const OtmannNetwork& a = networks[i];
    const OtmannNetwork& b = networks[(i + 1) % networks.size()];
    const OtmannNetwork& c = networks[(i + 7) % networks.size()];
    const auto self = otmann_distances(a, a, coefficients);
    const auto ab = otmann_distances(a, b, coefficients);
    const auto ba = otmann_distances(b, a, coefficients);
    const auto bc = otmann_distances(b, c, coefficients);
    const auto ac = otmann_distances(a, c, coefficients);
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
      REQUIRE(self[k] == 0);
      REQUIRE(std::abs(ab[k] - ba[k]) <= relative * ab[k]);
      REQUIRE(ac[k] <= (ab[k] + bc[k]) * (1 + relative));
      REQUIRE(ab[k] <= a.mass() + b.mass() + absolute);
      different += ab[k] > 0;
    }
  }
  CHECK(different == 4 * networks.size());
}

TEST_CASE("the distance grows with the structural coefficient") {
  Random random(2);
  for (int i = 0; i < 50; ++i) {
    const OtmannNetwork a(random_graph(random), NetworkFamily::convolutional);
    const OtmannNetwork b(random_graph(random), NetworkFamily::convolutional);
    const auto d = otmann_distances(a, b, coefficients);
    CHECK(std::ranges::is_sorted(d));
  }
}

TEST_CASE("convolutions differ by their kernels, and from grouped ones by a tenth more") {
  const auto graph = [](LayerLabel label, double kernel) {
    const LayerGraph layers = {{LayerLabel::input, 0, 100, {}},
                               {label, kernel, 1000, {0}},
                               {LayerLabel::output, 0, 100, {1}}};
    return OtmannNetwork(layers, NetworkFamily::convolutional);
  };
  constexpr std::array none = {0.0};
  const auto cost = [&](LayerLabel a, double kernel_a, LayerLabel b, double kernel_b) {
    return otmann_distances(graph(a, kernel_a), graph(b, kernel_b), none)[0] / 1000;
  };
  using enum LayerLabel;
  CHECK(std::abs(cost(convolution, 3, convolution, 5) - 0.2) < relative);
  CHECK(std::abs(cost(convolution, 3, convolution, 7) - 0.2828427) < 1e-7);
  CHECK(std::abs(cost(convolution, 3, grouped_convolution, 3) - 0.1) < relative);
  CHECK(std::abs(cost(convolution, 3, grouped_convolution, 5) - 0.28) < relative);
  CHECK(std::abs(cost(max_pool, 0, average_pool, 0) - 0.5) < relative);
  CHECK(std::abs(cost(max_pool, 0, convolution, 3) - 2) < relative);  // both stay unmatched
}

TEST_CASE("what a zero feeds alone is no layer") {
  Architecture net;
  const NodeId image = net.add(input_op({3, 8, 8}), {});
  const NodeId stem = net.add(convolution({.out_channels = 8, .kernel = 3}), {image});
  const NodeId zero = net.add(Op(OpKind::zero), {stem});
  const NodeId dead = net.add(convolution({.out_channels = 8, .kernel = 3}), {zero});
  const NodeId sum = net.add(Op(OpKind::add), {stem, dead});
  const NodeId pool = net.add(Op(OpKind::global_average_pool), {sum});
  net.mark_output(net.add(linear(10), {pool}));
  const LayerGraph layers = layers_of(net, NetworkFamily::convolutional);
  REQUIRE(layers.size() == 4);
  CHECK(layers[1].mass == 8);  // the input has one channel
  CHECK(layers[2].label == LayerLabel::decision);
  CHECK(layers[3].parents == std::vector<std::size_t>{2});
}

TEST_CASE("a network whose cell is all zeros is still compared") {
  Architecture net;
  const NodeId image = net.add(input_op({3, 8, 8}), {});
  const NodeId zero = net.add(Op(OpKind::zero), {image});
  const NodeId pool = net.add(Op(OpKind::global_average_pool), {zero});
  net.mark_output(net.add(linear(10), {pool}));
  const NetworkFamily family = NetworkFamily::convolutional;
  const OtmannNetwork nothing(layers_of(net, family), family);
  CHECK(otmann_distances(nothing, nothing, coefficients)[0] == 0);
  CHECK(nothing.mass() == 200);
}

TEST_CASE("networks of every kind of space are at a distance of 0 from themselves alone") {
  for (const std::string name : {"nasbot", "nasbench201", "mbconv", "darts"}) {
    INFO(name);
    const auto space = test::make_space(name);
    const auto points = test::sampled(*space, 3);
    for (const Genotype& a : points) {
      CHECK(distances(space->build(a), space->build(a))[0] == 0);
    }
    CHECK(distances(space->build(points[0]), space->build(points[1]))[0] > 0);
  }
}
