#include "core/engine/reference_network.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "core/architecture/stored_tensors.hpp"
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
    : architecture_(architecture),
      batch_(batch),
      mode_(mode),
      gates_(architecture),
      activations_(architecture.size()) {
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
  }
  for (const StoredTensor& tensor : stored_tensors(architecture_)) {
    std::size_t size = 1;
    for (const std::int64_t extent : tensor.shape) size *= static_cast<std::size_t>(extent);
    parameters_[tensor.name].resize(size);
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
    check_();
    if (runs(node)) {
      allocate(node);
      if (node == image) std::ranges::copy(input, activations_[node].begin());
      take_views(node);
      const OpKind kind = architecture_.op(node).kind();
      if (kind != OpKind::input) reference::kernel<T>(kind).forward(call(node));
    }
    if (mode_ == Mode::inference) free_after(node);
  }
  return activations_[storage_[architecture_.outputs().front()]];
}

template <typename T>
void ReferenceNetwork<T>::allocate(NodeId node) {
  // The memory of another node is there already, unless that one was left out.
  std::vector<T>& memory = activations_[storage_[node]];
  if (!memory.empty()) return;
  memory.resize(elements(node));
  peak_bytes_ = std::max(peak_bytes_, live_bytes());
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
    check_();
    const OpKind kind = architecture_.op(node).kind();
    if (kind == OpKind::input || !runs(node)) continue;
    const reference::Forward<T> forward = call(node);
    reference::Backward<T> back{forward, gradients[node], {}, {}};
    std::map<ParameterRole, std::vector<T>> own;
    for (const NodeId from : architecture_.inputs(node)) {
      back.input_gradients.emplace_back(gradients[from]);
    }
    for (const ParameterSpec& spec : architecture_.parameters(node)) {
      own[spec.role].resize(forward.parameters.at(spec.role).size());
      back.parameter_gradients[spec.role] = own[spec.role];
    }
    reference::kernel<T>(kind).backward(back);
    for (auto& [role, gradient] : own) {
      views_.at({node, role})
          .add_gradient(
              std::move(gradient),
              [&](const std::string& name) { return std::span<T>(parameters_.at(name)); },
              [&](const std::string& name) { return std::span<T>(gradients_.at(name)); });
    }
  }
  return std::move(gradients[image]);
}

template <typename T>
void ReferenceNetwork<T>::take_views(NodeId node) {
  const auto stored = [&](const std::string& name) { return std::span<T>(parameters_.at(name)); };
  for (const ParameterSpec& spec : architecture_.parameters(node)) {
    views_[{node, spec.role}] =
        reference::ViewChain<T>(architecture_.reference(node, spec), stored);
  }
}

template <typename T>
reference::Forward<T> ReferenceNetwork<T>::call(NodeId node) {
  reference::Forward<T> call{.op = architecture_.op(node),
                             .name = architecture_.name(node),
                             .batch = batch_,
                             .mode = mode_,
                             .randomness = randomness_,
                             .input_shapes = architecture_.input_shapes(node),
                             .output_shape = architecture_.shape(node),
                             .inputs = {},
                             .parameters = {},
                             .output = activations_[storage_[node]],
                             .mean = {},
                             .variance = {},
                             .open = {}};
  const std::vector<NodeId>& inputs = architecture_.inputs(node);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    call.inputs.emplace_back(activations_[storage_[inputs[i]]]);
    call.open.push_back(gates_.open(gates_.guard(node, i)));
  }
  for (const ParameterSpec& spec : architecture_.parameters(node)) {
    call.parameters[spec.role] = views_.at({node, spec.role}).values();
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
