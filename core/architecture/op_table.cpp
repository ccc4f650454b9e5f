#include "core/architecture/op_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "core/architecture/op_rules.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

constexpr bool integral = true;
constexpr bool real = false;
constexpr bool commutative = true;
constexpr bool ordered = false;
constexpr bool in_place = true;
constexpr bool own_memory = false;

constexpr double max_channels = 1 << 20;
constexpr double max_pixels = 1 << 16;  ///< along one side
constexpr double max_window = 1 << 10;  ///< kernel, stride, padding, dilation

/// An attribute without a default worth the name starts below its minimum: it must be set.
AttributeSpec required(std::string_view name, double maximum) {
  return {name, integral, 0, 1, maximum};
}

AttributeSpec flag(std::string_view name, bool value) {
  return {name, integral, value ? 1.0 : 0.0, 0, 1};
}

/// `name`_h and `name`_w.
std::array<AttributeSpec, 2> window(std::string_view vertical, std::string_view horizontal,
                                    double default_value, double minimum) {
  return {{{vertical, integral, default_value, minimum, max_window},
           {horizontal, integral, default_value, minimum, max_window}}};
}

std::vector<AttributeSpec> convolution_attributes() {
  const auto kernel = window("kernel_h", "kernel_w", 1, 1);
  const auto stride = window("stride_h", "stride_w", 1, 1);
  const auto padding = window("padding_h", "padding_w", 0, 0);
  const auto dilation = window("dilation_h", "dilation_w", 1, 1);
  return {required("out_channels", max_channels),
          kernel[0],
          kernel[1],
          stride[0],
          stride[1],
          padding[0],
          padding[1],
          dilation[0],
          dilation[1],
          {"groups", integral, 1, 1, max_channels},
          flag("bias", false)};
}

std::vector<AttributeSpec> pool_attributes() {
  const auto stride = window("stride_h", "stride_w", 1, 1);
  const auto padding = window("padding_h", "padding_w", 0, 0);
  return {required("kernel_h", max_window),
          required("kernel_w", max_window),
          stride[0],
          stride[1],
          padding[0],
          padding[1]};
}

/// 1: the mean is over the whole window; 0: over what of it lies in the image.
std::vector<AttributeSpec> average_pool_attributes() {
  std::vector<AttributeSpec> attributes = pool_attributes();
  attributes.push_back(flag("include_padding", false));
  return attributes;
}

/// Zeros at the bottom and on the right keep the size (NASNet); without, the output is smaller
/// (DARTS). `bottom` and `right` are rows and columns of zeros beyond that: with `top` and `left` 0
/// the image is padded to a larger one.
std::vector<AttributeSpec> shift_attributes() {
  return {{"top", integral, 0, 0, max_pixels},
          {"left", integral, 0, 0, max_pixels},
          flag("pad", true),
          {"bottom", integral, 0, 0, max_pixels},
          {"right", integral, 0, 0, max_pixels}};
}

/// `out_channels` 0: as many as the input has.
std::vector<AttributeSpec> zero_attributes() {
  const auto stride = window("stride_h", "stride_w", 1, 1);
  return {stride[0], stride[1], {"out_channels", integral, 0, 0, max_channels}};
}

/// The size of the output: a multiple of the input's, or, unless 0, `height` and `width`.
std::vector<AttributeSpec> upsample_attributes() {
  const auto factor = window("factor_h", "factor_w", 1, 1);
  return {factor[0],
          factor[1],
          {"height", integral, 0, 0, max_pixels},
          {"width", integral, 0, 0, max_pixels},
          flag("bilinear", false)};
}

/// That a value, or a sample, is dropped; the others are divided by 1 - p.
AttributeSpec probability(double default_value) { return {"p", real, default_value, 0, 1}; }

using ShapeRule = Shape (*)(const Op&, std::span<const Shape>);

