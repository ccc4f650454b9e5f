/// Views of parameters, taken one by one in the order in which they are written: the plain way,
/// which the engine's way of working them out is compared with.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/architecture/parameter_reference.hpp"

namespace nas::reference {

/// A view as one step of its chain, with what it read.
template <typename T>
struct ViewRecord {
  View view;
  std::vector<std::int64_t> shape;  ///< before the view
  std::vector<T> values;            ///< before the view
};

/// Gives the values of the stored tensor with this name, or its gradient.
template <typename T>
using Lookup = std::function<std::span<T>(const std::string& name)>;

/// One parameter: forward from the stored tensor, back into its gradient.
template <typename T>
class ViewChain {
 public:
  ViewChain() = default;
  /// Reads the stored tensor and the matrices.
  ViewChain(const ParameterReference& reference, const Lookup<T>& values);

  std::span<const T> values() const { return values_; }
  /// Adds to the gradients of the stored tensor and the matrices.
  void add_gradient(std::vector<T> gradient, const Lookup<T>& values,
                    const Lookup<T>& gradients) const;

 private:
  std::string name_;
  std::vector<ViewRecord<T>> records_;
  std::vector<T> values_;
};

extern template class ViewChain<float>;
extern template class ViewChain<double>;

}  // namespace nas::reference
