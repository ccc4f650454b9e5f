#include "plugins/strategies/bananas/predictor.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nas {
namespace {

constexpr float first_decay = 0.9F;
constexpr float second_decay = 0.99F;
constexpr float epsilon = 1e-7F;  // Keras'

/// Uniform within sqrt(6 / (inputs + outputs)), either way (Glorot, Bengio 2010).
void fill_glorot(Eigen::Ref<Eigen::VectorXf> weights, double inputs, double outputs,
                 Random& random) {
  const double bound = std::sqrt(6 / (inputs + outputs));
  for (float& weight : weights) weight = static_cast<float>(random.uniform(-bound, bound));
}

/// `columns` times `factors`. Eigen's product of matrices this small spends most of its time on
/// packing them.
template <typename Columns, typename Factors>
auto combined(const Columns& columns, const Factors& factors) {
  Eigen::Matrix<float, Columns::RowsAtCompileTime, Factors::ColsAtCompileTime> result;
  for (Eigen::Index j = 0; j < factors.cols(); ++j) {
    Eigen::Matrix<float, Columns::RowsAtCompileTime, 1> sum = columns.col(0) * factors(0, j);
    for (Eigen::Index k = 1; k < columns.cols(); ++k) sum += columns.col(k) * factors(k, j);
    result.col(j) = sum;
  }
  return result;
}

/// Adam (Kingma, Ba 2014).
class Adam {
 public:
  Adam(Eigen::Index size, double rate)
      : rate_(rate), mean_(Eigen::ArrayXf::Zero(size)), square_(Eigen::ArrayXf::Zero(size)) {}

  void step(Eigen::VectorXf& parameters, const Eigen::VectorXf& gradient) {
    ++steps_;
    mean_ += (1 - first_decay) * (gradient.array() - mean_);
    square_ += (1 - second_decay) * (gradient.array().square() - square_);
    const double rate =
        rate_ * std::sqrt(1 - std::pow(second_decay, steps_)) / (1 - std::pow(first_decay, steps_));
    parameters.array() -= static_cast<float>(rate) * mean_ / (square_.sqrt() + epsilon);
  }

 private:
  double rate_;
  int steps_ = 0;
  Eigen::ArrayXf mean_;
  Eigen::ArrayXf square_;
};

}  // namespace

Predictor::Predictor(std::size_t inputs, Random& random) : inputs_(inputs), outputs_(layers) {
  parameters_ = Eigen::VectorXf::Zero(begin_of(layers) + units + 1);
  fill_glorot(parameters_.head(first_size() - units), static_cast<double>(inputs), units, random);
  for (int layer = 1; layer < layers; ++layer) {
    fill_glorot(parameters_.segment(begin_of(layer), weights_of_layer), units, units, random);
  }
  fill_glorot(parameters_.segment(begin_of(layers), units), units, 1, random);
}

Eigen::Index Predictor::begin_of(int layer) const {
  return first_size() + static_cast<Eigen::Index>(layer - 1) * (units * units + units);
}

Predictor::Row Predictor::forward(std::span<const Bits* const> examples) {
  const float* const parameters = parameters_.data();
  const Eigen::Map<const Eigen::Matrix<float, units, Eigen::Dynamic>> first(
      parameters, units, static_cast<Eigen::Index>(inputs_ + 1));
  outputs_[0].setZero();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    Column sum = first.rightCols<1>();  // biases
    for (const std::size_t bit : *examples[i]) sum += first.col(static_cast<Eigen::Index>(bit));
    outputs_[0].col(static_cast<Eigen::Index>(i)) = sum.cwiseMax(0.0F);
  }
  for (int layer = 1; layer < layers; ++layer) {
    const float* const here = parameters + begin_of(layer);
    const Eigen::Map<const Weights> weights(here);
    const Eigen::Map<const Column> biases(here + weights_of_layer);
    Activations& output = outputs_[static_cast<std::size_t>(layer)];
    output = combined(weights, outputs_[static_cast<std::size_t>(layer) - 1]);
    output = (output.colwise() + biases).cwiseMax(0.0F);
  }
  const float* const last = parameters + begin_of(layers);
  const Eigen::Map<const Column> weights(last);
  return (outputs_.back().array().colwise() * weights.array()).colwise().sum() + last[units];
}

