#include <algorithm>
#include <optional>
#include <set>

#include "plugins/strategies/bayesian/otmann.hpp"

namespace nas {
namespace {

constexpr double fully_connected_share = 0.1;  // of the mass of a convolutional network's layer
constexpr double end_share = 0.1;              // of the sum of masses: input, output, decisions
constexpr double least_end_mass = 100;

std::optional<LayerLabel> activation_label(OpKind kind) {
  switch (kind) {
    case OpKind::relu:
    case OpKind::relu6:
      return LayerLabel::relu;
    case OpKind::leaky_relu:
      return LayerLabel::leaky_relu;
    case OpKind::elu:
      return LayerLabel::elu;
    case OpKind::softplus:
      return LayerLabel::softplus;
    case OpKind::swish:
    case OpKind::h_swish:
      return LayerLabel::swish;
    case OpKind::sigmoid:
    case OpKind::h_sigmoid:
      return LayerLabel::logistic;
    case OpKind::tanh:
      return LayerLabel::tanh;
    default:
      return std::nullopt;
  }
}

double mean_kernel(const Op& op) {
  const auto side = [&op](const char* kernel, const char* dilation) {
    return static_cast<double>((op.integer(kernel) - 1) * op.integer(dilation) + 1);
  };
  return (side("kernel_h", "dilation_h") + side("kernel_w", "dilation_w")) / 2;
}

/// Reads nodes in their order, and looks through those that are no layers.
class Reading {
 public:
  Reading(const Architecture& architecture, NetworkFamily family)
      : architecture_(architecture), family_(family) {}

  LayerGraph layers() {
    layers_.push_back({LayerLabel::input, 0, 0, {}});
    for (NodeId node = 0; node < architecture_.size(); ++node) sources_.push_back(read(node));
    std::set<std::size_t> ends;
    for (const NodeId output : architecture_.outputs()) {
      ends.insert(sources_[output].begin(), sources_[output].end());
    }
    layers_.push_back({LayerLabel::output, 0, 0, {ends.begin(), ends.end()}});
    keep_what_is_needed();
    label_decisions();
    weigh_ends();
    return std::move(layers_);
  }

 private:
  /// The layers that a node's output is made of.
  std::set<std::size_t> read(NodeId node) {
    const Op& op = architecture_.op(node);
    switch (op.kind()) {
      case OpKind::input:
        return {0};
      case OpKind::zero:
        return {};
      case OpKind::convolution: {
        const auto groups = op.integer("groups");
        const auto label = groups > 1 ? LayerLabel::grouped_convolution : LayerLabel::convolution;
        return add(node, label, mean_kernel(op), products(node) / static_cast<double>(groups));
      }
      case OpKind::linear:
        return family_ == NetworkFamily::perceptron
                   ? add(node, LayerLabel::linear, 0, products(node))
                   : add(node, LayerLabel::fully_connected, 0,
                         fully_connected_share * products(node));
      case OpKind::max_pool:
      case OpKind::average_pool: {
        const bool most = op.kind() == OpKind::max_pool;
        return add(node, most ? LayerLabel::max_pool : LayerLabel::average_pool, 0,
                   in_channels(node));
      }
      case OpKind::add:
        return is_sum_of_linear_maps(node) ? merged(node) : sources_of_inputs(node);
      default:
        return through(node);
    }
  }

  std::set<std::size_t> sources_of_inputs(NodeId node) const {
    std::set<std::size_t> all;
    for (const NodeId input : architecture_.inputs(node)) {
      all.insert(sources_[input].begin(), sources_[input].end());
    }
    return all;
  }

  /// An activation gives its name to the linear layer that it follows.
  std::set<std::size_t> through(NodeId node) {
    std::set<std::size_t> sources = sources_of_inputs(node);
    const auto label = activation_label(architecture_.op(node).kind());
    if (label && sources.size() == 1) {
      Layer& layer = layers_[*sources.begin()];
      if (layer.label == LayerLabel::linear) layer.label = *label;
    }
    return sources;
  }

