#include "plugins/strategies/bayesian/otmann.hpp"

#include <algorithm>
#include <cmath>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#include <limits>

namespace nas {
namespace {

constexpr double no_match = std::numeric_limits<double>::infinity();
constexpr double unmatched = 1;  // the cost of a unit of mass that stays unmatched

// Differences of labels (the authors' CNN and MLP tables).
constexpr double other_pool = 0.5;
constexpr double other_of_one_group = 0.1;
constexpr double other_group = 0.25;
constexpr double other_convolution_share = 0.1;  // of `unmatched`; the rest by the kernels

bool is_rectifier(LayerLabel label) {
  return label >= LayerLabel::relu && label <= LayerLabel::swish;
}
bool is_sigmoid(LayerLabel label) { return label >= LayerLabel::logistic; }
bool is_convolution(LayerLabel label) {
  return label == LayerLabel::convolution || label == LayerLabel::grouped_convolution;
}
bool is_pool(LayerLabel label) {
  return label == LayerLabel::max_pool || label == LayerLabel::average_pool;
}

/// A convolution becomes a grouped one as one becomes a residual layer in the paper.
double label_cost(LayerLabel a, double kernel_a, LayerLabel b, double kernel_b) {
  if (is_convolution(a) && is_convolution(b)) {
    const double kernels = std::sqrt(2) / 10 * std::sqrt(std::abs(kernel_a - kernel_b));
    if (a == b) return kernels;
    const double blended =
        (1 - other_convolution_share) * kernels + other_convolution_share * unmatched;
    return std::max(kernels, blended);
  }
  if (a == b) return 0;
  if (is_pool(a) && is_pool(b)) return other_pool;
  const bool rectifiers = is_rectifier(a) && is_rectifier(b);
  if (rectifiers || (is_sigmoid(a) && is_sigmoid(b))) return other_of_one_group;
  const bool both = (is_rectifier(a) || is_sigmoid(a)) && (is_rectifier(b) || is_sigmoid(b));
  return both ? other_group : no_match;
}

using InGroup = bool (*)(LayerLabel);
const std::vector<InGroup>& groups_of(NetworkFamily family) {
  static const InGroup all = [](LayerLabel) { return true; };
  static const InGroup dense = [](LayerLabel label) {
    return label == LayerLabel::fully_connected;
  };
  static const std::vector<InGroup> convolutional = {all, is_convolution, is_pool, dense};
  static const std::vector<InGroup> perceptron = {all, is_rectifier, is_sigmoid};
  return family == NetworkFamily::convolutional ? convolutional : perceptron;
}

/// The shortest, the longest and the mean of the ways that go on.
struct Ways {
  double shortest = std::numeric_limits<double>::infinity();
  double longest = 0;
  double sum = 0;
  int count = 0;

  void add(const double* lengths, double step) {
    shortest = std::min(shortest, lengths[0] + step);
    longest = std::max(longest, lengths[1] + step);
    sum += lengths[2] + step;
    ++count;
  }
  void write(double* lengths) const {
    if (count == 0) return;  // an end: nothing to go
    lengths[0] = shortest;
    lengths[1] = longest;
    lengths[2] = sum / count;
  }
};

constexpr std::size_t kinds_of_way = 3;
constexpr double mass_unit = 1.0 / 1024;
constexpr double cost_unit = 1.0 / (1 << 30);

std::int64_t in_units(double value, double unit) { return std::llround(value / unit); }

}  // namespace

OtmannNetwork::OtmannNetwork(const LayerGraph& layers, NetworkFamily family) {
  const std::vector<InGroup>& groups = groups_of(family);
  lengths_ = kinds_of_way * groups.size();
  std::vector<std::vector<std::size_t>> children(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    places_.push_back({layers[i].label, layers[i].kernel, layers[i].mass, {}, {}});
    total_mass_ += layers[i].mass;
    for (const std::size_t parent : layers[i].parents) children[parent].push_back(i);
  }
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const std::size_t at = kinds_of_way * group;
    // An edge counts where the layer that it leaves is in the group, walking towards the end.
    const auto step = [&](std::size_t i) { return groups[group](layers[i].label) ? 1.0 : 0.0; };
    for (std::size_t i = 0; i < layers.size(); ++i) {
      Ways ways;
      for (const std::size_t parent : layers[i].parents) {
        ways.add(&places_[parent].backward[at], step(i));
      }
      ways.write(&places_[i].backward[at]);
    }
    for (std::size_t i = layers.size(); i-- > 0;) {
      Ways ways;
      for (const std::size_t child : children[i]) ways.add(&places_[child].forward[at], step(i));
      ways.write(&places_[i].forward[at]);
    }
  }
}