double Predictor::loss_and_gradient(std::span<const Bits* const> examples,
                                    std::span<const float> targets, Eigen::VectorXf& gradient) {
  const Row predictions = forward(examples);
  gradient.setZero(parameters_.size());
  const auto count = static_cast<float>(examples.size());
  Row slopes = Row::Zero();  // columns without an example stay 0
  double loss = 0;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const float error = predictions[static_cast<Eigen::Index>(i)] - targets[i];
    loss += std::abs(error) / count;
    slopes[static_cast<Eigen::Index>(i)] = (error > 0 ? 1.0F : error < 0 ? -1.0F : 0.0F) / count;
  }
  const float* const last = parameters_.data() + begin_of(layers);
  Eigen::Map<Column>(gradient.data() + begin_of(layers)) =
      combined(outputs_.back(), slopes.transpose());
  gradient[begin_of(layers) + units] = slopes.sum();
  Activations flow = combined(Column(Eigen::Map<const Column>(last)), slopes);
  for (int layer = layers - 1; layer > 0; --layer) {
    const auto at = static_cast<std::size_t>(layer);
    flow = (outputs_[at].array() > 0.0F).select(flow, 0.0F);
    float* const here = gradient.data() + begin_of(layer);
    Eigen::Map<Weights> weight_gradient(here);
    weight_gradient = combined(flow, outputs_[at - 1].transpose());
    Eigen::Map<Column>(here + weights_of_layer) = flow.rowwise().sum();
    const Eigen::Map<const Weights> weights(parameters_.data() + begin_of(layer));
    flow = combined(Weights(weights.transpose()), flow);
  }
  flow = (outputs_[0].array() > 0.0F).select(flow, 0.0F);
  Eigen::Map<Eigen::Matrix<float, units, Eigen::Dynamic>> first(
      gradient.data(), units, static_cast<Eigen::Index>(inputs_ + 1));
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto column = flow.col(static_cast<Eigen::Index>(i));
    for (const std::size_t bit : *examples[i]) first.col(static_cast<Eigen::Index>(bit)) += column;
    first.rightCols<1>() += column;
  }
  return loss;
}

void Predictor::train(std::span<const Bits> examples, std::span<const float> targets,
                      const PredictorTraining& training, Random& random) {
  std::vector<std::size_t> order(examples.size());
  std::iota(order.begin(), order.end(), 0);
  Adam adam(parameters_.size(), training.rate);
  Eigen::VectorXf gradient;
  std::vector<const Bits*> drawn;
  std::vector<float> drawn_targets;
  for (int epoch = 0; epoch < training.epochs; ++epoch) {
    random.shuffle(std::span(order));
    for (std::size_t begin = 0; begin < order.size(); begin += batch) {
      drawn.clear();
      drawn_targets.clear();
      for (std::size_t i = begin; i < std::min(begin + batch, order.size()); ++i) {
        drawn.push_back(&examples[order[i]]);
        drawn_targets.push_back(targets[order[i]]);
      }
      loss_and_gradient(drawn, drawn_targets, gradient);
      adam.step(parameters_, gradient);
    }
  }
}

std::vector<double> Predictor::predict(std::span<const Bits> examples) {
  std::vector<double> result;
  std::vector<const Bits*> some;
  for (std::size_t begin = 0; begin < examples.size(); begin += batch) {
    some.clear();
    const std::size_t end = std::min(begin + batch, examples.size());
    for (std::size_t i = begin; i < end; ++i) some.push_back(&examples[i]);
    const Row predictions = forward(some);
    result.insert(result.end(), predictions.begin(),
                  predictions.begin() + static_cast<std::ptrdiff_t>(some.size()));
  }
  return result;
}

}  // namespace nas
