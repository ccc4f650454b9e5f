#include <string>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// The attributes along one axis, all with the same ending.
struct Axis {
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t padding;
  std::int64_t dilation;

  Axis(const Op& op, const std::string& ending)
      : kernel(op.integer("kernel_" + ending)),
        stride(op.integer("stride_" + ending)),
        padding(op.integer("padding_" + ending)),
        dilation(op.integer("dilation_" + ending)) {}

  /// The input position that kernel element `k` of output position `out` reads.
  std::int64_t source(std::int64_t out, std::int64_t k) const {
    return out * stride - padding + k * dilation;
  }
};

struct Geometry {
  std::int64_t batch;
  Shape input;
  Shape output;
  Axis vertical;
  Axis horizontal;
  std::int64_t group_inputs;   ///< input channels that one output channel reads
  std::int64_t group_outputs;  ///< output channels of one group
};

template <typename T>
Geometry geometry(const Forward<T>& node) {
  const std::int64_t groups = node.op.integer("groups");
  return {.batch = node.batch,
          .input = node.input_shapes[0],
          .output = node.output_shape,
          .vertical = Axis(node.op, "h"),
          .horizontal = Axis(node.op, "w"),
          .group_inputs = node.input_shapes[0].channels / groups,
          .group_outputs = node.output_shape.channels / groups};
}

/// Calls `visit(weight index, input index)` for what output (n, c, y, x) is a weighted sum of.
template <typename Visit>
void for_terms(const Geometry& g, std::int64_t n, std::int64_t c, std::int64_t y, std::int64_t x,
               Visit visit) {
  const std::int64_t first_input = n * g.input.channels + c / g.group_outputs * g.group_inputs;
  std::int64_t weight = c * g.group_inputs * g.vertical.kernel * g.horizontal.kernel;
  for (std::int64_t i = first_input; i < first_input + g.group_inputs; ++i) {
    for (std::int64_t kh = 0; kh < g.vertical.kernel; ++kh) {
      for (std::int64_t kw = 0; kw < g.horizontal.kernel; ++kw, ++weight) {
        const std::int64_t row = g.vertical.source(y, kh);
        const std::int64_t column = g.horizontal.source(x, kw);
        if (row < 0 || row >= g.input.height || column < 0 || column >= g.input.width) continue;
        visit(static_cast<std::size_t>(weight),
              static_cast<std::size_t>((i * g.input.height + row) * g.input.width + column));
      }
    }
  }
}

/// Calls `visit(n, c, y, x, output index)` for every output.
template <typename Visit>
void for_outputs(const Geometry& g, Visit visit) {
  std::size_t index = 0;
  for (std::int64_t n = 0; n < g.batch; ++n) {
    for (std::int64_t c = 0; c < g.output.channels; ++c) {
      for (std::int64_t y = 0; y < g.output.height; ++y) {
        for (std::int64_t x = 0; x < g.output.width; ++x) visit(n, c, y, x, index++);
      }
    }
  }
}

template <typename T>
void add_to(std::span<T> target, const std::vector<double>& values) {
  for (std::size_t i = 0; i < target.size(); ++i) target[i] += static_cast<T>(values[i]);
}

}  // namespace

template <typename T>
void convolution_forward(const Forward<T>& node) {
  const Geometry g = geometry(node);
  const auto input = node.inputs[0];
  const auto weight = node.parameters.at(ParameterRole::weight);
  const auto bias = node.parameters.find(ParameterRole::bias);
  for_outputs(g, [&](auto n, auto c, auto y, auto x, std::size_t output) {
    double sum = bias == node.parameters.end() ? 0.0 : bias->second[static_cast<std::size_t>(c)];
    for_terms(g, n, c, y, x, [&](std::size_t w, std::size_t i) {
      sum += static_cast<double>(weight[w]) * input[i];
    });
    node.output[output] = static_cast<T>(sum);
  });
}

template <typename T>
void convolution_backward(const Backward<T>& node) {
  const Geometry g = geometry(node.forward);
  const auto input = node.forward.inputs[0];
  const auto weight = node.forward.parameters.at(ParameterRole::weight);
  std::vector<double> input_gradient(input.size());
  std::vector<double> weight_gradient(weight.size());
  std::vector<double> bias_gradient(static_cast<std::size_t>(g.output.channels));
  for_outputs(g, [&](auto n, auto c, auto y, auto x, std::size_t output) {
    const double gradient = node.output_gradient[output];
    bias_gradient[static_cast<std::size_t>(c)] += gradient;
    for_terms(g, n, c, y, x, [&](std::size_t w, std::size_t i) {
      weight_gradient[w] += gradient * input[i];
      input_gradient[i] += gradient * weight[w];
    });
  });
  add_to(node.input_gradients[0], input_gradient);
  add_to(node.parameter_gradients.at(ParameterRole::weight), weight_gradient);
  const auto bias = node.parameter_gradients.find(ParameterRole::bias);
  if (bias != node.parameter_gradients.end()) add_to(bias->second, bias_gradient);
}

template void convolution_forward(const Forward<float>&);
template void convolution_forward(const Forward<double>&);
template void convolution_backward(const Backward<float>&);
template void convolution_backward(const Backward<double>&);

}  // namespace nas::reference