/// The transport problem between two networks: the layers of one, and a dummy with the mass of the
/// other, to the layers of the other and a dummy likewise. What goes to or from a dummy stays
/// unmatched, so a match never costs more than two of these; that bounds costs that are infinite.
class OtmannPair {
 public:
  OtmannPair(const OtmannNetwork& a, const OtmannNetwork& b) : a_(a), b_(b) {
    const std::size_t layers = a.places_.size() + b.places_.size() + 2;
    graph_.reserveNode(static_cast<int>(layers));
    graph_.reserveArc(static_cast<int>((a.places_.size() + 1) * (b.places_.size() + 1)));
    for (std::size_t i = 0; i < layers; ++i) graph_.addNode();
    set_supplies();
    add_arcs();
  }

  double distance(double coefficient) const {
    Costs costs(graph_);
    for (std::size_t i = 0; i < arcs_.size(); ++i) {
      const double cost = arcs_[i].label + coefficient * arcs_[i].structure;
      costs[arc(i)] = in_units(std::min(cost, 2 * unmatched), cost_unit);
    }
    lemon::NetworkSimplex<Graph, std::int64_t, std::int64_t> simplex(graph_);
    simplex.costMap(costs).supplyMap(supplies_).run();
    double sum = 0;
    for (std::size_t i = 0; i < arcs_.size(); ++i) {
      sum += static_cast<double>(simplex.flow(arc(i))) * static_cast<double>(costs[arc(i)]);
    }
    return sum * mass_unit * cost_unit;
  }

 private:
  using Graph = lemon::SmartDigraph;
  using Costs = Graph::ArcMap<std::int64_t>;
  using Place = OtmannNetwork::Place;
  struct Match {
    double label;
    double structure;
  };

  static Graph::Arc arc(std::size_t i) { return Graph::arcFromId(static_cast<int>(i)); }
  static Graph::Node node(std::size_t i) { return Graph::nodeFromId(static_cast<int>(i)); }

  void set_supplies() {
    std::int64_t mass_a = 0, mass_b = 0;
    const std::size_t dummy_a = a_.places_.size();
    for (std::size_t i = 0; i < dummy_a; ++i) {
      mass_a += supplies_[node(i)] = in_units(a_.places_[i].mass, mass_unit);
    }
    for (std::size_t j = 0; j < b_.places_.size(); ++j) {
      const std::int64_t mass = in_units(b_.places_[j].mass, mass_unit);
      supplies_[node(dummy_a + 1 + j)] = -mass;
      mass_b += mass;
    }
    supplies_[node(dummy_a)] = mass_b;
    supplies_[node(dummy_a + 1 + b_.places_.size())] = -mass_a;
  }

  void add_arcs() {
    const std::size_t dummy_a = a_.places_.size();
    const std::size_t dummy_b = b_.places_.size();
    for (std::size_t i = 0; i <= dummy_a; ++i) {
      for (std::size_t j = 0; j <= dummy_b; ++j) {
        Match match{unmatched, 0};
        if (i == dummy_a && j == dummy_b) match.label = 0;
        if (i < dummy_a && j < dummy_b) {
          const Place& a = a_.places_[i];
          const Place& b = b_.places_[j];
          match.label = label_cost(a.label, a.kernel, b.label, b.kernel);
          if (match.label == no_match) continue;
          match.structure = structural_cost(a, b);
        }
        graph_.addArc(node(i), node(dummy_a + 1 + j));
        arcs_.push_back(match);
      }
    }
  }

  double structural_cost(const Place& a, const Place& b) const {
    double forward = 0, backward = 0;
    for (std::size_t k = 0; k < a_.lengths_; ++k) {
      forward += std::abs(a.forward[k] - b.forward[k]);
      backward += std::abs(a.backward[k] - b.backward[k]);
    }
    return (forward + backward) / (2 * static_cast<double>(a_.lengths_));
  }

  const OtmannNetwork& a_;
  const OtmannNetwork& b_;
  Graph graph_;
  Graph::NodeMap<std::int64_t> supplies_{graph_};
  std::vector<Match> arcs_;  ///< by number
};

std::vector<double> otmann_distances(const OtmannNetwork& a, const OtmannNetwork& b,
                                     std::span<const double> coefficients) {
  const OtmannPair pair(a, b);
  std::vector<double> distances;
  for (const double coefficient : coefficients) distances.push_back(pair.distance(coefficient));
  return distances;
}

}  // namespace nas
