#include "core/engine/optimizer.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/engine/optimizer_rules.hpp"
#include "tests/base/rejection.hpp"

using namespace nas;

namespace {

/// A few roundings of floats near 1.
constexpr double rounding = 1e-6;

Parameter& add(ParameterStore& store, const char* name, ParameterRole role, float value) {
  Parameter& parameter = store.create(name, {1}, role);
  parameter.value.data()[0] = value;
  return parameter;
}

void step(Parameter& parameter, float gradient, const OptimizerSettings& settings, double rate) {
  parameter.gradient.data()[0] = gradient;
  Parameter* const touched[] = {&parameter};
  optimizer_step(touched, settings, rate);
}

double value(const Parameter& parameter) { return static_cast<double>(parameter.value.data()[0]); }

}  // namespace

TEST_CASE("plain gradient descent") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  step(weight, 0.5F, SgdSettings{.momentum = 0}, 0.1);
  CHECK(value(weight) == Approx(0.95).margin(rounding));
  CHECK(weight.optimizer.tensors.empty());
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
  step(weight, 0.3F, SgdSettings{.momentum = 0, .weight_decay = 0.1}, 0.1);
  CHECK(value(weight) == Approx(1.95).margin(rounding));
}

TEST_CASE("the first step of Adam is the learning rate, whatever the gradient's size") {
  for (const float gradient : {1e-3F, 1.0F, -50.0F}) {
    ParameterStore store;
    Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
    step(weight, gradient, AdamSettings{}, 0.01);
    CHECK(value(weight) ==
          Approx(gradient > 0 ? 0.99 : 1.01).margin(1e-5));  // epsilon, 1e-8 / 1e-3
  }
}

TEST_CASE("Adam divides the corrected mean by the root of the corrected square") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  const AdamSettings settings{.beta1 = 0.5, .beta2 = 0.75, .epsilon = 0.1};
  step(weight, 2.0F, settings, 0.1);  // m = 2, s = 4: 2 / 2.1
  step(weight, 0.0F, settings, 0.1);  // m = 0.5 / 0.75, s = 0.75 / 0.4375
  const double second = (0.5 / 0.75) / (std::sqrt(0.75 / 0.4375) + 0.1);
  CHECK(value(weight) == Approx(1 - 0.1 * 2 / 2.1 - 0.1 * second).margin(rounding));
}

TEST_CASE("Adam's decay goes through the gradient, AdamW's beside it") {
  ParameterStore store;
  Parameter& coupled = add(store, "coupled", ParameterRole::weight, 2.0F);
  Parameter& decoupled = add(store, "decoupled", ParameterRole::weight, 2.0F);
  Parameter& bias = add(store, "bias", ParameterRole::bias, 2.0F);
  step(coupled, 0.0F, AdamSettings{.weight_decay = 0.5}, 0.1);
  step(decoupled, 0.0F, AdamSettings{.weight_decay = 0.5, .decoupled = true}, 0.1);
  step(bias, 0.0F, AdamSettings{.weight_decay = 0.5, .decoupled = true}, 0.1);
  CHECK(value(coupled) == Approx(1.9).margin(rounding));
  CHECK(value(decoupled) == Approx(1.9).margin(rounding));  // 2 * (1 - 0.1 * 0.5)
  CHECK(value(bias) == 2.0);
  step(coupled, 0.0F, AdamSettings{.weight_decay = 0.5}, 0.1);
  step(decoupled, 0.0F, AdamSettings{.weight_decay = 0.5, .decoupled = true}, 0.1);
  CHECK(value(coupled) == Approx(1.8).margin(1e-3));  // the gradient's size does not matter
  CHECK(value(decoupled) == Approx(1.805).margin(rounding));
}

TEST_CASE("Adam counts the steps of each parameter by itself") {
  ParameterStore store;
  Parameter& early = add(store, "early", ParameterRole::weight, 1.0F);
  Parameter& late = add(store, "late", ParameterRole::weight, 1.0F);
  for (int i = 0; i < 5; ++i) step(early, 1.0F, AdamSettings{}, 0.01);
  step(late, 1.0F, AdamSettings{}, 0.01);
  CHECK(early.optimizer.steps == 5);
  CHECK(value(late) == Approx(0.99).margin(rounding));
}

