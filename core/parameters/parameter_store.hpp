/// Named tensors: the weights of one network, or of every network of a space.
///
/// Architectures name their parameters; training several architectures that use the same names over
/// one store is weight sharing. A store is not thread-safe to change: prepare parameters first,
/// then read from anywhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/parameters/tensor.hpp"

namespace nas {

/// What an optimiser keeps beside a parameter from one step to the next.
struct OptimizerState {
  /// By name ("sgd.velocity"), as long as the parameter and in its layout; created at first need.
  std::map<std::string, Tensor, std::less<>> tensors;
  std::int64_t steps = 0;  ///< that have changed the parameter
};

struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterRole role = ParameterRole::weight;
  Tensor value;     ///< plain row-major layout
  Tensor gradient;  ///< of the last step; empty for statistics
  OptimizerState optimizer;

  std::size_t size() const { return value.size(); }
};

class ParameterStore {
 public:
  /// Creates, and initialises, what `architecture` names and the store lacks. The values of a
  /// parameter depend on `seed` and its name alone, not on the order of creation.
  ///
  /// Convolution and linear weights and biases: uniform in +-1/sqrt(fan_in), the default of
  /// PyTorch's layers (Kaiming uniform with a = sqrt(5)); batch norm: scale 1, shift 0.
  /// Throws Error(space) where a parameter of that name has another shape or role.
  void prepare(const Architecture& architecture, std::uint64_t seed);

  /// Throws Error(space) where it is missing.
  Parameter& at(const std::string& name);
  const Parameter& at(const std::string& name) const;
  bool contains(const std::string& name) const;
  /// In the order of names. Addresses stay valid for the life of the store.
  const std::map<std::string, std::unique_ptr<Parameter>>& all() const { return parameters_; }
  /// An empty parameter (values zero). Throws Error(space) where the name is taken.
  Parameter& create(std::string name, std::vector<std::int64_t> shape, ParameterRole role);

 private:
  std::map<std::string, std::unique_ptr<Parameter>> parameters_;
};

/// "weight", "running_mean", ...: the enumerator's name.
std::string_view role_name(ParameterRole role);

/// "<node name>.<suffix>".
std::string parameter_name(const Architecture& architecture, NodeId node, std::string_view suffix);

}  // namespace nas
