/// The shape, parameter and cost rules that rows of the op table refer to.
///
/// Shape rules throw Error(space) that says which input does not fit, its shape and what was
/// expected; `infer_shape` is what others call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/architecture/op_table.hpp"

namespace nas {

/// Bounds that keep every size and cost of a node far from overflow.
inline constexpr std::int64_t max_elements = std::int64_t{1} << 40;
inline constexpr std::int64_t max_macs = std::int64_t{1} << 48;

using InputShapes = std::span<const Shape>;

Shape shape_of_input(const Op& op, InputShapes inputs);
Shape shape_of_convolution(const Op& op, InputShapes inputs);
Shape shape_of_linear(const Op& op, InputShapes inputs);
/// Of ops whose inputs and output all have one shape.
Shape shape_of_elementwise(const Op& op, InputShapes inputs);
Shape shape_of_scale(const Op& op, InputShapes inputs);
/// Of ops whose inputs have one shape; softmax and gates exclude each other.
Shape shape_of_mix(const Op& op, InputShapes inputs);
Shape shape_of_concat(const Op& op, InputShapes inputs);
Shape shape_of_slice(const Op& op, InputShapes inputs);
Shape shape_of_channel_shuffle(const Op& op, InputShapes inputs);
Shape shape_of_shift(const Op& op, InputShapes inputs);
Shape shape_of_zero(const Op& op, InputShapes inputs);
Shape shape_of_pool(const Op& op, InputShapes inputs);
Shape shape_of_global_pool(const Op& op, InputShapes inputs);
Shape shape_of_upsample(const Op& op, InputShapes inputs);

std::vector<ParameterSpec> no_parameters(const Op& op, InputShapes inputs);
std::vector<ParameterSpec> parameters_of_convolution(const Op& op, InputShapes inputs);
std::vector<ParameterSpec> parameters_of_batch_norm(const Op& op, InputShapes inputs);
std::vector<ParameterSpec> parameters_of_linear(const Op& op, InputShapes inputs);
std::vector<ParameterSpec> parameters_of_mix(const Op& op, InputShapes inputs);

std::int64_t no_macs(const Op& op, InputShapes inputs, const Shape& output);
std::int64_t macs_of_convolution(const Op& op, InputShapes inputs, const Shape& output);
std::int64_t macs_of_linear(const Op& op, InputShapes inputs, const Shape& output);

/// The output's shape after every check there is: required attributes, number of inputs, shapes,
/// sizes. Throws Error(space), without the node's name.
Shape infer_shape(const Op& op, InputShapes inputs);

}  // namespace nas
