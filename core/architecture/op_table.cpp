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

OpRow activation(OpKind kind, std::string_view name) {
  return {kind, name, {}, 1, 1, ordered, in_place, shape_of_elementwise, no_parameters, no_macs};
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
       {{"epsilon", real, 1e-5, 1e-12, 1}, {"momentum", real, 0.1, 0, 1}},
       1,
       1,
       ordered,
       in_place,
       shape_of_elementwise,
       parameters_of_batch_norm,
       no_macs},
      activation(OpKind::relu, "relu"),
      activation(OpKind::relu6, "relu6"),
      activation(OpKind::swish, "swish"),
      activation(OpKind::h_swish, "h_swish"),
      activation(OpKind::sigmoid, "sigmoid"),
      activation(OpKind::h_sigmoid, "h_sigmoid"),
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
      {OpKind::scale, "scale", {}, 2, 2, ordered, in_place, shape_of_scale, no_parameters, no_macs},
      {OpKind::global_average_pool,
       "global_average_pool",
       {},
       1,
       1,
       ordered,
       own_memory,
       shape_of_global_average_pool,
       no_parameters,
       no_macs},
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
  };
}

std::size_t attribute_index(const OpRow& row, std::string_view name, ErrorKind kind) {
  const auto& attributes = row.attributes;
  const auto found = std::ranges::find(attributes, name, &AttributeSpec::name);
  if (found != attributes.end()) return static_cast<std::size_t>(found - attributes.begin());
  std::vector<std::string> known;
  for (const AttributeSpec& attribute : attributes) known.emplace_back(attribute.name);
  throw Error(kind,
              fmt::format("'{}' has no attribute '{}'{}", row.name, name, suggestion(name, known)));
}

}  // namespace

Op::Op(OpKind kind) : kind_(kind) {
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