/// Of one input, without parameters, the output in memory of its own.
OpRow unary(OpKind kind, std::string_view name, std::vector<AttributeSpec> attributes,
            ShapeRule shape) {
  return {kind,       name,  std::move(attributes), 1,      1, ordered,
          own_memory, shape, no_parameters,         no_macs};
}

/// A unary op that keeps the shape, and writes over its input where it may.
OpRow elementwise(OpKind kind, std::string_view name, std::vector<AttributeSpec> attributes = {}) {
  OpRow row = unary(kind, name, std::move(attributes), shape_of_elementwise);
  row.in_place = in_place;
  return row;
}

std::vector<OpRow> make_table() {
  return {
      {OpKind::input,
       "input",
       {required("channels", max_channels),
        {"height", integral, 1, 1, max_pixels},
        {"width", integral, 1, 1, max_pixels}},
       0,
       0,
       ordered,
       own_memory,
       shape_of_input,
       no_parameters,
       no_macs},
      {OpKind::convolution, "convolution", convolution_attributes(), 1, 1, ordered, own_memory,
       shape_of_convolution, parameters_of_convolution, macs_of_convolution},
      // PyTorch's defaults; momentum is the share of the new value.
      {OpKind::batch_norm,
       "batch_norm",
       {{"epsilon", real, 1e-5, 1e-12, 1}, {"momentum", real, 0.1, 0, 1}, flag("affine", true)},
       1,
       1,
       ordered,
       in_place,
       shape_of_elementwise,
       parameters_of_batch_norm,
       no_macs},
      elementwise(OpKind::relu, "relu"),
      elementwise(OpKind::relu6, "relu6"),
      elementwise(OpKind::leaky_relu, "leaky_relu", {{"slope", real, 0.01, 0, 1}}),
      elementwise(OpKind::elu, "elu", {{"alpha", real, 1, 0, 100}}),
      elementwise(OpKind::swish, "swish"),
      elementwise(OpKind::h_swish, "h_swish"),
      elementwise(OpKind::sigmoid, "sigmoid"),
      elementwise(OpKind::h_sigmoid, "h_sigmoid"),
      elementwise(OpKind::tanh, "tanh"),
      elementwise(OpKind::softplus, "softplus"),
      {OpKind::add,
       "add",
       {},
       2,
       any_number_of_inputs,
       commutative,
       in_place,
       shape_of_elementwise,
       no_parameters,
       no_macs},
      {OpKind::multiply,
       "multiply",
       {},
       2,
       2,
       commutative,
       in_place,
       shape_of_elementwise,
       no_parameters,
       no_macs},
      {OpKind::scale, "scale", {}, 2, 2, ordered, in_place, shape_of_scale, no_parameters, no_macs},
      {OpKind::concat,
       "concat",
       {},
       1,
       any_number_of_inputs,
       ordered,
       own_memory,
       shape_of_concat,
       no_parameters,
       no_macs},
      unary(OpKind::slice, "slice",
            {{"begin", integral, 0, 0, max_channels}, required("count", max_channels)},
            shape_of_slice),
      unary(OpKind::channel_shuffle, "channel_shuffle", {required("groups", max_channels)},
            shape_of_channel_shuffle),
      unary(OpKind::shift, "shift", shift_attributes(), shape_of_shift),
      unary(OpKind::zero, "zero", zero_attributes(), shape_of_zero),
      elementwise(OpKind::identity, "identity"),
      unary(OpKind::max_pool, "max_pool", pool_attributes(), shape_of_pool),
      unary(OpKind::average_pool, "average_pool", average_pool_attributes(), shape_of_pool),
      unary(OpKind::global_max_pool, "global_max_pool", {}, shape_of_global_pool),
      unary(OpKind::global_average_pool, "global_average_pool", {}, shape_of_global_pool),
      unary(OpKind::upsample, "upsample", upsample_attributes(), shape_of_upsample),
      elementwise(OpKind::dropout, "dropout", {probability(0.5)}),
      elementwise(OpKind::drop_path, "drop_path", {probability(0)}),
      {OpKind::linear,
       "linear",
       {required("out_features", max_channels), flag("bias", true)},
       1,
       1,
       ordered,
       own_memory,
       shape_of_linear,
       parameters_of_linear,
       macs_of_linear},
      // The sum of w * x over the inputs: w is the coefficient, or the softmax of all of them;
      // gated, over those inputs alone that the caller has opened.
      {OpKind::mix,
       "mix",
       {flag("softmax", false), flag("gated", false)},
       1,
       any_number_of_inputs,
       ordered,
       in_place,
       shape_of_mix,
       parameters_of_mix,
       no_macs},
  };
}