  std::set<std::size_t> add(NodeId node, LayerLabel label, double kernel, double mass) {
    const std::set<std::size_t> parents = sources_of_inputs(node);
    if (parents.empty()) return {};
    layers_.push_back({label, kernel, mass, {parents.begin(), parents.end()}});
    return {layers_.size() - 1};
  }

  double in_channels(NodeId node) const {
    if (sources_of_inputs(node) == std::set<std::size_t>{0}) return 1;
    return static_cast<double>(architecture_.shape(architecture_.inputs(node).front()).channels);
  }
  double products(NodeId node) const {
    return in_channels(node) * static_cast<double>(architecture_.shape(node).channels);
  }

  bool is_sum_of_linear_maps(NodeId node) const {
    return std::ranges::all_of(architecture_.inputs(node), [this](NodeId input) {
      return architecture_.op(input).kind() == OpKind::linear &&
             architecture_.consumers(input).size() == 1 && !sources_[input].empty();
    });
  }

  std::set<std::size_t> merged(NodeId node) {
    const std::set<std::size_t> terms = sources_of_inputs(node);
    Layer& first = layers_[*terms.begin()];
    std::set<std::size_t> parents(first.parents.begin(), first.parents.end());
    for (auto term = std::next(terms.begin()); term != terms.end(); ++term) {
      first.mass += layers_[*term].mass;
      parents.insert(layers_[*term].parents.begin(), layers_[*term].parents.end());
    }
    first.parents.assign(parents.begin(), parents.end());
    return {*terms.begin()};
  }

  /// Of what leads to the output; input and output stay in any case.
  void keep_what_is_needed() {
    std::vector<bool> needed(layers_.size(), false);
    needed.front() = needed.back() = true;
    for (std::size_t i = layers_.size(); i-- > 0;) {
      if (!needed[i]) continue;
      for (const std::size_t parent : layers_[i].parents) needed[parent] = true;
    }
    std::vector<std::size_t> places(layers_.size(), 0);
    LayerGraph kept;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!needed[i]) continue;
      places[i] = kept.size();
      kept.push_back(std::move(layers_[i]));
      for (std::size_t& parent : kept.back().parents) parent = places[parent];
    }
    layers_ = std::move(kept);
  }

  void label_decisions() {
    std::vector<bool> feeds_others(layers_.size(), false);
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i) {
      for (const std::size_t parent : layers_[i].parents) feeds_others[parent] = true;
    }
    for (const std::size_t last : layers_.back().parents) {
      Layer& layer = layers_[last];
      const bool is_linear =
          layer.label == LayerLabel::fully_connected || layer.label >= LayerLabel::linear;
      if (is_linear && !feeds_others[last]) layer.label = LayerLabel::decision;
    }
  }

  void weigh_ends() {
    double sum = 0;
    double decisions = 0;
    for (const Layer& layer : layers_) {
      const bool decides = layer.label == LayerLabel::decision;
      decisions += decides ? 1 : 0;
      sum += decides ? 0 : layer.mass;
    }
    const double end = std::max(end_share * sum, least_end_mass);
    for (Layer& layer : layers_) {
      if (layer.label == LayerLabel::decision) layer.mass = end / decisions;
    }
    layers_.front().mass = layers_.back().mass = end;
  }

  const Architecture& architecture_;
  const NetworkFamily family_;
  std::vector<std::set<std::size_t>> sources_;  ///< by node
  LayerGraph layers_;
};

}  // namespace

LayerGraph layers_of(const Architecture& architecture, NetworkFamily family) {
  return Reading(architecture, family).layers();
}

NetworkFamily family_of(const Architecture& architecture) {
  for (NodeId node = 0; node < architecture.size(); ++node) {
    if (architecture.op(node).kind() == OpKind::convolution) return NetworkFamily::convolutional;
  }
  return NetworkFamily::perceptron;
}

}  // namespace nas
