#include "core/engine/optimizer.hpp"

#include <algorithm>
#include <cmath>

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

template <typename Rule>
void step(Parameter& parameter, const Rule& rule, double learning_rate) {
  engine::UpdateRange range{parameter.value.values(), parameter.gradient.values(), {}};
  std::ranges::transform(engine::state_of(rule), range.state.begin(),
                         [&](const auto& tensor) { return state_values(parameter, tensor); });
  engine::update(rule,
                 {.learning_rate = learning_rate,
                  .decays = parameter.role == ParameterRole::weight,
                  .step = ++parameter.optimizer.steps},
                 range);
}

double sum_of_squares(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return sum;
}

}  // namespace

void check_optimizer(const OptimizerSettings& settings) {
  std::visit([](const auto& rule) { check_rule(rule); }, settings);
}

void optimizer_step(std::span<Parameter* const> touched, const OptimizerSettings& settings,
                    double learning_rate) {
  std::visit(
      [&](const auto& rule) {
        for (Parameter* parameter : touched) step(*parameter, rule, learning_rate);
      },
      settings);
}

double clip_gradients(std::span<Parameter* const> touched, double max_norm) {
  double squares = 0;
  for (const Parameter* parameter : touched) {
    squares += sum_of_squares(parameter->gradient.values());
  }
  const double norm = std::sqrt(squares);
  const double scale = max_norm / (norm + norm_epsilon);
  if (scale >= 1) return norm;
  for (Parameter* parameter : touched) {
    for (float& value : parameter->gradient.values()) value *= static_cast<float>(scale);
  }
  return norm;
}

}  // namespace nas
