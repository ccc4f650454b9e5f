/// Proxies that follow from the gradients of one training batch.
///
/// Abdelfattah, Mehrotra, Dudziak, Lane 2021, "Zero-Cost Proxies for Lightweight NAS", and the
/// papers that they take them from, as in the authors' released code: sums go over the weights of
/// convolutions and linear layers, the loss is the batch's mean cross-entropy, batch norms are in
/// training mode. Sums are taken in double.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/engine/program.hpp"
#include "core/parameters/parameter_store.hpp"
#include "plugins/estimators/proxy/networks.hpp"

namespace nas::proxy {

/// Plain N x C x H x W images, and a class for each.
struct Batch {
  std::vector<float> images;
  std::vector<std::int32_t> labels;
  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
};

class GradientPass {
 public:
  struct Wanted {
    bool activations = false;  ///< for `fisher`
    bool jacobian = false;     ///< for `jacobian`
  };
  /// The arguments must outlive it. The network has no dropout.
  GradientPass(const Architecture& architecture, ParameterStore& store, const Batch& batch,
               Wanted wanted);
  /// What the program of such a pass would allocate.
  static std::size_t planned_bytes(const Architecture& architecture, std::int64_t batch,
                                   Wanted wanted);

  /// Forward and backward from the loss, with the weights that the store has now.
  void run();

  /// Below: of the last `run`.
  double loss() const { return loss_; }
  /// The sum over layers of the Euclidean norm of the weight's gradient.
  double grad_norm() const;
  /// The sum of |w * dL/dw| (Lee, Ajanthan, Torr 2019).
  double snip() const;
  /// Turner, Crowley, O'Boyle, Storkey, Gray 2020: with activation a (what a layer gives) and its
  /// gradient g, 1/2 * mean over samples of (sum over pixels of a * g)^2 for each channel. Summed
  /// over channels, each as often as it has weights, as in the released code.
  double fisher() const;
  /// Forward, and backward from the sum of all outputs: of each sample, the gradient of the sum of
  /// its logits with respect to its image. N rows; valid until the next call.
  std::span<const float> jacobian();

 private:
  const Architecture& architecture_;
  const Batch& batch_;
  const std::map<std::string, ElementRuns> weights_;
  const std::vector<Layer> layers_;
  Program program_;
  double loss_ = 0;
};

/// Wang, Zhang, Grosse 2020: minus the sum of w * (H g), where g is the gradient of the loss and H
/// its Hessian, both of the layers' weights; negative where a step along the weights would raise
/// the gradient's norm, which is good.
///
/// The sum is the derivative of |g|^2 / 2 along the weights themselves, since H is symmetric, and
/// is taken as one, by a step that is short enough for no ReLU to change its mind: |g|^2 jumps
/// where one does. That takes double precision, and so two steps of the reference network:
/// many times the time of the other proxies. Calls `check` before every node of it; what that
/// throws passes through.
double grasp(
    const Architecture& architecture, const ParameterStore& store, const Batch& batch,
    const std::function<void()>& check = [] {});

}  // namespace nas::proxy