TEST_CASE("RMSProp divides the gradient by the root of its mean square") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  const RmsPropSettings settings{.alpha = 0.75, .epsilon = 0.5};
  step(weight, 2.0F, settings, 0.1);  // s = 1: 2 / 1.5
  CHECK(value(weight) == Approx(1 - 0.1 * 2 / 1.5).margin(rounding));
  CHECK(weight.optimizer.tensors.size() == 1);
}

TEST_CASE("RMSProp's velocity sums up its steps") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  const RmsPropSettings settings{.alpha = 0.75, .epsilon = 0.5, .momentum = 0.5};
  step(weight, 2.0F, settings, 0.1);  // v = 4 / 3
  step(weight, 0.0F, settings, 0.3);  // v = 2 / 3: the rate is not part of the velocity
  CHECK(value(weight) == Approx(1 - 0.1 * 4 / 3 - 0.3 * 2 / 3).margin(rounding));
}

TEST_CASE(
    "TensorFlow's RMSProp starts at 1, has epsilon in the root and the rate in the velocity") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  const RmsPropSettings settings{
      .alpha = 0.75, .epsilon = 0.5, .momentum = 0.5, .tensorflow = true};
  step(weight, 2.0F, settings, 0.1);  // s = 0.75 + 1, v = 0.2 / sqrt(2.25)
  step(weight, 0.0F, settings, 0.3);  // v is halved, whatever the rate
  const double first = 0.2 / 1.5;
  CHECK(value(weight) == Approx(1 - first - first / 2).margin(rounding));
}

TEST_CASE("centred RMSProp divides by the deviation") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  // s = 1, mean 0.5: the variance is 0.75.
  step(weight, 2.0F, RmsPropSettings{.alpha = 0.75, .epsilon = 0.5, .centered = true}, 0.1);
  CHECK(value(weight) == Approx(1 - 0.1 * 2 / (std::sqrt(0.75) + 0.5)).margin(rounding));
}

TEST_CASE("centred RMSProp stays finite where the variance is rounded to nothing") {
  ParameterStore store;
  Parameter& weight = add(store, "w", ParameterRole::weight, 1.0F);
  for (int i = 0; i < 200; ++i) {
    step(weight, 0.1F, RmsPropSettings{.alpha = 0.5, .epsilon = 1e-3, .centered = true}, 1e-4);
  }
  CHECK(std::isfinite(value(weight)));
}

TEST_CASE("a parameter that is updated range by range ends as one that is updated at once") {
  const std::vector<OptimizerSettings> all = {
      SgdSettings{.weight_decay = 0.1}, AdamSettings{.weight_decay = 0.1},
      RmsPropSettings{.momentum = 0.9, .centered = true, .weight_decay = 0.1}};
  for (const OptimizerSettings& settings : all) {
    const auto moved = [&](std::vector<std::size_t> lengths) {
      std::vector<float> values(7, 1.0F), gradient(7), state(21, 0.5F);
      for (std::size_t i = 0; i < 7; ++i) gradient[i] = 0.1F * static_cast<float>(i + 1);
      std::size_t first = 0;
      for (const std::size_t length : lengths) {
        const auto part = [&](std::vector<float>& all_of, std::size_t from) {
          return std::span(all_of).subspan(from + first, length);
        };
        std::visit(
            [&](const auto& rule) {
              engine::update(rule, {.learning_rate = 0.1, .decays = true, .step = 3},
                             {part(values, 0),
                              part(gradient, 0),
                              {part(state, 0), part(state, 7), part(state, 14)}});
            },
            settings);
        first += length;
      }
      values.insert(values.end(), state.begin(), state.end());
      return values;
    };
    CHECK(moved({7}) == moved({2, 1, 4}));
    CHECK(moved({7})[0] != 1.0F);
  }
}

