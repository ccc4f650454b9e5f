/// Copies of values, to come back to or to move along: the vectors of bilevel optimisation.
///
/// The unrolled step and the finite differences of DARTS (Liu et al. 2018, section 2.3):
///
///     const Snapshot before(store, is_weight);
///     add_gradients(shards.trained(), -rate);                 // w' = w - rate * gradient
///     ... the gradient of the validation loss at w' is in the store ...
///     const Snapshot direction(store, is_weight, Snapshot::What::gradient);
///     before.restore(store);
///     direction.add_to(store, 0.01 / direction.norm());       // w+
///     ...
///     before.restore(store);                                  // w again, to the last bit
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "core/parameters/parameter_store.hpp"

namespace nas {

/// Which parameters of a store are meant.
using ParameterFilter = std::function<bool(const Parameter&)>;

class Snapshot {
 public:
  enum class What { value, gradient, velocity };

  /// Copies a tensor of every parameter that `chosen` lets pass and that has one: statistics have
  /// no gradient, and what SGD has not stepped with momentum has no velocity.
  Snapshot(const ParameterStore& store, const ParameterFilter& chosen, What what = What::value);

  /// Writes the tensors back to where they are from, bit for bit. Here and in `add_to`,
  /// Error(space) is thrown where the store lacks a parameter or holds it with another size.
  void restore(ParameterStore& store) const;
  /// Adds `factor` times the snapshot, whatever tensors it is of, to the parameters' values.
  void add_to(ParameterStore& store, double factor) const;
  /// Over all that was copied together, summed in double and in the order of the names.
  double norm() const;

 private:
  What what_;
  std::map<std::string, Tensor> tensors_;
};

/// value += factor * gradient, of what was touched alone.
void add_gradients(std::span<const TouchedParameter> touched, double factor);

/// A store that holds copies of the chosen parameters: an overlay for programs
/// (ProgramSettings::overlay), such as one of running statistics.
ParameterStore copy_of(const ParameterStore& store, const ParameterFilter& chosen);

/// Lets running means and variances pass.
bool is_statistic(const Parameter& parameter);

}  // namespace nas
