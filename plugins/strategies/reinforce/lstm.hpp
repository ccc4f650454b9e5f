/// Layers of long short-term memory (Hochreiter, Schmidhuber 1997) over a batch of sequences, with
/// the backward pass written out.
///
/// A step of a layer, with σ the logistic function, x what comes in and h, c its state, all of
/// `units` numbers for each sequence:
///
///     i, f, o = σ, σ, σ and g = tanh of W [x; h] + b
///     c <- f c + i g,    h <- o tanh(c)
///
/// Sums are added in an order that depends on sizes alone, not on load or caches.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace nas::reinforce {

/// Most units. No sum is longer than 4 units; Eigen cuts those of 504 and more where they no longer
/// fit into a level-1 cache, of 32 KiB or another size, and so would add in another order.
inline constexpr int most_units = 125;

/// `sum` += a bᵀ, over any number of columns: in pieces that are not cut either.
void add_product(Eigen::Ref<Eigen::MatrixXd> sum, const Eigen::Ref<const Eigen::MatrixXd>& a,
                 const Eigen::Ref<const Eigen::MatrixXd>& b);

class Lstm {
 public:
  using Weights = Eigen::Ref<const Eigen::VectorXd>;
  using Columns = Eigen::Ref<const Eigen::MatrixXd>;

  /// Every layer reads `units` numbers and has as many units.
  Lstm(int layers, int units);

  /// Of all layers: for each W (4 units × 2 units; rows i, f, o, g; columns x, h), then b.
  Eigen::Index parameter_count() const;
  /// Whether parameter `i` is one of a b.
  bool is_bias(Eigen::Index i) const;

  /// Room for `steps` steps of `batch` sequences, which start with a state of zeros.
  void begin(Eigen::Index steps, Eigen::Index batch);
  /// Step `t`, after those before it. `input` is units × batch.
  void forward(const Weights& weights, Eigen::Index t, const Columns& input);
  /// h of the last layer, units × (steps * batch), the sequences of a step side by side.
  const Eigen::MatrixXd& outputs() const { return layers_.back().outputs; }
  /// After all steps. `of_output` is the gradient by `outputs`; the one by the parameters is added
  /// to `of_weights`, the one by inputs comes back in the shape of `outputs`.
  Eigen::MatrixXd backward(const Weights& weights, const Eigen::MatrixXd& of_output,
                           Eigen::Ref<Eigen::VectorXd> of_weights) const;

 private:
  /// What a layer keeps of its forward steps; (steps * batch) columns each.
  struct Layer {
    Eigen::MatrixXd inputs;  ///< [x; h before]
    Eigen::MatrixXd gates;   ///< i, f, o, g
    Eigen::MatrixXd cells;
    Eigen::MatrixXd tanh_of_cells;
    Eigen::MatrixXd outputs;
  };
  Eigen::Index layer_parameters() const;
  void step(const Weights& weights, Layer& layer, Eigen::Index t) const;
  /// From `of_output` to the gradient by x; fills `of_sums`, the one by W [x; h] + b.
  Eigen::MatrixXd backward(const Weights& weights, const Layer& layer,
                           const Eigen::MatrixXd& of_output, Eigen::MatrixXd& of_sums) const;

  const Eigen::Index units_;
  Eigen::Index steps_ = 0;
  Eigen::Index batch_ = 0;
  std::vector<Layer> layers_;
};

}  // namespace nas::reinforce
