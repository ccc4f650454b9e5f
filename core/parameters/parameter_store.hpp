/// Named tensors: the weights of one network, or of every network of a space.
///
/// Architectures name their parameters; training several architectures that use the same names over
/// one store is weight sharing, also where each uses only a part of a tensor
/// (core/architecture/parameter_reference.hpp). A store is not thread-safe to change: prepare
/// parameters first, then read from anywhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/parameters/element_runs.hpp"
#include "core/parameters/tensor.hpp"

namespace nas {

/// The name of the velocity that momentum gives SGD, among an optimiser's tensors.
inline constexpr std::string_view sgd_velocity = "sgd.velocity";

/// What an optimiser keeps beside a parameter from one step to the next.
struct OptimizerState {
  /// By name (`sgd_velocity`), as long as the parameter and in its layout; created at first need.
  std::map<std::string, Tensor, std::less<>> tensors;
  std::int64_t steps = 0;  ///< that have changed the parameter
};

struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterRole role = ParameterRole::weight;
  Tensor value;     ///< plain row-major layout
  Tensor gradient;  ///< by element, of the last step that touched it; empty for statistics
  OptimizerState optimizer;

  std::size_t size() const { return value.size(); }
};

/// What a step has given a gradient: these elements of a parameter.
struct TouchedParameter {
  Parameter* parameter;
  std::span<const ElementRun> runs;
};

class ParameterStore {
 public:
  /// Creates, and initialises, what `architecture` names and the store lacks, at the full size of
  /// the stored tensors. The values of a parameter depend on `seed` and its name alone, not on the
  /// order of creation.
  ///
  /// Convolution and linear weights and biases: uniform in +-1/sqrt(fan_in), the default of
  /// PyTorch's layers (Kaiming uniform with a = sqrt(5)), with the fan-in of the stored tensor;
  /// batch norm: scale 1, shift 0; matrices of transforms: the identity; coefficients: 1 (a softmax
  /// over them is uniform).
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

/// Of the tensor that the parameter refers to: "<node name>.<suffix>" unless the architecture says
/// otherwise.
std::string parameter_name(const Architecture& architecture, NodeId node, std::string_view suffix);

}  // namespace nas
