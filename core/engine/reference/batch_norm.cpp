#include <cmath>

#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

/// Calls `visit(i)` with the index of every value of one channel.
template <typename T, typename Visit>
void for_channel(const Forward<T>& node, std::size_t channel, Visit visit) {
  const auto channels = static_cast<std::size_t>(node.output_shape.channels);
  const auto pixels = static_cast<std::size_t>(node.output_shape.pixels());
  for (std::size_t n = 0; n < static_cast<std::size_t>(node.batch); ++n) {
    const std::size_t first = (n * channels + channel) * pixels;
    for (std::size_t i = first; i < first + pixels; ++i) visit(i);
  }
}

template <typename T>
double values_per_channel(const Forward<T>& node) {
  return static_cast<double>(node.batch * node.output_shape.pixels());
}

/// The trained factor and term of a channel: 1 and 0 where there are none.
template <typename T>
double scale_of(const Forward<T>& node, std::size_t channel) {
  const auto found = node.parameters.find(ParameterRole::scale);
  return found == node.parameters.end() ? 1.0 : found->second[channel];
}
template <typename T>
double shift_of(const Forward<T>& node, std::size_t channel) {
  const auto found = node.parameters.find(ParameterRole::shift);
  return found == node.parameters.end() ? 0.0 : found->second[channel];
}

template <typename T>
void measure(const Forward<T>& node, std::size_t channel) {
  const auto x = node.inputs[0];
  const double count = values_per_channel(node);
  double sum = 0;
  for_channel(node, channel, [&](std::size_t i) { sum += x[i]; });
  const double mean = sum / count;
  double squares = 0;
  for_channel(node, channel, [&](std::size_t i) { squares += (x[i] - mean) * (x[i] - mean); });
  node.mean[channel] = static_cast<T>(mean);
  node.variance[channel] = static_cast<T>(squares / count);
}

}  // namespace

template <typename T>
void batch_norm_forward(const Forward<T>& node) {
  const bool training = node.mode == Mode::training;
  for (std::size_t c = 0; c < static_cast<std::size_t>(node.output_shape.channels); ++c) {
    if (training) measure(node, c);
    const double mean =
        training ? node.mean[c] : node.parameters.at(ParameterRole::running_mean)[c];
    const double variance =
        training ? node.variance[c] : node.parameters.at(ParameterRole::running_variance)[c];
    const double factor = scale_of(node, c) / std::sqrt(variance + node.op.real("epsilon"));
    const double shift = shift_of(node, c);
    for_channel(node, c, [&](std::size_t i) {
      node.output[i] = static_cast<T>((node.inputs[0][i] - mean) * factor + shift);
    });
  }
}

// Ioffe, Szegedy: Batch Normalization (2015), section 3, with the chain rule through mean and
// variance gathered into two sums.
template <typename T>
void batch_norm_backward(const Backward<T>& node) {
  const auto& forward = node.forward;
  const auto x = forward.inputs[0];
  const double count = values_per_channel(forward);
  for (std::size_t c = 0; c < static_cast<std::size_t>(forward.output_shape.channels); ++c) {
    const double mean = forward.mean[c];
    const double deviation =
        std::sqrt(static_cast<double>(forward.variance[c]) + forward.op.real("epsilon"));
    double sum = 0;
    double sum_normalised = 0;
    for_channel(forward, c, [&](std::size_t i) {
      sum += node.output_gradient[i];
      sum_normalised += node.output_gradient[i] * (x[i] - mean) / deviation;
    });
    if (forward.op.integer("affine") != 0) {
      node.parameter_gradients.at(ParameterRole::shift)[c] += static_cast<T>(sum);
      node.parameter_gradients.at(ParameterRole::scale)[c] += static_cast<T>(sum_normalised);
    }
    const double factor = scale_of(forward, c) / deviation;
    for_channel(forward, c, [&](std::size_t i) {
      const double normalised = (x[i] - mean) / deviation;
      node.input_gradients[0][i] += static_cast<T>(
          factor * (node.output_gradient[i] - sum / count - normalised * sum_normalised / count));
    });
  }
}

template void batch_norm_forward(const Forward<float>&);
template void batch_norm_forward(const Forward<double>&);
template void batch_norm_backward(const Backward<float>&);
template void batch_norm_backward(const Backward<double>&);

}  // namespace nas::reference