TEST_CASE("gradients are scaled to the norm that they have together") {
  ParameterStore store;
  Parameter& a = add(store, "a", ParameterRole::weight, 1.0F);
  Parameter& b = add(store, "b", ParameterRole::bias, 1.0F);
  Parameter* const touched[] = {&a, &b};
  a.gradient.data()[0] = 3.0F;
  b.gradient.data()[0] = -4.0F;
  CHECK(clip_gradients(touched, 6) == 5);  // below: nothing changes
  CHECK(a.gradient.data()[0] == 3.0F);
  CHECK(clip_gradients(touched, 1) == 5);
  CHECK(a.gradient.data()[0] == Approx(0.6).margin(rounding));
  CHECK(b.gradient.data()[0] == Approx(-0.8).margin(rounding));
}

TEST_CASE("gradients of zero are clipped to zero") {
  ParameterStore store;
  Parameter& a = add(store, "a", ParameterRole::weight, 1.0F);
  Parameter* const touched[] = {&a};
  CHECK(clip_gradients(touched, 1e-9) == 0);
  CHECK(a.gradient.data()[0] == 0.0F);
}

TEST_CASE("optimisers refuse settings out of range, with the value") {
  const auto refused = [](const OptimizerSettings& settings, const std::string& optimizer,
                          const std::string& setting, const std::string& value) {
    CHECK_THROWS_MATCHES(
        check_optimizer(settings), Error,
        Catch::Predicate<Error>([](const Error& e) { return e.kind() == ErrorKind::config; }));
    CHECK_THROWS_WITH(check_optimizer(settings), Catch::Contains("'" + optimizer + "'") &&
                                                     Catch::Contains(setting) &&
                                                     Catch::Contains("'" + value + "'"));
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  refused(SgdSettings{.momentum = 1}, "sgd", "momentum", "1");
  refused(SgdSettings{.momentum = -0.5}, "sgd", "momentum", "-0.5");
  refused(SgdSettings{.weight_decay = -1}, "sgd", "weight decay", "-1");
  refused(AdamSettings{.beta1 = 1}, "adam", "beta1", "1");
  refused(AdamSettings{.beta2 = 2}, "adam", "beta2", "2");
  refused(AdamSettings{.epsilon = 0}, "adam", "epsilon", "0");
  refused(AdamSettings{.weight_decay = infinity}, "adam", "weight decay", "inf");
  refused(RmsPropSettings{.alpha = 1}, "rmsprop", "alpha", "1");
  refused(RmsPropSettings{.epsilon = -1}, "rmsprop", "epsilon", "-1");
  refused(RmsPropSettings{.momentum = std::nan("")}, "rmsprop", "momentum", "nan");
  refused(RmsPropSettings{.weight_decay = -2}, "rmsprop", "weight decay", "-2");
  CHECK_NOTHROW(check_optimizer(AdamSettings{}));
}

TEST_CASE("what is not touched keeps its value and its state") {
  const std::vector<OptimizerSettings> all = {
      SgdSettings{.weight_decay = 0.1}, AdamSettings{.weight_decay = 0.1},
      RmsPropSettings{.momentum = 0.9, .centered = true, .weight_decay = 0.1}};
  for (const OptimizerSettings& settings : all) {
    ParameterStore store;
    Parameter& touched = add(store, "touched", ParameterRole::weight, 1.0F);
    Parameter& other = add(store, "other", ParameterRole::weight, 1.0F);
    step(other, 0.5F, settings, 0.1);
    const auto state = [&] {
      std::vector<float> values = {other.value.data()[0]};
      for (const auto& [name, tensor] : other.optimizer.tensors) values.push_back(tensor.data()[0]);
      return values;
    };
    const std::vector<float> before = state();
    CHECK(before.size() > 1);
    step(touched, 0.5F, settings, 0.1);
    CHECK(state() == before);
    CHECK(other.optimizer.steps == 1);
  }
}
