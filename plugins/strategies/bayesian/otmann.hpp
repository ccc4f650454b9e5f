/// OTMANN: how far apart two networks are, by optimal transport (Kandasamy, Neiswanger, Schneider,
/// Poczos, Xing 2018, arXiv 1802.07191, "Optimal Transport Metrics for Architectures of Neural
/// Networks"; costs and path lengths as in the authors' `nn_comparators.py`).
///
/// A network is a graph of layers with masses. The distance d is the least cost at which the mass
/// of one network is matched with that of the other: a unit costs what the labels differ plus nu
/// times how differently the layers lie between input and output, or 1 if it stays unmatched. d is
/// a pseudo-metric: symmetric, 0 from a network to itself, and it keeps the triangle inequality.
/// The normalised d-bar = d / (sum of both masses) lies between 0 and 1 and need not keep the
/// latter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

enum class LayerLabel : std::uint8_t {
  input,
  output,
  decision,  ///< linear, or softmax: gives the answer
  fully_connected,
  convolution,
  grouped_convolution,  ///< depthwise too
  max_pool,
  average_pool,
  linear,  ///< of a perceptron, without an activation; below, with this one
  relu,
  leaky_relu,
  elu,
  softplus,
  swish,
  logistic,
  tanh,
};

/// Of a network with convolutions, or without.
enum class NetworkFamily : std::uint8_t { convolutional, perceptron };

struct Layer {
  LayerLabel label = LayerLabel::input;
  double kernel = 0;  ///< of convolutions: the mean side, dilation included
  double mass = 0;
  std::vector<std::size_t> parents;  ///< earlier layers
};
/// In a topological order: the input first, the output last.
using LayerGraph = std::vector<Layer>;

/// The layers of a network: what has weights, and pools with a window; input and output. All other
/// nodes are looked through; of those that feed an input or output, several count as one.
///
/// - A layer's mass is its input channels (1 from the network's input) times its output channels,
///   divided by the groups of a convolution; a tenth of that for a fully connected layer of a
///   convolutional network; the channels of a pool. Input and output have a tenth of the sum of
///   these, at least 100; the decision layers share the same again.
/// - Decision layers are linear and feed nothing but the output.
/// - A sum of linear maps is one linear map of all that they read.
/// - What `zero` feeds alone, and what reaches no output, is left out.
///
/// Deviation: residual layers appear as what they are made of.
LayerGraph layers_of(const Architecture& architecture, NetworkFamily family);

/// Perceptron where the network has no convolution.
NetworkFamily family_of(const Architecture& architecture);

/// A network as the distance sees it.
class OtmannNetwork {
 public:
  OtmannNetwork(const LayerGraph& layers, NetworkFamily family);

  /// Of all layers.
  double mass() const { return total_mass_; }

 private:
  friend class OtmannPair;

  /// Shortest, longest and random-walk ways to the output, and back to the input: how many layers
  /// of each group they leave.
  static constexpr std::size_t most_lengths = 12;
  struct Place {
    LayerLabel label;
    double kernel;
    double mass;
    std::array<double, most_lengths> forward;
    std::array<double, most_lengths> backward;
  };

  std::vector<Place> places_;
  std::size_t lengths_ = 0;  ///< in use, of each
  double total_mass_ = 0;
};

/// d for each structural coefficient nu, which is not negative. Both networks must be of one
/// family. Masses count to 1/1024, costs to 2^-30.
std::vector<double> otmann_distances(const OtmannNetwork& a, const OtmannNetwork& b,
                                     std::span<const double> coefficients);

}  // namespace nas