std::size_t attribute_index(const OpRow& row, std::string_view name, ErrorKind kind) {
  const auto& attributes = row.attributes;
  const auto found = std::ranges::find(attributes, name, &AttributeSpec::name);
  if (found != attributes.end()) return static_cast<std::size_t>(found - attributes.begin());
  std::vector<std::string> known;
  known.reserve(attributes.size());
  for (const AttributeSpec& attribute : attributes) known.emplace_back(attribute.name);
  throw Error(kind,
              fmt::format("'{}' has no attribute '{}'{}", row.name, name, suggestion(name, known)));
}

}  // namespace

Op::Op(OpKind kind) : kind_(kind) {
  values_.reserve(row().attributes.size());
  for (const AttributeSpec& attribute : row().attributes) {
    values_.push_back(attribute.default_value);
  }
}

const OpRow& Op::row() const { return op_row(kind_); }

Op& Op::set(std::string_view attribute, double value) {
  const std::size_t index = attribute_index(row(), attribute, ErrorKind::space);
  const AttributeSpec& spec = row().attributes[index];
  if (spec.integral && value != std::floor(value)) {
    throw Error(ErrorKind::space, fmt::format("attribute '{}' of '{}' is '{}' but must be whole",
                                              attribute, row().name, value));
  }
  // So written that NaN fails.
  if (!(value >= spec.minimum && value <= spec.maximum)) {
    throw Error(ErrorKind::space,
                fmt::format("attribute '{}' of '{}' is '{}' but must be between {} and {}",
                            attribute, row().name, value, spec.minimum, spec.maximum));
  }
  values_[index] = value;
  return *this;
}

std::int64_t Op::integer(std::string_view attribute) const {
  return static_cast<std::int64_t>(real(attribute));
}

double Op::real(std::string_view attribute) const {
  return values_[attribute_index(row(), attribute, ErrorKind::internal)];
}

std::string_view role_name(ParameterRole role) {
  switch (role) {
    case ParameterRole::weight:
      return "weight";
    case ParameterRole::bias:
      return "bias";
    case ParameterRole::scale:
      return "scale";
    case ParameterRole::shift:
      return "shift";
    case ParameterRole::transform:
      return "transform";
    case ParameterRole::coefficient:
      return "coefficient";
    case ParameterRole::running_mean:
      return "running_mean";
    case ParameterRole::running_variance:
      return "running_variance";
  }
  throw Error(ErrorKind::internal,
              fmt::format("no parameter role has the number {}", static_cast<int>(role)));
}

std::span<const OpRow> op_table() {
  static const std::vector<OpRow> table = make_table();
  return table;
}

const OpRow& op_row(OpKind kind) { return op_table()[static_cast<std::size_t>(kind)]; }

OpKind op_kind(std::string_view name) {
  const auto table = op_table();
  const auto found = std::ranges::find(table, name, &OpRow::name);
  if (found != table.end()) return found->kind;
  std::vector<std::string> known;
  for (const OpRow& row : table) known.emplace_back(row.name);
  throw Error(ErrorKind::space, fmt::format("unknown op '{}'{}", name, suggestion(name, known)));
}

}  // namespace nas
