#include "core/parameters/parameter_store.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/architecture/stored_tensors.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

std::size_t element_count(std::span<const std::int64_t> shape) {
  return static_cast<std::size_t>(
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
}

void fill_identity(Parameter& matrix) {
  const auto side = static_cast<std::size_t>(matrix.shape[0]);
  for (std::size_t i = 0; i < side; ++i) matrix.value.data()[i * side + i] = 1.0F;
}

void initialize(Parameter& parameter, std::int64_t fan_in, std::uint64_t seed) {
  const std::span<float> values = parameter.value.values();
  switch (parameter.role) {
    case ParameterRole::weight:
    case ParameterRole::bias: {
      const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
      Random random(derive_seed(seed, parameter.name));
      for (float& value : values) value = static_cast<float>(random.uniform(-bound, bound));
      break;
    }
    case ParameterRole::scale:
    case ParameterRole::coefficient:
    case ParameterRole::running_variance:
      std::ranges::fill(values, 1.0F);
      break;
    case ParameterRole::shift:
    case ParameterRole::running_mean:
      std::ranges::fill(values, 0.0F);
      break;
    case ParameterRole::transform:
      fill_identity(parameter);
      break;
  }
}

void check_same(const Parameter& stored, const StoredTensor& tensor) {
  if (stored.shape != tensor.shape) {
    throw Error(
        ErrorKind::space,
        fmt::format("parameter '{}' is used with shape ({}), but the store holds it with "
                    "shape ({}); nodes that share a name must have equal parameters",
                    stored.name, fmt::join(tensor.shape, ", "), fmt::join(stored.shape, ", ")));
  }
  if (stored.role != tensor.role) {
    throw Error(ErrorKind::space,
                fmt::format("parameter '{}' is used as '{}', but the store holds it as '{}'; nodes "
                            "that share a name must be of the same kind",
                            stored.name, role_name(tensor.role), role_name(stored.role)));
  }
}

}  // namespace

void ParameterStore::prepare(const Architecture& architecture, std::uint64_t seed) {
  // All checks come first, so that a network that does not fit leaves the store as it was.
  const std::vector<StoredTensor> tensors = stored_tensors(architecture);
  for (const StoredTensor& tensor : tensors) {
    const auto stored = parameters_.find(tensor.name);
    if (stored != parameters_.end()) check_same(*stored->second, tensor);
  }
  for (const StoredTensor& tensor : tensors) {
    if (contains(tensor.name)) continue;
    initialize(create(tensor.name, tensor.shape, tensor.role), tensor.fan_in, seed);
  }
}

Parameter& ParameterStore::at(const std::string& name) {
  return const_cast<Parameter&>(std::as_const(*this).at(name));
}

const Parameter& ParameterStore::at(const std::string& name) const {
  const auto found = parameters_.find(name);
  if (found != parameters_.end()) return *found->second;
  std::vector<std::string> names;
  for (const auto& [known, parameter] : parameters_) names.push_back(known);
  const std::optional<std::string> nearest = nearest_name(name, names);
  throw Error(ErrorKind::space,
              fmt::format("the parameter store holds no '{}'{}; prepare it for the architecture",
                          name, nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : ""));
}

bool ParameterStore::contains(const std::string& name) const { return parameters_.contains(name); }

Parameter& ParameterStore::create(std::string name, std::vector<std::int64_t> shape,
                                  ParameterRole role) {
  if (contains(name)) {
    throw Error(ErrorKind::space,
                fmt::format("the parameter store already holds a '{}'; names are unique", name));
  }
  auto parameter = std::make_unique<Parameter>();
  const std::size_t size = element_count(shape);
  parameter->name = name;
  parameter->shape = std::move(shape);
  parameter->role = role;
  parameter->value = Tensor(size);
  if (is_trainable(role)) parameter->gradient = Tensor(size);
  return *parameters_.emplace(std::move(name), std::move(parameter)).first->second;
}

std::string parameter_name(const Architecture& architecture, NodeId node, std::string_view suffix) {
  return architecture.reference(node, suffix).name;
}

}  // namespace nas
