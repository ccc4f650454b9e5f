// Different subnets trained in turn over one store, against the same worked out by hand in double.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/stored_tensors.hpp"
#include "core/engine/gradient_sum.hpp"
#include "core/engine/optimizer.hpp"
#include "tests/engine/elastic_networks.hpp"
#include "tests/engine/program_checks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr std::int64_t batch = 3;
constexpr double learning_rate = 0.05;
constexpr SgdSettings sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0.1};

std::vector<float> images(std::uint64_t seed) {
  return random_values(static_cast<std::size_t>(batch * Subnet{}.image.elements()), seed);
}
std::vector<float> output_gradients(std::uint64_t seed) {
  std::vector<float> values = random_values(static_cast<std::size_t>(batch * 5), seed + 100);
  for (float& value : values) value /= batch;
  return values;
}

/// Values and velocities of every stored tensor; PyTorch's rule, element by element.
class ByHand {
 public:
  explicit ByHand(const ParameterStore& store) {
    for (const auto& [name, parameter] : store.all()) {
      values_[name].assign(parameter->value.values().begin(), parameter->value.values().end());
      velocities_[name].resize(values_[name].size());
    }
  }

  void step(const Subnet& subnet, std::uint64_t seed) {
    const Architecture net = elastic_network(subnet);
    ReferenceNetwork<double> network(net, batch, Mode::training);
    const std::vector<StoredTensor> tensors = stored_tensors(net);
    for (const StoredTensor& tensor : tensors)
      network.parameter(tensor.name) = values_[tensor.name];
    network.forward(widened(images(seed)));
    network.backward(widened(output_gradients(seed)));
    for (const StoredTensor& tensor : tensors) {
      if (!is_trainable(tensor.role)) continue;
      const bool decays =
          tensor.role == ParameterRole::weight || tensor.role == ParameterRole::transform;
      const std::vector<double>& gradient = network.gradient(tensor.name);
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        if (!uses(subnet, tensor.name, i)) continue;
        double& value = values_[tensor.name][i];
        double& velocity = velocities_[tensor.name][i];
        const double g = gradient[i] + (decays ? sgd.weight_decay * value : 0.0);
        velocity = sgd.momentum * velocity + g;
        value -= learning_rate * (g + sgd.momentum * velocity);
      }
    }
  }

  const std::vector<double>& values(const std::string& name) const { return values_.at(name); }

 private:
  std::map<std::string, std::vector<double>> values_;
  std::map<std::string, std::vector<double>> velocities_;
};

void step(Program& program, std::uint64_t seed) {
  std::ranges::copy(images(seed), program.input().begin());
  program.forward();
  std::ranges::copy(output_gradients(seed), program.output_gradient().begin());
  program.backward();
  GradientSum sum;
  sum.add(program.gradients());
  optimizer_step(sum.touched(), sgd, learning_rate);
}

std::map<std::string, std::vector<float>> all_values(const ParameterStore& store) {
  std::map<std::string, std::vector<float>> result;
  for (const auto& [name, parameter] : store.all()) {
    const auto values = parameter->value.values();
    result[name].assign(values.begin(), values.end());
  }
  return result;
}

}  // namespace

TEST_CASE("subnets stepped in turn over one store equal the same by hand in double") {
  const std::vector<Subnet> subnets = {{.width = 24, .kernel = 7},
                                       {.width = 11, .kernel = 3},
                                       {.width = 16, .kernel = 5},
                                       {.width = 24, .kernel = 3},
                                       {.width = 8, .kernel = 7}};
  ParameterStore store;
  std::vector<Program> programs;
  for (const Subnet& subnet : subnets) {
    store.prepare(elastic_network(subnet), 1);
    programs.emplace_back(elastic_network(subnet), store,
                          ProgramSettings{.batch = batch, .mode = Mode::training});
  }
  ByHand by_hand(store);
  // Every subnet after every other one or two.
  std::uint64_t seed = 0;
  for (const std::size_t turn : {0u, 1u, 2u, 0u, 3u, 4u, 1u, 4u, 2u, 0u}) {
    const auto before = all_values(store);
    ++seed;
    step(programs[turn], seed);
    by_hand.step(subnets[turn], seed);
    for (const auto& [name, values] : all_values(store)) {
      check_close("step " + std::to_string(seed) + ", " + name, values, by_hand.values(name));
      const bool in_network = turn == 1 || turn == 3 || !name.starts_with("dw.5to3");
      std::size_t moved = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (in_network && uses(subnets[turn], name, i)) continue;
        moved += values[i] != before.at(name)[i];
      }
      INFO(name);
      CHECK(moved == 0);
    }
  }
}

