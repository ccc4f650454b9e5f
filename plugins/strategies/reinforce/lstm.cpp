#include "plugins/strategies/reinforce/lstm.hpp"

#include <algorithm>

namespace nas::reinforce {
namespace {

using Eigen::Index;
using Eigen::Map;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index gate_count = 4;

/// Both by the exponential function, of which Eigen computes several at once.
template <typename Block>
void apply_logistic(Block block) {
  block.array() = (1 + (-block.array()).exp()).inverse();
}
template <typename Block>
void apply_tanh(Block block) {
  block.array() = 2 * (1 + (-2 * block.array()).exp()).inverse() - 1;
}

}  // namespace

void add_product(Eigen::Ref<MatrixXd> sum, const Eigen::Ref<const MatrixXd>& a,
                 const Eigen::Ref<const MatrixXd>& b) {
  constexpr Index piece = 256;
  for (Index first = 0; first < a.cols(); first += piece) {
    const Index count = std::min(piece, a.cols() - first);
    sum.noalias() += a.middleCols(first, count) * b.middleCols(first, count).transpose();
  }
}

Lstm::Lstm(int layers, int units) : units_(units), layers_(static_cast<std::size_t>(layers)) {}

Index Lstm::layer_parameters() const { return gate_count * units_ * (2 * units_ + 1); }

Index Lstm::parameter_count() const {
  return static_cast<Index>(layers_.size()) * layer_parameters();
}

bool Lstm::is_bias(Index i) const {
  return i % layer_parameters() >= gate_count * units_ * 2 * units_;
}

void Lstm::begin(Index steps, Index batch) {
  steps_ = steps;
  batch_ = batch;
  const Index columns = steps * batch;
  for (Layer& layer : layers_) {
    layer.inputs.resize(2 * units_, columns);
    layer.gates.resize(gate_count * units_, columns);
    layer.cells.resize(units_, columns);
    layer.tanh_of_cells.resize(units_, columns);
    layer.outputs.resize(units_, columns);
  }
}

void Lstm::forward(const Weights& weights, Index t, const Columns& input) {
  const Index first = t * batch_;
  const MatrixXd* below = nullptr;
  Index offset = 0;
  for (Layer& layer : layers_) {
    auto inputs = layer.inputs.middleCols(first, batch_);
    if (below) {
      inputs.topRows(units_) = below->middleCols(first, batch_);
    } else {
      inputs.topRows(units_) = input;
    }
    step(weights.segment(offset, layer_parameters()), layer, t);
    below = &layer.outputs;
    offset += layer_parameters();
  }
}

void Lstm::step(const Weights& weights, Layer& layer, Index t) const {
  const Index first = t * batch_;
  const Map<const MatrixXd> matrix(weights.data(), gate_count * units_, 2 * units_);
  const auto bias = weights.tail(gate_count * units_);
  auto inputs = layer.inputs.middleCols(first, batch_);
  if (t == 0) {
    inputs.bottomRows(units_).setZero();
  } else {
    inputs.bottomRows(units_) = layer.outputs.middleCols(first - batch_, batch_);
  }
  auto gates = layer.gates.middleCols(first, batch_);
  gates.noalias() = matrix * inputs;
  gates.colwise() += bias;
  apply_logistic(gates.topRows(3 * units_));
  apply_tanh(gates.bottomRows(units_));
  const auto gate = [&](Index i) { return gates.middleRows(i * units_, units_).array(); };
  auto cells = layer.cells.middleCols(first, batch_);
  cells.array() = gate(0) * gate(3);
  if (t > 0) cells.array() += gate(1) * layer.cells.middleCols(first - batch_, batch_).array();
  auto tanh_of_cells = layer.tanh_of_cells.middleCols(first, batch_);
  tanh_of_cells = cells;
  apply_tanh(tanh_of_cells.topRows(units_));
  layer.outputs.middleCols(first, batch_).array() = gate(2) * tanh_of_cells.array();
}

MatrixXd Lstm::backward(const Weights& weights, const MatrixXd& of_output,
                        Eigen::Ref<VectorXd> of_weights) const {
  MatrixXd gradient = of_output;
  MatrixXd of_sums(gate_count * units_, steps_ * batch_);
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Index offset = static_cast<Index>(i) * layer_parameters();
    gradient = backward(weights.segment(offset, layer_parameters()), layers_[i], gradient, of_sums);
    auto of_layer = of_weights.segment(offset, layer_parameters());
    add_product(Map<MatrixXd>(of_layer.data(), gate_count * units_, 2 * units_), of_sums,
                layers_[i].inputs);
    of_layer.tail(gate_count * units_) += of_sums.rowwise().sum();
  }
  return gradient;
}

MatrixXd Lstm::backward(const Weights& weights, const Layer& layer, const MatrixXd& of_output,
                        MatrixXd& of_sums) const {
  const Map<const MatrixXd> matrix(weights.data(), gate_count * units_, 2 * units_);
  MatrixXd of_input(units_, steps_ * batch_);
  MatrixXd of_inputs(2 * units_, batch_);
  MatrixXd of_cells = MatrixXd::Zero(units_, batch_);  // by way of the next step
  MatrixXd of_state = MatrixXd::Zero(units_, batch_);  // likewise
  for (Index t = steps_; t-- > 0;) {
    const Index first = t * batch_;
    const auto gate = [&](Index i) {
      return layer.gates.block(i * units_, first, units_, batch_).array();
    };
    const auto of_sum = [&](Index i) {
      return of_sums.block(i * units_, first, units_, batch_).array();
    };
    const auto tanh_of_cells = layer.tanh_of_cells.middleCols(first, batch_).array();
    of_state += of_output.middleCols(first, batch_);
    of_cells.array() += of_state.array() * gate(2) * (1 - tanh_of_cells.square());
    of_sum(0) = of_cells.array() * gate(3) * gate(0) * (1 - gate(0));
    if (t > 0) {
      const auto before = layer.cells.middleCols(first - batch_, batch_).array();
      of_sum(1) = of_cells.array() * before * gate(1) * (1 - gate(1));
    } else {
      of_sum(1).setZero();
    }
    of_sum(2) = of_state.array() * tanh_of_cells * gate(2) * (1 - gate(2));
    of_sum(3) = of_cells.array() * gate(0) * (1 - gate(3).square());
    of_inputs.noalias() = matrix.transpose() * of_sums.middleCols(first, batch_);
    of_input.middleCols(first, batch_) = of_inputs.topRows(units_);
    of_state = of_inputs.bottomRows(units_);
    of_cells.array() *= gate(1);
  }
  return of_input;
}

}  // namespace nas::reinforce
