#include <algorithm>
#include <cmath>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// One input along one axis that an output reads, and its share.
struct Term {
  std::int64_t index;
  double weight;
};

/// What output `out` of `size_out` reads of `size_in` inputs. Pixels are squares, as in PyTorch
/// with align_corners=False; nearest takes the pixel that holds the upper left corner.
std::vector<Term> terms(const Op& op, std::int64_t out, std::int64_t size_out,
                        std::int64_t size_in) {
  if (op.integer("bilinear") == 0) return {{out * size_in / size_out, 1}};
  const double centre = (static_cast<double>(out) + 0.5) * static_cast<double>(size_in) /
                            static_cast<double>(size_out) -
                        0.5;
  const double position = std::max(centre, 0.0);
  const double first = std::floor(position);
  const auto index = static_cast<std::int64_t>(first);
  return {{index, 1 - (position - first)}, {std::min(index + 1, size_in - 1), position - first}};
}

/// Calls `visit(output index, input index, weight)` for everything that outputs are sums of.
template <typename T, typename Visit>
void for_terms(const Forward<T>& node, Visit visit) {
  const Shape& in = node.input_shapes[0];
  const Shape& out = node.output_shape;
  std::size_t output = 0;
  for (std::int64_t plane = 0; plane < node.batch * out.channels; ++plane) {
    for (std::int64_t y = 0; y < out.height; ++y) {
      for (std::int64_t x = 0; x < out.width; ++x, ++output) {
        for (const Term& row : terms(node.op, y, out.height, in.height)) {
          for (const Term& column : terms(node.op, x, out.width, in.width)) {
            const std::int64_t input = (plane * in.height + row.index) * in.width + column.index;
            visit(output, static_cast<std::size_t>(input), row.weight * column.weight);
          }
        }
      }
    }
  }
}

}  // namespace

template <typename T>
void upsample_forward(const Forward<T>& node) {
  std::vector<double> sums(node.output.size());
  for_terms(node, [&](std::size_t output, std::size_t input, double weight) {
    sums[output] += weight * node.inputs[0][input];
  });
  std::ranges::transform(sums, node.output.begin(), [](double sum) { return static_cast<T>(sum); });
}

template <typename T>
void upsample_backward(const Backward<T>& node) {
  std::vector<double> sums(node.input_gradients[0].size());
  for_terms(node.forward, [&](std::size_t output, std::size_t input, double weight) {
    sums[input] += weight * node.output_gradient[output];
  });
  for (std::size_t i = 0; i < sums.size(); ++i) {
    node.input_gradients[0][i] += static_cast<T>(sums[i]);
  }
}

template void upsample_forward(const Forward<float>&);
template void upsample_forward(const Forward<double>&);
template void upsample_backward(const Backward<float>&);
template void upsample_backward(const Backward<double>&);

}  // namespace nas::reference
