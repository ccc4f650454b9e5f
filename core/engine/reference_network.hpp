/// The plain executor: every op by its reference kernel, in order, over `float` or `double`.
///
/// Slow and obvious. Gradient checks, the comparison with oneDNN and the peak-memory model stand on
/// it. It allocates an activation when its op runs and frees it after its last reader, by the same
/// rule as the cost model, and counts both. Where a gated mix has closed inputs, what only they
/// need is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/gates.hpp"
#include "core/engine/program.hpp"
#include "core/engine/reference/kernels.hpp"
#include "core/engine/reference/views.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas {

template <typename T>
class ReferenceNetwork {
 public:
  ReferenceNetwork(const Architecture& architecture, std::int64_t batch, Mode mode);

  /// Copies the values of the store, converted.
  void load(const ParameterStore& store);
  /// The stored tensor with this name, all of it; so is `gradient`.
  std::vector<T>& parameter(const std::string& name) { return parameters_.at(name); }
  /// As Program::set_open.
  void set_open(const std::string& mix, const std::vector<bool>& inputs) {
    gates_.set_open(mix, inputs);
  }
  /// As of Program.
  void set_seed(std::uint64_t seed) { randomness_.seed = seed; }
  void set_drop_scale(double scale) { randomness_.drop_scale = scale; }
  /// Is called before every node, forward and backward. What it throws passes through, and leaves
  /// what was computed undefined.
  void set_check(std::function<void()> check) { check_ = std::move(check); }

  /// Plain N x C x H x W in and out (first input, first output). Training mode keeps what backward
  /// needs; inference mode frees as it goes.
  std::vector<T> forward(std::span<const T> input);
  /// After `forward` in training mode; returns d loss / d input and fills `gradient()`.
  std::vector<T> backward(std::span<const T> output_gradient);
  const std::vector<T>& gradient(const std::string& name) const { return gradients_.at(name); }
  /// Batch mean and biased variance of the batch norm node of this name, after a training forward.
  const std::vector<T>& batch_mean(const std::string& node) const { return means_.at(node); }
  const std::vector<T>& batch_variance(const std::string& node) const {
    return variances_.at(node);
  }

  /// The most bytes of activations that were allocated at once in the last inference `forward`.
  std::size_t peak_bytes() const { return peak_bytes_; }

 private:
  reference::Forward<T> call(NodeId node);
  void allocate(NodeId node);
  void take_views(NodeId node);
  bool runs(NodeId node) const { return gates_.open(gates_.guard(node)); }
  std::size_t elements(NodeId node) const;
  bool measures_statistics(NodeId node) const;
  std::size_t live_bytes() const;
  /// In inference mode: frees what no later node reads.
  void free_after(NodeId node);

  const Architecture architecture_;
  std::int64_t batch_;
  Mode mode_;
  engine::StepRandomness randomness_;
  /// The node in whose place of `activations_` a node's output lies.
  std::vector<NodeId> storage_;
  /// By storage: the last node that reads anything in it; size() where that is an output.
  std::vector<NodeId> last_reader_;
  engine::Gates gates_;
  std::function<void()> check_ = [] {};
  std::map<std::string, std::vector<T>> parameters_;
  std::map<std::string, std::vector<T>> gradients_;
  /// Of the last forward, by node and role.
  std::map<std::pair<NodeId, ParameterRole>, reference::ViewChain<T>> views_;
  std::map<std::string, std::vector<T>> means_;
  std::map<std::string, std::vector<T>> variances_;
  std::vector<std::vector<T>> activations_;
  std::size_t peak_bytes_ = 0;
};

extern template class ReferenceNetwork<float>;
extern template class ReferenceNetwork<double>;

}  // namespace nas
