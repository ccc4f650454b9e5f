/// Networks as free-form graphs of layers (Kandasamy et al. 2018, "Neural Architecture Search with
/// Bayesian Optimisation and Optimal Transport").
///
/// One input, one output, one or more decision layers (softmax) before the output. A layer has a
/// label and, if it has weights, a number of units: channels of a convolution, features of a fully
/// connected layer. What feeds a layer is concatenated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/genotype.hpp"

namespace nas {

/// The numbers are those of the genotype.
enum class NasBotLabel : std::uint8_t {
  input,
  output,
  softmax,
  fully_connected,
  conv3,
  conv5,
  conv7,
  res3,
  res5,
  res7,
  max_pool,
  avg_pool,
  relu,
  leaky_relu,
  softplus,
  elu,
  logistic,
  tanh,
};
inline constexpr std::size_t nasbot_labels = 18;

enum class NasBotKind : std::uint8_t { cnn, mlp };

/// "conv3", "max-pool", "fc": as the authors write them.
std::string_view label_name(NasBotLabel label);
bool is_convolution(NasBotLabel label);  ///< plain or residual
bool is_pool(NasBotLabel label);
bool is_rectifier(NasBotLabel label);  ///< of a perceptron
bool is_sigmoid(NasBotLabel label);    ///< likewise
/// Convolutions, fully connected layers and those of a perceptron.
bool has_units(NasBotLabel label);

struct NasBotLayer {
  NasBotLabel label = NasBotLabel::input;
  int units = 0;                     ///< 0 where the label has none
  int stride = 0;                    ///< 1 or 2 of convolutions, 0 of others; pools halve always
  std::vector<std::size_t> parents;  ///< ascending
  friend bool operator==(const NasBotLayer&, const NasBotLayer&) = default;
};

/// Layers in a topological order: the input first, the output last.
using NasBotGraph = std::vector<NasBotLayer>;

/// What a network must keep (the authors' constraint checker; limits include input and output).
struct NasBotLimits {
  std::size_t min_layers = 5;
  std::size_t max_layers = 60;
  std::size_t max_in_degree = 5;
  std::size_t max_out_degree = 55;
  std::size_t max_edges = 200;
  int min_units = 8;
  int max_units = 1024;
  double max_mass = 0;  ///< of all layers together
  int max_strides = 0;  ///< halvings of the image on any path
};

/// What breaks the rules of a graph of this kind, or a limit; nothing where all is well. In the
/// order of the checks, so that later functions may rely on what earlier checks found.
std::optional<std::string> violation(const NasBotGraph& graph, NasBotKind kind,
                                     const NasBotLimits& limits);

std::vector<std::vector<std::size_t>> children(const NasBotGraph& graph);

/// By how much the image is smaller than the input's, before and after every layer: powers of two,
/// 0 where there is no image any more. Nothing where images of different size meet, or an image is
/// needed and there is none.
struct ImageSizes {
  std::vector<int> before;
  std::vector<int> after;
};
std::optional<ImageSizes> image_sizes(const NasBotGraph& graph);

/// What a layer weighs in the distance between networks: input units times output units, a tenth of
/// that for fully connected layers of a CNN, the input channels for a pool; the input has one
/// channel. Input and output weigh a tenth of all that together, at least 100; the decision layers
/// share the same again.
std::vector<double> layer_masses(const NasBotGraph& graph);

/// Layers on the shortest way from the input to each, and from each to the output.
struct PathLengths {
  std::vector<int> from_input;
  std::vector<int> to_output;
};
PathLengths shortest_paths(const NasBotGraph& graph);

/// Topologically sorted, whatever the order of layers and edges; the input and the output are found
/// by their labels. Nothing where there is a cycle or not one of each.
std::optional<NasBotGraph> sorted(const NasBotGraph& graph);

/// The same for all graphs that differ in the order of their layers alone: by distance from the
/// input, label, units and stride, then by colour refinement; layers that stay alike are told apart
/// one by one. The graph must be valid.
NasBotGraph canonical_order(const NasBotGraph& graph);

/// [layers, then for each in topological order: label, units, stride, number of parents, parents],
/// parents as numbers of layers from 0, the input.
Genotype encode(const NasBotGraph& graph);
/// Throws Error(space), saying where, unless it is what `encode` writes of some graph, sorted
/// topologically.
NasBotGraph decode(const Genotype& genotype);

}  // namespace nas
