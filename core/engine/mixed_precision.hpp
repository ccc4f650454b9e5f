/// In which types a program keeps its activations and runs its primitives: the one place that
/// decides it.
#pragma once

#include "core/base/precision.hpp"
#include "core/engine/bfloat16.hpp"
#include "core/engine/dnnl.hpp"

namespace nas::engine {

class MixedPrecision {
 public:
  /// bf16 where there are no primitives of that type: activations are kept as they would be with
  /// them, primitives compute in float.
  explicit MixedPrecision(Precision precision);

  /// Of what convolutions and linear layers read and write, and of what follows from it.
  DataType activations() const { return activations_; }
  /// Whether primitives read and write activations as they are kept.
  bool is_direct() const { return activations_ == primitives_; }

  /// For a primitive's description: the layout is left to it.
  Desc any(const Dims& dims) const { return engine::any(dims, primitives_); }
  Desc plain(const Dims& dims) const { return engine::plain(dims, primitives_); }
  /// How what a primitive sees as `desc`, a description of the two above that was made definite, is
  /// kept. Weights that it cannot read directly are kept in the plain layout.
  Desc kept(const Desc& desc) const;
  /// How a primitive sees what is kept as `desc`.
  Desc seen(const Desc& desc) const;

 private:
  DataType activations_;
  DataType primitives_;
};

/// An activation or a vector of that layout, where kernels of our own know it, otherwise plain.
Desc in_type(const Desc& desc, DataType type);

inline ValueType value_type(const Desc& desc) {
  return data_type(desc) == DataType::bf16 ? ValueType::bfloat16 : ValueType::float32;
}

}  // namespace nas::engine
