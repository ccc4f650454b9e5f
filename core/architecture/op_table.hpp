/// The declarative table of operations: the one place that says what an op is.
///
/// A row gives an op's name, its attributes, how many inputs it takes, how its output shape follows
/// from theirs, which parameters it owns and what it costs. Shape inference, the cost model, the
/// JSON format, the hash and the compiler are generic over the table. A new op is a row here, a
/// kernel in core/engine/kernels, and a case in the gradient test.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture/shape.hpp"

namespace nas {

enum class OpKind : std::uint8_t {
  input,
  convolution,
  batch_norm,
  relu,
  relu6,
  leaky_relu,
  elu,
  swish,
  h_swish,
  sigmoid,
  h_sigmoid,
  tanh,
  softplus,
  add,
  multiply,         ///< element by element
  scale,            ///< x (C,H,W) times s (C,1,1): the last step of squeeze-and-excitation
  concat,           ///< along the channels
  slice,            ///< a range of the channels
  channel_shuffle,  ///< channels as a table of `groups` rows, read column by column (ShuffleNet)
  shift,            ///< without the first rows and columns; zeros may follow the last ones
  zero,             ///< zeros, whatever the input: DARTS' `none`
  identity,
  max_pool,
  average_pool,
  global_max_pool,
  global_average_pool,
  upsample,   ///< to another resolution, nearest or bilinear
  dropout,    ///< of single values; the identity in inference
  drop_path,  ///< of whole samples (FractalNet, NASNet); the identity in inference
  linear,
  mix,  ///< the sum of its inputs, each times a coefficient
};

struct AttributeSpec {
  std::string_view name;
  bool integral = true;
  double default_value = 0;
  double minimum = 0;
  double maximum = 0;
};

struct OpRow;

/// One operation with the values of its attributes.
class Op {
 public:
  /// Every attribute at its default.
  explicit Op(OpKind kind);

  OpKind kind() const { return kind_; }
  const OpRow& row() const;

  /// Returns *this. Throws Error(space) on an unknown attribute, a fraction where a whole number is
  /// needed, or a value out of range.
  Op& set(std::string_view attribute, double value);
  /// Throws Error(internal) on an unknown attribute.
  std::int64_t integer(std::string_view attribute) const;
  double real(std::string_view attribute) const;
  /// In the order of the row's attributes.
  const std::vector<double>& values() const { return values_; }

  friend bool operator==(const Op&, const Op&) = default;

 private:
  OpKind kind_;
  std::vector<double> values_;
};

enum class ParameterRole : std::uint8_t {
  weight,
  bias,
  scale,             ///< batch norm's gamma
  shift,             ///< batch norm's beta
  transform,         ///< the matrix of a TransformView
  coefficient,       ///< of a mix: what gradient-based search trains, apart from the weights
  running_mean,      ///< a statistic, not trained
  running_variance,  ///< likewise
};

/// "weight", "running_mean", ...: the enumerator's name.
std::string_view role_name(ParameterRole role);

/// True for what an optimiser may change.
constexpr bool is_trainable(ParameterRole role) { return role <= ParameterRole::coefficient; }

/// One tensor that an op owns. Convolution weights are (out, in / groups, height, width), linear
/// weights (out, in), coefficients (inputs), all others (channels).
struct ParameterSpec {
  std::string_view suffix;
  std::vector<std::int64_t> shape;
  ParameterRole role;
};

inline constexpr int any_number_of_inputs = 1 << 16;

struct OpRow {
  OpKind kind;
  std::string_view name;
  std::vector<AttributeSpec> attributes;
  int min_inputs;
  int max_inputs;  ///< any_number_of_inputs: no limit worth naming
  /// The order of the inputs does not matter.
  bool commutative;
  /// Output may take the place of its first input (of any, where commutative) in memory where that
  /// is not needed again.
  bool in_place;
  /// Throws Error(space), without the node's name, where the inputs do not fit.
  std::function<Shape(const Op&, std::span<const Shape>)> output_shape;
  std::function<std::vector<ParameterSpec>(const Op&, std::span<const Shape>)> parameters;
  /// Multiply-accumulates for one sample; those of convolutions and linear layers count, as in the
  /// literature.
  std::function<std::int64_t(const Op&, std::span<const Shape>, const Shape& output)> macs;
};

/// All rows, in the order of OpKind.
std::span<const OpRow> op_table();
const OpRow& op_row(OpKind kind);
/// Throws Error(space) with the nearest name.
OpKind op_kind(std::string_view name);

}  // namespace nas
