#include "core/parameters/snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// Null where the parameter has none.
Tensor* tensor_of(Parameter& parameter, Snapshot::What what) {
  switch (what) {
    case Snapshot::What::value:
      return &parameter.value;
    case Snapshot::What::gradient:
      return &parameter.gradient;
    case Snapshot::What::velocity: {
      const auto found = parameter.optimizer.tensors.find(sgd_velocity);
      return found == parameter.optimizer.tensors.end() ? nullptr : &found->second;
    }
  }
  throw Error(ErrorKind::internal,
              fmt::format("no tensor of a parameter has the number {}", static_cast<int>(what)));
}

Tensor copied(const Tensor& tensor) {
  Tensor copy(tensor.size());
  std::ranges::copy(tensor.values(), copy.data());
  return copy;
}

/// The tensor of the parameter with this name, which must be as large as its copy.
Tensor& destination(ParameterStore& store, const std::string& name, Snapshot::What what,
                    std::size_t size) {
  Tensor* const tensor = tensor_of(store.at(name), what);
  const std::size_t held = tensor == nullptr ? 0 : tensor->size();
  if (held == size) return *tensor;
  throw Error(ErrorKind::space,
              fmt::format("the snapshot has '{}' values for parameter '{}', which holds {}; it was "
                          "taken of another store",
                          size, name, held));
}

/// value += factor * step.
void add(float* value, const float* step, std::size_t count, float factor) {
  for (std::size_t i = 0; i < count; ++i) value[i] += factor * step[i];
}

}  // namespace

Snapshot::Snapshot(const ParameterStore& store, const ParameterFilter& chosen, What what)
    : what_(what) {
  for (const auto& [name, parameter] : store.all()) {
    const Tensor* const tensor = tensor_of(*parameter, what);
    if (tensor == nullptr || tensor->size() == 0 || !chosen(*parameter)) continue;
    tensors_.emplace(name, copied(*tensor));
  }
}

void Snapshot::restore(ParameterStore& store) const {
  for (const auto& [name, tensor] : tensors_) {
    std::ranges::copy(tensor.values(), destination(store, name, what_, tensor.size()).data());
  }
}

void Snapshot::add_to(ParameterStore& store, double factor) const {
  for (const auto& [name, tensor] : tensors_) {
    Tensor& value = destination(store, name, What::value, tensor.size());
    add(value.data(), tensor.data(), tensor.size(), static_cast<float>(factor));
  }
}

double Snapshot::norm() const {
  double sum = 0;
  for (const auto& [name, tensor] : tensors_) {
    for (const float value : tensor.values()) sum += static_cast<double>(value) * value;
  }
  return std::sqrt(sum);
}

void add_gradients(std::span<const TouchedParameter> touched, double factor) {
  for (const TouchedParameter& each : touched) {
    for (const ElementRun& run : each.runs) {
      add(each.parameter->value.data() + run.begin, each.parameter->gradient.data() + run.begin,
          run.count, static_cast<float>(factor));
    }
  }
}

ParameterStore copy_of(const ParameterStore& store, const ParameterFilter& chosen) {
  ParameterStore copy;
  for (const auto& [name, parameter] : store.all()) {
    if (!chosen(*parameter)) continue;
    Parameter& target = copy.create(name, parameter->shape, parameter->role);
    std::ranges::copy(parameter->value.values(), target.value.data());
  }
  return copy;
}

bool is_statistic(const Parameter& parameter) {
  return parameter.role == ParameterRole::running_mean ||
         parameter.role == ParameterRole::running_variance;
}

}  // namespace nas
