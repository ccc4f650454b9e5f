#include "core/engine/optimizer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/engine/optimizer_rules.hpp"

namespace nas {
namespace {

/// torch.nn.utils.clip_grad_norm_'s, which keeps a norm of 0 harmless.
constexpr double norm_epsilon = 1e-6;

void require(bool condition, std::string_view optimizer, std::string_view setting, double value,
             std::string_view allowed) {
  if (condition) return;
  throw Error(ErrorKind::config, fmt::format("optimiser '{}': {} '{}' must be {}", optimizer,
                                             setting, value, allowed));
}

void require_share(std::string_view optimizer, std::string_view setting, double value) {
  require(value >= 0 && value < 1, optimizer, setting, value, "in [0, 1)");
}

void require_decay(std::string_view optimizer, double value) {
  require(value >= 0 && std::isfinite(value), optimizer, "weight decay", value, "at least 0");
}

void require_epsilon(std::string_view optimizer, double value) {
  require(value > 0 && std::isfinite(value), optimizer, "epsilon", value, "above 0");
}

void check_rule(const SgdSettings& settings) {
  require_share("sgd", "momentum", settings.momentum);
  require_decay("sgd", settings.weight_decay);
}

void check_rule(const AdamSettings& settings) {
  require_share("adam", "beta1", settings.beta1);
  require_share("adam", "beta2", settings.beta2);
  require_epsilon("adam", settings.epsilon);
  require_decay("adam", settings.weight_decay);
}

void check_rule(const RmsPropSettings& settings) {
  require_share("rmsprop", "alpha", settings.alpha);
  require_share("rmsprop", "momentum", settings.momentum);
  require_epsilon("rmsprop", settings.epsilon);
  require_decay("rmsprop", settings.weight_decay);
}

/// Empty for a tensor that the rule does without.
std::span<float> state_values(Parameter& parameter, const engine::StateTensor& wanted) {
  if (wanted.name.empty()) return {};
  auto& tensors = parameter.optimizer.tensors;
  auto found = tensors.find(wanted.name);
  if (found == tensors.end()) {
    found = tensors.emplace(wanted.name, Tensor(parameter.size())).first;
    std::ranges::fill(found->second.values(), wanted.initial);
  }
  return found->second.values();
}

/// Whether weight decay pulls at it.
bool decays(ParameterRole role) {
  return role == ParameterRole::weight || role == ParameterRole::transform;
}

template <typename Rule>
void step(const TouchedParameter& touched, const Rule& rule, double learning_rate) {
  Parameter& parameter = *touched.parameter;
  std::array<std::span<float>, 3> state;
  std::ranges::transform(engine::state_of(rule), state.begin(),
                         [&](const auto& tensor) { return state_values(parameter, tensor); });
  const engine::UpdateStep step{.learning_rate = learning_rate,
                                .decays = decays(parameter.role),
                                .step = ++parameter.optimizer.steps};
  for (const ElementRun& run : touched.runs) {
    engine::UpdateRange range{parameter.value.values().subspan(run.begin, run.count),
                              parameter.gradient.values().subspan(run.begin, run.count), state};
    for (std::span<float>& values : range.state) {
      if (!values.empty()) values = values.subspan(run.begin, run.count);
    }
    engine::update(rule, step, range);
  }
}

double sum_of_squares(const TouchedParameter& touched) {
  double sum = 0;
  for (const ElementRun& run : touched.runs) {
    for (const float value : touched.parameter->gradient.values().subspan(run.begin, run.count)) {
      sum += static_cast<double>(value) * value;
    }
  }
  return sum;
}

/// Parameters as touched by a step, all of them.
class Whole {
 public:
  explicit Whole(std::span<Parameter* const> parameters) {
    runs_.reserve(parameters.size());
    for (Parameter* parameter : parameters) {
      runs_.push_back({0, parameter->size()});
      touched_.push_back({parameter, {&runs_.back(), 1}});
    }
  }
  std::span<const TouchedParameter> touched() const { return touched_; }

 private:
  ElementRuns runs_;
  std::vector<TouchedParameter> touched_;
};

}  // namespace

void check_optimizer(const OptimizerSettings& settings) {
  std::visit([](const auto& rule) { check_rule(rule); }, settings);
}

void optimizer_step(std::span<const TouchedParameter> touched, const OptimizerSettings& settings,
                    double learning_rate) {
  std::visit(
      [&](const auto& rule) {
        for (const TouchedParameter& each : touched) step(each, rule, learning_rate);
      },
      settings);
}

void optimizer_step(std::span<Parameter* const> touched, const OptimizerSettings& settings,
                    double learning_rate) {
  optimizer_step(Whole(touched).touched(), settings, learning_rate);
}

double clip_gradients(std::span<const TouchedParameter> touched, double max_norm) {
  double squares = 0;
  for (const TouchedParameter& each : touched) squares += sum_of_squares(each);
  const double norm = std::sqrt(squares);
  const double scale = max_norm / (norm + norm_epsilon);
  if (scale >= 1) return norm;
  for (const TouchedParameter& each : touched) {
    for (const ElementRun& run : each.runs) {
      for (float& value : each.parameter->gradient.values().subspan(run.begin, run.count)) {
        value *= static_cast<float>(scale);
      }
    }
  }
  return norm;
}

double clip_gradients(std::span<Parameter* const> touched, double max_norm) {
  return clip_gradients(Whole(touched).touched(), max_norm);
}

}  // namespace nas
