#include "core/engine/optimizer.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace nas;

namespace {

/// A few roundings of floats near 1.
constexpr double rounding = 1e-6;

Parameter& add(ParameterStore& store, const char* name, ParameterRole role, float value) {
  Parameter& parameter = store.create(name, {1}, role);
  parameter.value.data()[0] = value;
  return parameter;
}

void step(Parameter& parameter, float gradient, const SgdSettings& settings, double rate) {
  parameter.gradient.data()[0] = gradient;
  Parameter* const touched[] = {&parameter};
  sgd_step(touched, settings, rate);
}

double value(const Parameter& parameter) { return static_cast<double>(parameter.value.data()[0]); }

}  // namespace

TEST_CASE("plain gradient descent") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  step(weight, 0.5F, {.momentum = 0, .nesterov = false}, 0.1);
  CHECK(value(weight) == Approx(0.95).margin(rounding));
  CHECK(weight.momentum.size() == 0);
}

TEST_CASE("momentum is that of PyTorch: the first velocity is the gradient") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  const SgdSettings settings{.momentum = 0.9, .nesterov = false};
  step(weight, 0.5F, settings, 0.1);  // v = 0.5
  CHECK(value(weight) == Approx(0.95).margin(rounding));
  step(weight, -0.2F, settings, 0.1);  // v = 0.45 - 0.2 = 0.25
  CHECK(value(weight) == Approx(0.925).margin(rounding));
  step(weight, 0.0F, settings, 0.2);  // v = 0.225: the rate is not part of the velocity
  CHECK(value(weight) == Approx(0.88).margin(rounding));
}

TEST_CASE("Nesterov's step looks ahead") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  const SgdSettings settings{.momentum = 0.9, .nesterov = true};
  step(weight, 0.5F, settings, 0.1);  // v = 0.5, step 0.5 + 0.45
  CHECK(value(weight) == Approx(0.905).margin(rounding));
  step(weight, -0.2F, settings, 0.1);  // v = 0.25, step -0.2 + 0.225
  CHECK(value(weight) == Approx(0.9025).margin(rounding));
}

TEST_CASE("weight decay goes through the velocity, and applies to weights alone") {
  ParameterStore store;
  const SgdSettings settings{.momentum = 0.5, .nesterov = true, .weight_decay = 0.1};
  Parameter& weight = add(store, "w", ParameterRole::weight, 2.0F);
  step(weight, 0.3F, settings, 0.1);  // g = 0.3 + 0.2 = 0.5 = v, step 0.75
  CHECK(value(weight) == Approx(1.925).margin(rounding));
  for (const auto& [name, role] :
       {std::pair("bias", ParameterRole::bias), std::pair("scale", ParameterRole::scale),
        std::pair("shift", ParameterRole::shift)}) {
    Parameter& other = add(store, name, role, 2.0F);
    step(other, 0.3F, settings, 0.1);  // v = 0.3, step 0.45
    CHECK(value(other) == Approx(1.955).margin(rounding));
  }
}

TEST_CASE("weight decay without momentum") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 2.0F);
  step(weight, 0.3F, {.momentum = 0, .weight_decay = 0.1}, 0.1);
  CHECK(value(weight) == Approx(1.95).margin(rounding));
}

TEST_CASE("what is not touched keeps its value and its velocity") {
  ParameterStore store;
  const SgdSettings settings{.weight_decay = 0.1};
  Parameter& touched = add(store, "touched", ParameterRole::weight, 1.0F);
  Parameter& other = add(store, "other", ParameterRole::weight, 1.0F);
  step(other, 0.5F, settings, 0.1);
  const float before = other.value.data()[0];
  const float velocity = other.momentum.data()[0];
  step(touched, 0.5F, settings, 0.1);
  CHECK(other.value.data()[0] == before);
  CHECK(other.momentum.data()[0] == velocity);
}
