#include <algorithm>
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

/// A row of outputs and the row of inputs that one element of a kernel multiplies for it: output
/// `x`, from `begin` to before `end`, reads input `x * stride + offset`. Padding is left out.
struct Row {
  std::size_t output;  ///< index of the row's first value in its plane
  std::size_t input;
  std::int64_t begin;
  std::int64_t end;
  std::int64_t stride;
  std::int64_t offset;
};

/// Calls `visit(x, input)` with every output of the row and the place in the input's row that it
/// reads. Most steps are by one, which the compiler then knows, and makes vectors of.
template <typename Visit>
void for_pixels(const Row& row, Visit visit) {
  if (row.stride == 1) {
    for (std::int64_t x = row.begin; x < row.end; ++x) visit(x, x + row.offset);
  } else {
    for (std::int64_t x = row.begin; x < row.end; ++x) visit(x, x * row.stride + row.offset);
  }
}

/// The first output whose source is not before the image.
std::int64_t first_inside(const Axis& axis, std::int64_t k) {
  const std::int64_t before = axis.padding - k * axis.dilation;
  return before <= 0 ? 0 : (before + axis.stride - 1) / axis.stride;
}
/// One past the last output whose source is not behind the image.
std::int64_t end_inside(const Axis& axis, std::int64_t k, std::int64_t inputs,
                        std::int64_t outputs) {
  const std::int64_t room = inputs - 1 + axis.padding - k * axis.dilation;
  return room < 0 ? 0 : std::min(outputs, room / axis.stride + 1);
}

/// Calls `visit(row)` for the rows of one element of a kernel.
template <typename Visit>
void for_rows(const Geometry& g, std::int64_t kh, std::int64_t kw, Visit visit) {
  const std::int64_t begin = first_inside(g.horizontal, kw);
  const std::int64_t end = end_inside(g.horizontal, kw, g.input.width, g.output.width);
  const std::int64_t last = end_inside(g.vertical, kh, g.input.height, g.output.height);
  for (std::int64_t y = first_inside(g.vertical, kh); y < last; ++y) {
    visit(Row{static_cast<std::size_t>(y * g.output.width),
              static_cast<std::size_t>(g.vertical.source(y, kh) * g.input.width), begin, end,
              g.horizontal.stride, g.horizontal.source(0, kw)});
  }
}

/// Calls `visit(n, c, output plane, input plane, weight, kh, kw)` for every pair of planes that a
/// kernel connects, and each of its elements.
template <typename Visit>
void for_weights(const Geometry& g, Visit visit) {
  const auto output_pixels = static_cast<std::size_t>(g.output.pixels());
  const auto input_pixels = static_cast<std::size_t>(g.input.pixels());
  for (std::int64_t n = 0; n < g.batch; ++n) {
    std::size_t weight = 0;
    for (std::int64_t c = 0; c < g.output.channels; ++c) {
      const auto output = static_cast<std::size_t>(n * g.output.channels + c) * output_pixels;
      const std::int64_t first = n * g.input.channels + c / g.group_outputs * g.group_inputs;
      for (std::int64_t i = first; i < first + g.group_inputs; ++i) {
        const auto input = static_cast<std::size_t>(i) * input_pixels;
        for (std::int64_t kh = 0; kh < g.vertical.kernel; ++kh) {
          for (std::int64_t kw = 0; kw < g.horizontal.kernel; ++kw) {
            visit(output, input, weight++, kh, kw);
          }
        }
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
  const auto pixels = static_cast<std::size_t>(g.output.pixels());
  const auto channels = static_cast<std::size_t>(g.output.channels);
  std::vector<double> sums(node.output.size());
  if (bias != node.parameters.end()) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = bias->second[i / pixels % channels];
  }
  for_weights(g, [&](std::size_t out, std::size_t in, std::size_t w, auto kh, auto kw) {
    const double factor = weight[w];
    for_rows(g, kh, kw, [&](const Row& row) {
      double* const sum = sums.data() + out + row.output;
      const T* const value = input.data() + in + row.input;
      for_pixels(row, [=](auto x, auto from) { sum[x] += factor * value[from]; });
    });
  });
  for (std::size_t i = 0; i < sums.size(); ++i) node.output[i] = static_cast<T>(sums[i]);
}

template <typename T>
void convolution_backward(const Backward<T>& node) {
  const Geometry g = geometry(node.forward);
  const auto input = node.forward.inputs[0];
  const auto weight = node.forward.parameters.at(ParameterRole::weight);
  const auto gradient = node.output_gradient;
  std::vector<double> input_gradient(input.size());
  std::vector<double> weight_gradient(weight.size());
  // By column of the output: one sum after the other would wait for each addition.
  std::vector<double> columns(static_cast<std::size_t>(g.output.width));
  for_weights(g, [&](std::size_t out, std::size_t in, std::size_t w, auto kh, auto kw) {
    const double factor = weight[w];
    std::ranges::fill(columns, 0.0);
    for_rows(g, kh, kw, [&](const Row& row) {
      const T* const slope = gradient.data() + out + row.output;
      const T* const value = input.data() + in + row.input;
      double* const sum = input_gradient.data() + in + row.input;
      double* const column = columns.data();
      for_pixels(row, [=](auto x, auto from) {
        column[x] += static_cast<double>(slope[x]) * value[from];
      });
      for_pixels(row, [=](auto x, auto from) { sum[from] += factor * slope[x]; });
    });
    for (const double column : columns) weight_gradient[w] += column;
  });
  add_to(node.input_gradients[0], input_gradient);
  add_to(node.parameter_gradients.at(ParameterRole::weight), weight_gradient);
  const auto bias = node.parameter_gradients.find(ParameterRole::bias);
  if (bias == node.parameter_gradients.end()) return;
  const auto pixels = static_cast<std::size_t>(g.output.pixels());
  std::vector<double> bias_gradient(static_cast<std::size_t>(g.output.channels));
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    bias_gradient[i / pixels % bias_gradient.size()] += gradient[i];
  }
  add_to(bias->second, bias_gradient);
}

template void convolution_forward(const Forward<float>&);
template void convolution_forward(const Forward<double>&);
template void convolution_backward(const Backward<float>&);
template void convolution_backward(const Backward<double>&);

}  // namespace nas::reference
