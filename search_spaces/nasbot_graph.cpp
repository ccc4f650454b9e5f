#include "search_spaces/nasbot_graph.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr std::array<std::string_view, nasbot_labels> label_names = {
    "ip",   "op",       "softmax",  "fc",   "conv3",      "conv5",    "conv7", "res3",     "res5",
    "res7", "max-pool", "avg-pool", "relu", "leaky-relu", "softplus", "elu",   "logistic", "tanh"};

/// Where halvings are no longer told apart: beyond every limit.
constexpr int largest_size = 1 << 20;
constexpr double share_of_ends = 0.1;  ///< mass of the input and of the output, of all others
constexpr double smallest_end_mass = 100;
constexpr double fully_connected_mass = 0.1;  ///< of its products of units

bool belongs(NasBotLabel label, NasBotKind kind) {
  if (label <= NasBotLabel::softmax) return true;
  return (label >= NasBotLabel::relu) == (kind == NasBotKind::mlp);
}

std::string describe(const NasBotGraph& graph, std::size_t layer) {
  return fmt::format("layer {} ({})", layer, label_name(graph[layer].label));
}

/// Of one layer by itself.
std::optional<std::string> layer_violation(const NasBotGraph& graph, std::size_t i, NasBotKind kind,
                                           const NasBotLimits& limits) {
  const NasBotLayer& layer = graph[i];
  const bool first = i == 0, last = i + 1 == graph.size();
  if ((layer.label == NasBotLabel::input) != first ||
      (layer.label == NasBotLabel::output) != last) {
    return "there must be one input, the first layer, and one output, the last";
  }
  if (!belongs(layer.label, kind)) {
    return fmt::format("{} is not of this kind of network", describe(graph, i));
  }
  const bool units_fit = has_units(layer.label)
                             ? layer.units >= limits.min_units && layer.units <= limits.max_units
                             : layer.units == 0;
  if (!units_fit) {
    return fmt::format("{} has {} units; layers with weights have {} to {}, others none",
                       describe(graph, i), layer.units, limits.min_units, limits.max_units);
  }
  const bool strided = is_convolution(layer.label);
  if (strided ? layer.stride != 1 && layer.stride != 2 : layer.stride != 0) {
    return fmt::format("{} has stride {}; convolutions have 1 or 2, others 0", describe(graph, i),
                       layer.stride);
  }
  if (!first && layer.parents.empty()) return fmt::format("nothing feeds {}", describe(graph, i));
  if (layer.parents.size() > limits.max_in_degree) {
    return fmt::format("{} layers feed {}, more than {}", layer.parents.size(), describe(graph, i),
                       limits.max_in_degree);
  }
  return std::nullopt;
}

/// Of what feeds what.
std::optional<std::string> edge_violation(const NasBotGraph& graph, NasBotKind kind) {
  for (std::size_t i = 1; i < graph.size(); ++i) {
    const bool is_output = graph[i].label == NasBotLabel::output;
    for (const std::size_t parent : graph[i].parents) {
      if ((graph[parent].label == NasBotLabel::softmax) != is_output) {
        return fmt::format("{} feeds {}: decision layers, and they alone, feed the output",
                           describe(graph, parent), describe(graph, i));
      }
      if (kind == NasBotKind::cnn && parent == 0 && !is_convolution(graph[i].label)) {
        return fmt::format("the input feeds {}: it may feed convolutions only", describe(graph, i));
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> limit_violation(const NasBotGraph& graph, NasBotKind kind,
                                           const NasBotLimits& limits) {
  const auto below = children(graph);
  std::size_t edges = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    edges += below[i].size();
    if (below[i].empty() && i + 1 != graph.size()) {
      return fmt::format("{} feeds nothing", describe(graph, i));
    }
    if (below[i].size() > limits.max_out_degree) {
      return fmt::format("{} feeds {} layers, more than {}", describe(graph, i), below[i].size(),
                         limits.max_out_degree);
    }
  }
  if (edges > limits.max_edges) {
    return fmt::format("{} edges, more than {}", edges, limits.max_edges);
  }
  if (kind == NasBotKind::cnn) {
    const std::optional<ImageSizes> sizes = image_sizes(graph);
    if (!sizes) return "images of different size meet, or an image is needed where there is none";
    if (std::ranges::max(sizes->after) > 1 << limits.max_strides) {
      return fmt::format("the image is halved more than {} times", limits.max_strides);
    }
  }
  const std::vector<double> masses = layer_masses(graph);
  const double mass = std::accumulate(masses.begin(), masses.end(), 0.0);
  if (mass > limits.max_mass) {
    return fmt::format("the mass {} is more than {}", mass, limits.max_mass);
  }
  return std::nullopt;
}

}  // namespace

std::string_view label_name(NasBotLabel label) {
  return label_names[static_cast<std::size_t>(label)];
}
bool is_convolution(NasBotLabel label) {
  return label >= NasBotLabel::conv3 && label <= NasBotLabel::res7;
}
bool is_pool(NasBotLabel label) {
  return label == NasBotLabel::max_pool || label == NasBotLabel::avg_pool;
}
bool is_rectifier(NasBotLabel label) {
  return label >= NasBotLabel::relu && label <= NasBotLabel::elu;
}
bool is_sigmoid(NasBotLabel label) {
  return label == NasBotLabel::logistic || label == NasBotLabel::tanh;
}
bool has_units(NasBotLabel label) {
  return is_convolution(label) || is_rectifier(label) || is_sigmoid(label) ||
         label == NasBotLabel::fully_connected;
}

std::optional<std::string> violation(const NasBotGraph& graph, NasBotKind kind,
                                     const NasBotLimits& limits) {
  if (graph.size() < limits.min_layers || graph.size() > limits.max_layers) {
    return fmt::format("{} layers; there must be {} to {}", graph.size(), limits.min_layers,
                       limits.max_layers);
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (auto found = layer_violation(graph, i, kind, limits)) return found;
  }
  if (auto found = edge_violation(graph, kind)) return found;
  return limit_violation(graph, kind, limits);
}

std::vector<std::vector<std::size_t>> children(const NasBotGraph& graph) {
  std::vector<std::vector<std::size_t>> result(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (const std::size_t parent : graph[i].parents) result[parent].push_back(i);
  }
  return result;
}

std::optional<ImageSizes> image_sizes(const NasBotGraph& graph) {
  ImageSizes sizes;
  for (const NasBotLayer& layer : graph) {
    const bool first = layer.label == NasBotLabel::input;
    const int before = first ? 1 : sizes.after[layer.parents.front()];
    for (const std::size_t parent : layer.parents) {
      if (sizes.after[parent] != before) return std::nullopt;
    }
    const bool needs_image = is_convolution(layer.label) || is_pool(layer.label);
    if (needs_image && before == 0) return std::nullopt;
    const bool halves = is_pool(layer.label) || layer.stride == 2;
    sizes.before.push_back(before);
    const int halved = std::min(2 * before, largest_size);
    sizes.after.push_back(first ? 1 : !needs_image ? 0 : halves ? halved : before);
  }
  return sizes;
}

std::vector<double> layer_masses(const NasBotGraph& graph) {
  std::vector<double> channels(graph.size(), 0), masses(graph.size(), 0);
  double total = 0;
  std::size_t decisions = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const NasBotLayer& layer = graph[i];
    if (layer.label == NasBotLabel::input) channels[i] = 1;
    if (layer.label == NasBotLabel::softmax) ++decisions;
    if (layer.label <= NasBotLabel::softmax) continue;
    double in = 0;
    for (const std::size_t parent : layer.parents) in += channels[parent];
    channels[i] = is_pool(layer.label) ? in : layer.units;
    masses[i] = is_pool(layer.label) ? in : in * layer.units;
    if (layer.label == NasBotLabel::fully_connected) masses[i] *= fully_connected_mass;
    total += masses[i];
  }
  const double end = std::max(share_of_ends * total, smallest_end_mass);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (graph[i].label == NasBotLabel::softmax) masses[i] = end / static_cast<double>(decisions);
    if (graph[i].label < NasBotLabel::softmax) masses[i] = end;
  }
  return masses;
}

