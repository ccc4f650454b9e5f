// The starting pool of nasbot_network.hpp.
#include <algorithm>

#include "search_spaces/nasbot_network.hpp"

namespace nas {
namespace {

using Label = NasBotLabel;

constexpr int first_units = 64;
constexpr int most_units = 512;  ///< of convolutions and of perceptrons

/// Layers in a row.
class Chain {
 public:
  explicit Chain(int divisor) : divisor_(divisor) {}

  void add(Label label, int units = 0, int stride = 0) {
    NasBotLayer layer{.label = label, .units = units / divisor_, .stride = stride, .parents = {}};
    if (!graph_.empty()) layer.parents = {graph_.size() - 1};
    graph_.push_back(std::move(layer));
  }
  void convolutions(int count, int units, int first_stride) {
    for (int i = 0; i < count; ++i) add(Label::conv3, units, i == 0 ? first_stride : 1);
  }
  NasBotGraph finished() {
    add(Label::softmax);
    add(Label::output);
    return std::move(graph_);
  }

 private:
  int divisor_;
  NasBotGraph graph_;
};

NasBotGraph vgg(int convolutions_in_block, int divisor) {
  Chain chain(divisor);
  chain.add(Label::input);
  for (const int units : {64, 128}) {
    chain.convolutions(2, units, 1);
    chain.add(Label::max_pool);
  }
  for (const int units : {128, 256, 512}) {
    chain.convolutions(convolutions_in_block, units, 1);
    chain.add(Label::max_pool);
  }
  for (const int units : {128, 256, 512}) chain.add(Label::fully_connected, units);
  return chain.finished();
}

NasBotGraph blocked_cnn(int blocks, int layers_in_block, int divisor) {
  Chain chain(divisor);
  chain.add(Label::input);
  chain.add(Label::conv7, first_units, 1);
  chain.add(Label::max_pool);
  int units = first_units, last = units;
  for (int block = 0; block < blocks; ++block) {
    chain.convolutions(layers_in_block, units, 2);
    last = units;
    units = std::min(2 * units, most_units);
  }
  chain.add(Label::avg_pool);
  chain.add(Label::fully_connected, 2 * last);
  return chain.finished();
}

NasBotGraph blocked_perceptron(int blocks, int layers_in_block, int divisor) {
  constexpr Label rectifiers[] = {Label::relu, Label::elu, Label::leaky_relu, Label::softplus};
  constexpr Label sigmoids[] = {Label::logistic, Label::tanh};
  Chain chain(divisor);
  chain.add(Label::input);
  int units = first_units;
  for (int block = 0; block < blocks; ++block) {
    const Label label = block % 2 == 0 ? rectifiers[block / 2 % 4] : sigmoids[block / 2 % 2];
    for (int i = 0; i < layers_in_block; ++i) chain.add(label, units);
    units = std::min(2 * units, most_units);
  }
  return chain.finished();
}

}  // namespace

std::vector<NasBotGraph> nasbot_pool(NasBotKind kind, int divisor) {
  struct Size {
    int blocks;
    int layers;
  };
  std::vector<NasBotGraph> pool;
  if (kind == NasBotKind::cnn) {
    for (const int convolutions : {1, 2, 3, 4}) pool.push_back(vgg(convolutions, divisor));
    for (const Size size : {Size{3, 1}, {3, 2}, {3, 3}, {3, 4}, {3, 5}, {4, 4}}) {
      pool.push_back(blocked_cnn(size.blocks, size.layers, divisor));
    }
    return pool;
  }
  for (const Size size :
       {Size{3, 2}, {4, 2}, {5, 2}, {3, 4}, {6, 2}, {8, 2}, {6, 3}, {10, 2}, {4, 6}, {8, 3}}) {
    pool.push_back(blocked_perceptron(size.blocks, size.layers, divisor));
  }
  return pool;
}

}  // namespace nas
