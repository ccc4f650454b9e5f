#include "core/engine/reference_network.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

void check_size(const char* what, std::size_t given, std::size_t expected) {
  if (given == expected) return;
  throw Error(
      ErrorKind::internal,
      fmt::format("reference network: {} holds '{}' values; it takes {}", what, given, expected));
}

template <typename T>
void release(std::vector<T>& values) {
  std::vector<T>().swap(values);
}

}  // namespace

template <typename T>
ReferenceNetwork<T>::ReferenceNetwork(const Architecture& architecture, std::int64_t batch,
                                      Mode mode)
    : architecture_(architecture), batch_(batch), mode_(mode), activations_(architecture.size()) {
  const auto rule = lifetimes(architecture_);
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    // Backward needs every activation: in training nothing is overwritten or freed.
    const bool own = mode == Mode::training || rule[node].storage == node;
    storage_.push_back(own ? node : storage_[rule[node].storage]);
    last_reader_.push_back(node);
    NodeId& last = last_reader_[storage_[node]];
    last = std::max(last, rule[node].last_reader);
    if (measures_statistics(node)) {
      const auto channels = static_cast<std::size_t>(architecture_.shape(node).channels);
      means_[architecture_.name(node)].resize(channels);
      variances_[architecture_.name(node)].resize(channels);
    }
    for (const ParameterSpec& spec : architecture_.parameters(node)) {
      std::size_t size = 1;
      for (const std::int64_t extent : spec.shape) size *= static_cast<std::size_t>(extent);
      parameters_[parameter_name(architecture_, node, spec.suffix)].resize(size);
    }
  }
  for (const NodeId output : architecture_.outputs()) {
    last_reader_[storage_[output]] = architecture_.size();
  }
}

template <typename T>
void ReferenceNetwork<T>::load(const ParameterStore& store) {
  for (auto& [name, values] : parameters_) {
    std::ranges::transform(store.at(name).value.values(), values.begin(),
                           [](float value) { return static_cast<T>(value); });
  }
}

template <typename T>
std::vector<T> ReferenceNetwork<T>::forward(std::span<const T> input) {
  const NodeId image = architecture_.input_nodes().front();
  check_size("the input", input.size(), elements(image));
  for (auto& values : activations_) release(values);
  peak_bytes_ = 0;
  for (NodeId node = 0; node < architecture_.size(); ++node) {
    if (storage_[node] == node) {
      activations_[node].resize(elements(node));
      peak_bytes_ = std::max(peak_bytes_, live_bytes());
    }
    if (node == image) std::ranges::copy(input, activations_[node].begin());
    const OpKind kind = architecture_.op(node).kind();
    if (kind != OpKind::input) reference::kernel<T>(kind).forward(call(node));
    if (mode_ == Mode::inference) free_after(node);
  }
  return activations_[storage_[architecture_.outputs().front()]];
}

template <typename T>
void ReferenceNetwork<T>::free_after(NodeId node) {
  for (NodeId storage = 0; storage <= node; ++storage) {
    if (last_reader_[storage] == node) release(activations_[storage]);
  }
}

template <typename T>
std::vector<T> ReferenceNetwork<T>::backward(std::span<const T> output_gradient) {
  const NodeId image = architecture_.input_nodes().front();
  const NodeId output = architecture_.outputs().front();
  check_size("the gradient of the output", output_gradient.size(), elements(output));
  for (const auto& [name, values] : parameters_) gradients_[name].assign(values.size(), T{0});
  std::vector<std::vector<T>> gradients(architecture_.size());
  for (NodeId node = 0; node < architecture_.size(); ++node) gradients[node].resize(elements(node));
  std::ranges::copy(output_gradient, gradients[output].begin());

  for (NodeId node = output; node > 0; --node) {
    const OpKind kind = architecture_.op(node).kind();
    if (kind == OpKind::input) continue;
    const reference::Forward<T> forward = call(node);
    reference::Backward<T> back{forward, gradients[node], {}, {}};
    for (const NodeId from : architecture_.inputs(node)) {
      back.input_gradients.emplace_back(gradients[from]);
    }
    for (const ParameterSpec& spec : architecture_.parameters(node)) {
      back.parameter_gradients[spec.role] =
          gradients_.at(parameter_name(architecture_, node, spec.suffix));
    }
    reference::kernel<T>(kind).backward(back);
  }
  return std::move(gradients[image]);
}

template <typename T>
reference::Forward<T> ReferenceNetwork<T>::call(NodeId node) {
  reference::Forward<T> call{.op = architecture_.op(node),
                             .batch = batch_,
                             .mode = mode_,
                             .input_shapes = architecture_.input_shapes(node),
                             .output_shape = architecture_.shape(node),
                             .inputs = {},
                             .parameters = {},
                             .output = activations_[storage_[node]],
                             .mean = {},
                             .variance = {}};
  for (const NodeId input : architecture_.inputs(node)) {
    call.inputs.emplace_back(activations_[storage_[input]]);
  }
  for (const ParameterSpec& spec : architecture_.parameters(node)) {
    call.parameters[spec.role] = parameters_.at(parameter_name(architecture_, node, spec.suffix));
  }
  if (measures_statistics(node)) {
    call.mean = means_.at(architecture_.name(node));
    call.variance = variances_.at(architecture_.name(node));
  }
  return call;
}

template <typename T>
bool ReferenceNetwork<T>::measures_statistics(NodeId node) const {
  return mode_ == Mode::training && architecture_.op(node).kind() == OpKind::batch_norm;
}

template <typename T>
std::size_t ReferenceNetwork<T>::live_bytes() const {
  std::size_t bytes = 0;
  for (const auto& values : activations_) bytes += values.capacity() * sizeof(T);
  return bytes;
}

template <typename T>
std::size_t ReferenceNetwork<T>::elements(NodeId node) const {
  return static_cast<std::size_t>(batch_ * architecture_.shape(node).elements());
}

template class ReferenceNetwork<float>;
template class ReferenceNetwork<double>;

}  // namespace nas
