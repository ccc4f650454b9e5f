/// A small perceptron that predicts how good a network is from the bits of its encoding.
///
/// Layers, units, loss and training are those of BANANAS (White, Neiswanger, Savani 2019, and the
/// authors' code): 10 layers of 20 units with ReLU and one output, mean absolute error, Adam with
/// rate 0.01 and decays 0.9 and 0.99, batches of 32, drawn anew in every epoch; weights by Glorot,
/// biases 0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/random.hpp"

namespace nas {

using Bits = std::vector<std::size_t>;

struct PredictorTraining {
  int epochs = 150;
  double rate = 0.01;
};

class Predictor {
 public:
  static constexpr int layers = 10;
  static constexpr int units = 20;
  static constexpr int batch = 32;

  /// Of encodings with `inputs` bits.
  Predictor(std::size_t inputs, Random& random);

  /// `targets` has one value for each of `examples`; about 1 in size.
  void train(std::span<const Bits> examples, std::span<const float> targets,
             const PredictorTraining& training, Random& random);
  std::vector<double> predict(std::span<const Bits> examples);

  /// The mean absolute error of these examples, at most a batch, and its gradient by every
  /// parameter.
  double loss_and_gradient(std::span<const Bits* const> examples, std::span<const float> targets,
                           Eigen::VectorXf& gradient);
  /// All parameters.
  Eigen::VectorXf& parameters() { return parameters_; }

 private:
  using Weights = Eigen::Matrix<float, units, units>;
  static constexpr Eigen::Index weights_of_layer = Eigen::Index{units} * units;
  using Column = Eigen::Matrix<float, units, 1>;
  using Activations = Eigen::Matrix<float, units, batch>;
  using Row = Eigen::Matrix<float, 1, batch>;

  /// Where the parameters of a hidden layer but the first begin: weights, then biases.
  Eigen::Index begin_of(int layer) const;
  Eigen::Index first_size() const { return static_cast<Eigen::Index>(inputs_ + 1) * units; }
  Row forward(std::span<const Bits* const> examples);

  std::size_t inputs_;
  Eigen::VectorXf parameters_;
  std::vector<Activations> outputs_;  ///< of every hidden layer
};

}  // namespace nas