PathLengths shortest_paths(const NasBotGraph& graph) {
  const auto far = static_cast<int>(graph.size());
  PathLengths result{std::vector<int>(graph.size(), far), std::vector<int>(graph.size(), far)};
  result.from_input.front() = 0;
  result.to_output.back() = 0;
  for (std::size_t i = 1; i < graph.size(); ++i) {
    for (const std::size_t parent : graph[i].parents) {
      result.from_input[i] = std::min(result.from_input[i], result.from_input[parent] + 1);
    }
  }
  for (std::size_t i = graph.size(); i-- > 1;) {
    for (const std::size_t parent : graph[i].parents) {
      result.to_output[parent] = std::min(result.to_output[parent], result.to_output[i] + 1);
    }
  }
  return result;
}

Genotype encode(const NasBotGraph& graph) {
  Genotype result{{static_cast<int>(graph.size())}};
  for (const NasBotLayer& layer : graph) {
    result.answers.insert(result.answers.end(),
                          {static_cast<int>(layer.label), layer.units, layer.stride,
                           static_cast<int>(layer.parents.size())});
    for (const std::size_t parent : layer.parents) {
      result.answers.push_back(static_cast<int>(parent));
    }
  }
  return result;
}

NasBotGraph decode(const Genotype& genotype) {
  std::size_t place = 0;
  const auto next = [&](const char* what, int bound) {
    if (place == genotype.answers.size()) {
      throw Error(ErrorKind::space,
                  fmt::format("genotype {} ends after {} numbers, where {} is expected",
                              genotype.text(), place, what));
    }
    const int value = genotype.answers[place++];
    if (value < 0 || value >= bound) {
      throw Error(ErrorKind::space,
                  fmt::format("genotype {}: number {} is '{}', but {} must be from 0 to {}",
                              genotype.text(), place - 1, value, what, bound - 1));
    }
    return value;
  };
  constexpr int any = 1 << 16;
  NasBotGraph graph;
  const int layers = next("the number of layers", any);
  for (int i = 0; i < layers; ++i) {
    NasBotLayer layer;
    layer.label = static_cast<NasBotLabel>(next("a label", static_cast<int>(nasbot_labels)));
    layer.units = next("a number of units", any);
    layer.stride = next("a stride", any);
    const int parents = next("a number of parents", i + 1);
    for (int p = 0; p < parents; ++p) {
      const auto parent = static_cast<std::size_t>(next("a parent", i));
      if (!layer.parents.empty() && layer.parents.back() >= parent) {
        throw Error(ErrorKind::space,
                    fmt::format("genotype {}: the parents of layer {} are not in ascending order",
                                genotype.text(), i));
      }
      layer.parents.push_back(parent);
    }
    graph.push_back(std::move(layer));
  }
  if (place != genotype.answers.size()) {
    throw Error(ErrorKind::space,
                fmt::format("genotype {} goes on behind its {} layers", genotype.text(), layers));
  }
  return graph;
}

}  // namespace nas