TEST_CASE("a store that trained a subnet is the same whoever came before it") {
  // The programs that are there, and the gradients that they have left behind, do not matter.
  const Subnet small{.width = 8, .kernel = 3};
  const auto trained = [&](bool with_others) {
    ParameterStore store;
    store.prepare(elastic_network(small), 1);
    Program largest(elastic_network({}), store, {.batch = batch, .mode = Mode::training});
    Program program(elastic_network(small), store, {.batch = batch, .mode = Mode::training});
    if (with_others) {
      results_of_a_step(largest);
      GradientSum sum;
      sum.add(largest.gradients());
    }
    step(program, 1);
    step(program, 2);
    return all_values(store);
  };
  CHECK(trained(true) == trained(false));
}

TEST_CASE("matrices of transforms decay as weights do, coefficients do not") {
  ParameterStore store;
  Parameter& matrix = store.create("matrix", {1, 1}, ParameterRole::transform);
  Parameter& coefficient = store.create("coefficient", {1}, ParameterRole::coefficient);
  Parameter* const touched[] = {&matrix, &coefficient};
  for (Parameter* each : touched) each->value.data()[0] = 2.0F;
  optimizer_step(touched, SgdSettings{.momentum = 0, .weight_decay = 0.1}, 0.5);
  CHECK(matrix.value.data()[0] == 1.9F);
  CHECK(coefficient.value.data()[0] == 2.0F);
}

TEST_CASE("a step leaves elements alone that it has not touched, state and decay included") {
  ParameterStore store;
  Parameter& weight = store.create("weight", {4}, ParameterRole::weight);
  std::ranges::fill(weight.value.values(), 1.0F);
  std::ranges::fill(weight.gradient.values(), 0.5F);
  const OptimizerSettings settings = GENERATE(
      OptimizerSettings(SgdSettings{.momentum = 0, .weight_decay = 0.1}),
      OptimizerSettings(SgdSettings{.weight_decay = 0.1}),
      OptimizerSettings(SgdSettings{.nesterov = false, .weight_decay = 0.1}),
      OptimizerSettings(AdamSettings{.weight_decay = 0.1}),
      OptimizerSettings(AdamSettings{.weight_decay = 0.1, .decoupled = true}),
      OptimizerSettings(RmsPropSettings{.momentum = 0.9, .centered = true, .weight_decay = 0.1}),
      OptimizerSettings(RmsPropSettings{.momentum = 0.9, .tensorflow = true}));
  Parameter* const whole[] = {&weight};
  optimizer_step(whole, settings, 0.1);
  const float before = weight.value.data()[0];
  const ElementRuns runs = {{1, 1}, {3, 1}};
  const TouchedParameter part[] = {{&weight, runs}};
  optimizer_step(part, settings, 0.1);
  CHECK(weight.optimizer.steps == 2);
  CHECK(weight.value.data()[0] == before);
  CHECK(weight.value.data()[2] == before);
  CHECK(weight.value.data()[1] < before);
  CHECK(weight.value.data()[1] == weight.value.data()[3]);
  for (const auto& [name, state] : weight.optimizer.tensors) {
    INFO(name);
    CHECK(state.data()[0] == state.data()[2]);
    CHECK(state.data()[0] != state.data()[1]);
    CHECK(state.data()[1] == state.data()[3]);
  }
}

TEST_CASE("clipping measures and scales what has been touched") {
  ParameterStore store;
  Parameter& weight = store.create("weight", {4}, ParameterRole::weight);
  const float gradient[] = {100, 3, 100, 4};
  std::ranges::copy(gradient, weight.gradient.data());
  const ElementRuns runs = {{1, 1}, {3, 1}};
  const TouchedParameter part[] = {{&weight, runs}};
  CHECK(clip_gradients(part, 1) == 5);
  CHECK(weight.gradient.data()[0] == 100);
  CHECK(weight.gradient.data()[2] == 100);
  CHECK(weight.gradient.data()[1] == Approx(0.6));
  CHECK(weight.gradient.data()[3] == Approx(0.8));
}
