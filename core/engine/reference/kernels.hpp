/// The plain kernel of every op: nested loops over N x C x H x W, forward and backward.
///
/// Sums are taken in double for both element types, so that a float result is exact but for its
/// last rounding. Instantiated for `float` and `double`.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "core/architecture/op_table.hpp"
#include "core/architecture/shape.hpp"
#include "core/engine/drop_mask.hpp"
#include "core/engine/program.hpp"

namespace nas::reference {

/// One node, ready to run. The output of an op that is `in_place` may be the storage of an input.
template <typename T>
struct Forward {
  const Op& op;
  std::string_view name;
  std::int64_t batch = 1;
  Mode mode = Mode::inference;
  engine::StepRandomness randomness;
  std::vector<Shape> input_shapes;
  Shape output_shape;
  std::vector<std::span<const T>> inputs;
  std::map<ParameterRole, std::span<const T>> parameters;
  std::span<T> output;
  /// What a batch norm measures in training mode: per channel, the variance biased.
  std::span<T> mean;
  std::span<T> variance;
  /// Which inputs of a mix are open; closed ones may have no values.
  std::vector<bool> open;
};

/// The same node on the way back. Gradients are added to what they already hold: an activation may
/// have several readers.
template <typename T>
struct Backward {
  const Forward<T>& forward;
  std::span<const T> output_gradient;
  std::vector<std::span<T>> input_gradients;
  std::map<ParameterRole, std::span<T>> parameter_gradients;
};

template <typename T>
struct Kernel {
  OpKind kind;
  void (*forward)(const Forward<T>&);
  void (*backward)(const Backward<T>&);
};

/// Of every op but `input`, which computes nothing.
template <typename T>
const Kernel<T>& kernel(OpKind kind);

}  // namespace nas::reference
