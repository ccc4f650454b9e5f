#include "core/architecture/op_rules.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

template <typename... Arguments>
[[noreturn]] void reject(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw Error(ErrorKind::space, fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// The window of a convolution or pooling along one axis, all from attributes with the same ending.
struct Axis {
  std::int64_t kernel, stride, padding, dilation;

  Axis(const Op& op, char ending)
      : kernel(op.integer(std::string("kernel_") + ending)),
        stride(op.integer(std::string("stride_") + ending)),
        padding(op.integer(std::string("padding_") + ending)),
        dilation(op.kind() == OpKind::convolution ? op.integer(std::string("dilation_") + ending)
                                                  : 1) {}

  std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
  std::int64_t padded(std::int64_t size) const { return size + 2 * padding; }
  std::int64_t output(std::int64_t size) const { return (padded(size) - reach()) / stride + 1; }
};

std::int64_t product(std::span<const std::int64_t> factors) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(result, factor, &result)) {
      return std::numeric_limits<std::int64_t>::max();
    }
  }
  return result;
}

std::int64_t product(std::initializer_list<std::int64_t> factors) {
  return product(std::span(factors.begin(), factors.size()));
}

void check_reach(const Shape& in, const Axis& vertical, const Axis& horizontal) {
  if (vertical.reach() <= vertical.padded(in.height) &&
      horizontal.reach() <= horizontal.padded(in.width)) {
    return;
  }
  reject(
      "the kernel spans {}x{} pixels (dilation included), more than input 0 of shape {} has "
      "with its padding, {}x{}",
      vertical.reach(), horizontal.reach(), in.text(), vertical.padded(in.height),
      horizontal.padded(in.width));
}

/// Beyond that, windows could lie in the padding altogether. PyTorch has the same rule.
void check_pool_padding(const Axis& axis, char ending) {
  if (2 * axis.padding <= axis.kernel) return;
  reject("padding_{} '{}' is more than half of kernel_{} '{}'", ending, axis.padding, ending,
         axis.kernel);
}

void check_set(const Op& op) {
  const auto& attributes = op.row().attributes;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (op.values()[i] >= attributes[i].minimum) continue;
    reject("attribute '{}' must be set, to a value between {} and {}", attributes[i].name,
           attributes[i].minimum, attributes[i].maximum);
  }
}

void check_count(const OpRow& row, std::size_t count) {
  const auto low = static_cast<std::size_t>(row.min_inputs);
  const auto high = static_cast<std::size_t>(row.max_inputs);
  if (count >= low && count <= high) return;
  const std::string expected = low == high ? fmt::format("{}", low)
                               : row.max_inputs == any_number_of_inputs
                                   ? fmt::format("{} or more", low)
                                   : fmt::format("{} to {}", low, high);
  reject("'{}' takes {} input{}, not {}", row.name, expected, expected == "1" ? "" : "s", count);
}

void check_output_size(const Shape& shape) {
  if (product({shape.channels, shape.height, shape.width}) <= max_elements) return;
  reject("the output {} has more than {} elements", shape.text(), max_elements);
}

void check_work(const Op& op, InputShapes inputs, const Shape& output) {
  for (const ParameterSpec& parameter : op.row().parameters(op, inputs)) {
    if (product(parameter.shape) <= max_elements) continue;
    reject("the parameter '{}' has more than {} elements", parameter.suffix, max_elements);
  }
  if (op.row().macs(op, inputs, output) <= max_macs) return;
  reject("the op needs more than {} multiply-accumulates", max_macs);
}

}  // namespace

Shape shape_of_input(const Op& op, InputShapes) {
  return {op.integer("channels"), op.integer("height"), op.integer("width")};
}

Shape shape_of_convolution(const Op& op, InputShapes inputs) {
  const Shape& in = inputs[0];
  const std::int64_t out_channels = op.integer("out_channels");
  const std::int64_t groups = op.integer("groups");
  if (in.channels % groups != 0) {
    reject("input 0 of shape {} has {} channels, expected a multiple of groups '{}'", in.text(),
           in.channels, groups);
  }
  if (out_channels % groups != 0) {
    reject("out_channels '{}' is not a multiple of groups '{}'", out_channels, groups);
  }
  const Axis vertical(op, 'h'), horizontal(op, 'w');
  check_reach(in, vertical, horizontal);
  return {out_channels, vertical.output(in.height), horizontal.output(in.width)};
}

Shape shape_of_linear(const Op& op, InputShapes) { return {op.integer("out_features"), 1, 1}; }

Shape shape_of_elementwise(const Op&, InputShapes inputs) {
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i] == inputs[0]) continue;
    reject("input {} has shape {}, expected {} as of input 0", i, inputs[i].text(),
           inputs[0].text());
  }
  return inputs[0];
}

Shape shape_of_scale(const Op&, InputShapes inputs) {
  const Shape expected{inputs[0].channels, 1, 1};
  if (inputs[1] != expected) {
    reject("input 1, the scale, has shape {}, expected {} for input 0 of shape {}",
           inputs[1].text(), expected.text(), inputs[0].text());
  }
  return inputs[0];
}

Shape shape_of_concat(const Op&, InputShapes inputs) {
  Shape result = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].height != result.height || inputs[i].width != result.width) {
      reject("input {} has shape {}, expected {}x{} pixels as input 0 of shape {} has", i,
             inputs[i].text(), result.height, result.width, inputs[0].text());
    }
    result.channels += inputs[i].channels;
  }
  return result;
}

Shape shape_of_slice(const Op& op, InputShapes inputs) {
  const std::int64_t begin = op.integer("begin"), count = op.integer("count");
  if (begin + count > inputs[0].channels) {
    reject("channels '{}' to '{}' are not all in input 0 of shape {}, which has {}", begin,
           begin + count - 1, inputs[0].text(), inputs[0].channels);
  }
  return {count, inputs[0].height, inputs[0].width};
}

Shape shape_of_channel_shuffle(const Op& op, InputShapes inputs) {
  if (inputs[0].channels % op.integer("groups") != 0) {
    reject("input 0 of shape {} has {} channels, expected a multiple of groups '{}'",
           inputs[0].text(), inputs[0].channels, op.integer("groups"));
  }
  return inputs[0];
}

Shape shape_of_shift(const Op& op, InputShapes inputs) {
  const std::int64_t top = op.integer("top"), left = op.integer("left");
  if (top >= inputs[0].height || left >= inputs[0].width) {
    reject("a shift by {} rows and {} columns leaves nothing of input 0 of shape {}", top, left,
           inputs[0].text());
  }
  const bool pad = op.integer("pad") != 0;
  return {inputs[0].channels, inputs[0].height - (pad ? 0 : top) + op.integer("bottom"),
          inputs[0].width - (pad ? 0 : left) + op.integer("right")};
}

// As x[:, :, ::stride_h, ::stride_w] in PyTorch.
Shape shape_of_zero(const Op& op, InputShapes inputs) {
  const std::int64_t channels = op.integer("out_channels");
  return {channels == 0 ? inputs[0].channels : channels,
          (inputs[0].height - 1) / op.integer("stride_h") + 1,
          (inputs[0].width - 1) / op.integer("stride_w") + 1};
}

Shape shape_of_pool(const Op& op, InputShapes inputs) {
  const Axis vertical(op, 'h'), horizontal(op, 'w');
  check_pool_padding(vertical, 'h');
  check_pool_padding(horizontal, 'w');
  check_reach(inputs[0], vertical, horizontal);
  return {inputs[0].channels, vertical.output(inputs[0].height),
          horizontal.output(inputs[0].width)};
}

Shape shape_of_global_pool(const Op&, InputShapes inputs) { return {inputs[0].channels, 1, 1}; }

Shape shape_of_upsample(const Op& op, InputShapes inputs) {
  const std::int64_t height = op.integer("height"), width = op.integer("width");
  const std::int64_t factor_h = op.integer("factor_h"), factor_w = op.integer("factor_w");
  if ((height == 0) != (width == 0)) {
    reject("height '{}' and width '{}' must both be set, or neither", height, width);
  }
  if (height == 0) {
    return {inputs[0].channels, inputs[0].height * factor_h, inputs[0].width * factor_w};
  }
  if (factor_h != 1 || factor_w != 1) {
    reject("both the size {}x{} and the factors {}x{} are set; set one of the two", height, width,
           factor_h, factor_w);
  }
  return {inputs[0].channels, height, width};
}

Shape shape_of_mix(const Op& op, InputShapes inputs) {
  if (op.integer("softmax") != 0 && op.integer("gated") != 0) {
    reject("'gated' and 'softmax' are both 1; a gated mix takes its coefficients as they are");
  }
  return shape_of_elementwise(op, inputs);
}

std::vector<ParameterSpec> no_parameters(const Op&, InputShapes) { return {}; }

std::vector<ParameterSpec> parameters_of_convolution(const Op& op, InputShapes inputs) {
  const std::int64_t out = op.integer("out_channels");
  std::vector<ParameterSpec> result;
  result.push_back({"weight",
                    {out, inputs[0].channels / op.integer("groups"), op.integer("kernel_h"),
                     op.integer("kernel_w")},
                    ParameterRole::weight});
  if (op.integer("bias") != 0) result.push_back({"bias", {out}, ParameterRole::bias});
  return result;
}

std::vector<ParameterSpec> parameters_of_batch_norm(const Op& op, InputShapes inputs) {
  // Spaces draw many networks for one that is trained: not a list, which would be copied.
  const std::int64_t channels = inputs[0].channels;
  std::vector<ParameterSpec> result;
  result.reserve(4);
  if (op.integer("affine") != 0) {
    result.push_back({"scale", {channels}, ParameterRole::scale});
    result.push_back({"shift", {channels}, ParameterRole::shift});
  }
  result.push_back({"running_mean", {channels}, ParameterRole::running_mean});
  result.push_back({"running_variance", {channels}, ParameterRole::running_variance});
  return result;
}

std::vector<ParameterSpec> parameters_of_linear(const Op& op, InputShapes inputs) {
  const std::int64_t out = op.integer("out_features");
  std::vector<ParameterSpec> result{{"weight", {out, inputs[0].elements()}, ParameterRole::weight}};
  if (op.integer("bias") != 0) result.push_back({"bias", {out}, ParameterRole::bias});
  return result;
}

std::vector<ParameterSpec> parameters_of_mix(const Op&, InputShapes inputs) {
  return {{"coefficient", {static_cast<std::int64_t>(inputs.size())}, ParameterRole::coefficient}};
}

std::int64_t no_macs(const Op&, InputShapes, const Shape&) { return 0; }

std::int64_t macs_of_convolution(const Op& op, InputShapes inputs, const Shape& output) {
  return product({output.channels, output.height, output.width,
                  inputs[0].channels / op.integer("groups"), op.integer("kernel_h"),
                  op.integer("kernel_w")});
}

std::int64_t macs_of_linear(const Op&, InputShapes inputs, const Shape& output) {
  return product({inputs[0].elements(), output.channels});
}

Shape infer_shape(const Op& op, InputShapes inputs) {
  check_set(op);
  check_count(op.row(), inputs.size());
  const Shape output = op.row().output_shape(op, inputs);
  check_output_size(output);
  check_work(op, inputs, output);
  return output;
}

}  // namespace nas
