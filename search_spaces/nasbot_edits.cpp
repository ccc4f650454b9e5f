#include "search_spaces/nasbot_edits.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/base/error.hpp"

namespace nas {
namespace {

using Label = NasBotLabel;
using Layers = std::vector<std::size_t>;

constexpr double change = 0.125;  ///< of units
constexpr double units_without_neighbours = 16;

/// Of a graph that edits have left without cycles.
NasBotGraph in_order(const NasBotGraph& graph) {
  std::optional<NasBotGraph> result = sorted(graph);
  if (!result) throw Error(ErrorKind::internal, "a modifier of 'nasbot' has left no sound graph");
  return *std::move(result);
}

void connect(NasBotGraph& graph, Edge edge) {
  Layers& parents = graph[edge.to].parents;
  if (std::ranges::find(parents, edge.from) == parents.end()) parents.push_back(edge.from);
  std::ranges::sort(parents);
}

void disconnect(NasBotGraph& graph, Edge edge) { std::erase(graph[edge.to].parents, edge.from); }

/// The mean of those layers that have units; 0 where none has.
double mean_units(const NasBotGraph& graph, const Layers& layers) {
  double total = 0, count = 0;
  for (const std::size_t layer : layers) {
    if (!has_units(graph[layer].label)) continue;
    total += graph[layer].units;
    ++count;
  }
  return count == 0 ? 0 : total / count;
}

int wedge_units(const NasBotGraph& graph, Edge edge) {
  double units = mean_units(graph, {edge.from, edge.to});
  // Pools and decision layers: what lies before them counts.
  Layers before = graph[edge.from].parents;
  while (units == 0 && !before.empty()) {
    units = mean_units(graph, before);
    Layers next;
    for (const std::size_t layer : before) {
      next.insert(next.end(), graph[layer].parents.begin(), graph[layer].parents.end());
    }
    before = std::move(next);
  }
  if (units == 0) units = mean_units(graph, children(graph).front());
  return static_cast<int>(std::lround(units == 0 ? units_without_neighbours : units));
}

/// Takes the first element, or a random one.
std::size_t taken(Layers& layers, Random* random) {
  const std::size_t place = random == nullptr ? 0 : random->below(layers.size());
  const std::size_t layer = layers[place];
  layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(place));
  return layer;
}

std::size_t chosen(const Layers& layers, Random* random) {
  return layers[random == nullptr ? 0 : random->below(layers.size())];
}

void halve_elsewhere(NasBotGraph& graph, const Layers& below, const Layers& above) {
  const auto are_free = [&](const Layers& layers) {
    return std::ranges::all_of(layers, [&](std::size_t layer) { return graph[layer].stride == 1; });
  };
  const Layers& strided = are_free(below) ? below : are_free(above) ? above : Layers{};
  for (const std::size_t layer : strided) graph[layer].stride = 2;
}

}  // namespace

Layers layers_with_units(const NasBotGraph& graph) {
  Layers result;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (has_units(graph[i].label)) result.push_back(i);
  }
  return result;
}

NasBotGraph resized(const NasBotGraph& graph, const Layers& layers, bool more) {
  NasBotGraph result = graph;
  for (const std::size_t layer : layers) {
    const double units = graph[layer].units * (more ? 1 + change : 1 - change);
    result[layer].units = static_cast<int>(std::lround(units));
  }
  return result;
}

std::vector<LabelShare> swap_candidates(Label label) {
  constexpr double pool = 0.05;
  const auto with_pools = [](std::initializer_list<LabelShare> labels) {
    std::vector<LabelShare> all = labels;
    all.push_back({Label::max_pool, pool});
    all.push_back({Label::avg_pool, pool});
    return all;
  };
  switch (label) {
    case Label::conv3:
      return with_pools(
          {{Label::res3, 0.25}, {Label::res5, 0.25}, {Label::conv5, 0.15}, {Label::conv7, 0.25}});
    case Label::conv5:
      return with_pools(
          {{Label::res3, 0.25}, {Label::res5, 0.25}, {Label::conv3, 0.2}, {Label::conv7, 0.2}});
    case Label::conv7:
      return with_pools(
          {{Label::res3, 0.25}, {Label::res5, 0.25}, {Label::conv3, 0.25}, {Label::conv5, 0.15}});
    case Label::res3:
      return with_pools(
          {{Label::conv3, 0.25}, {Label::conv5, 0.25}, {Label::res5, 0.15}, {Label::res7, 0.25}});
    case Label::res5:
      return with_pools(
          {{Label::conv3, 0.25}, {Label::conv5, 0.25}, {Label::res3, 0.2}, {Label::res7, 0.2}});
    case Label::res7:
      return with_pools(
          {{Label::conv3, 0.25}, {Label::conv5, 0.25}, {Label::res3, 0.25}, {Label::res5, 0.15}});
    case Label::max_pool:
      return {{Label::avg_pool, 1}};
    case Label::avg_pool:
      return {{Label::max_pool, 1}};
    case Label::relu:
    case Label::leaky_relu:
    case Label::softplus:
    case Label::elu:
      return {{Label::logistic, 1}, {Label::tanh, 1}};
    case Label::logistic:
    case Label::tanh:
      return {{Label::relu, 1}, {Label::leaky_relu, 1}, {Label::softplus, 1}, {Label::elu, 1}};
    default:
      return {};
  }
}

NasBotGraph swapped(const NasBotGraph& graph, std::size_t layer, Label label, int stride) {
  NasBotGraph result = graph;
  result[layer].label = label;
  if (is_pool(label)) result[layer].units = 0;
  result[layer].stride = is_convolution(label) ? stride : 0;
  return result;
}

std::vector<Edge> wedge_edges(const NasBotGraph& graph) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i + 1 < graph.size(); ++i) {
    for (const std::size_t parent : graph[i].parents) edges.push_back({parent, i});
  }
  return edges;
}

std::vector<Label> wedge_labels(const NasBotGraph& graph, Edge edge) {
  const bool is_perceptron = std::ranges::any_of(graph, [](const NasBotLayer& layer) {
    return is_rectifier(layer.label) || is_sigmoid(layer.label);
  });
  if (is_perceptron) {
    return {Label::relu, Label::leaky_relu, Label::softplus,
            Label::elu,  Label::logistic,   Label::tanh};
  }
  if (graph[edge.from].label == Label::fully_connected) return {Label::fully_connected};
  return {Label::conv3, Label::conv5, Label::conv7, Label::res3, Label::res5, Label::res7};
}

NasBotGraph wedged(const NasBotGraph& graph, Edge edge, Label label, int stride) {
  NasBotGraph result = graph;
  const bool after_connected = graph[edge.from].label == Label::fully_connected;
  const int units = after_connected ? graph[edge.from].units : wedge_units(graph, edge);
  result.push_back({.label = label,
                    .units = has_units(label) ? units : 0,
                    .stride = is_convolution(label) ? stride : 0,
                    .parents = {edge.from}});
  disconnect(result, edge);
  connect(result, {graph.size(), edge.to});
  return in_order(result);
}

Layers removable_layers(const NasBotGraph& graph) {
  Layers result;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (graph[i].label <= Label::softmax) continue;
    const bool behind_image = std::ranges::any_of(graph[i].parents, [&](std::size_t parent) {
      return graph[parent].label != Label::fully_connected;
    });
    if (graph[i].label == Label::fully_connected && behind_image) continue;
    result.push_back(i);
  }
  return result;
}

NasBotGraph removed(const NasBotGraph& graph, std::size_t layer, Random* random) {
  const auto all_below = children(graph);
  const Layers& above = graph[layer].parents;
  const Layers& below = all_below[layer];
  NasBotGraph result = graph;
  const bool halves = is_pool(graph[layer].label) || graph[layer].stride == 2;
  if (halves) halve_elsewhere(result, below, above);
  Layers lonely_above, lonely_below;
  for (const std::size_t parent : above) {
    if (all_below[parent].size() == 1) lonely_above.push_back(parent);
  }
  for (const std::size_t child : below) {
    if (graph[child].parents.size() == 1) lonely_below.push_back(child);
  }
  while (!lonely_above.empty() || !lonely_below.empty()) {
    const std::size_t from =
        lonely_above.empty() ? chosen(above, random) : taken(lonely_above, random);
    const std::size_t to =
        lonely_below.empty() ? chosen(below, random) : taken(lonely_below, random);
    connect(result, {from, to});
  }
  for (const std::size_t child : below) disconnect(result, {layer, child});
  result.erase(result.begin() + static_cast<std::ptrdiff_t>(layer));
  for (NasBotLayer& other : result) {
    for (std::size_t& parent : other.parents) parent -= parent > layer ? 1 : 0;
  }
  return in_order(result);
}

NasBotGraph with_branch(const NasBotGraph& graph, std::size_t start, const Layers& kept,
                        std::size_t end) {
  NasBotGraph result = graph;
  std::size_t last = start;
  for (const std::size_t layer : kept) {
    NasBotLayer copy = graph[layer];
    copy.parents = {last};
    last = result.size();
    result.push_back(std::move(copy));
  }
  connect(result, {last, end});
  return in_order(result);
}

Layers skip_ends(const NasBotGraph& graph, std::size_t start) {
  const PathLengths paths = shortest_paths(graph);
  const std::optional<ImageSizes> sizes = image_sizes(graph);
  Layers result;
  const Label start_label = graph[start].label;
  if (start_label == Label::output || start_label == Label::softmax ||
      start_label == Label::fully_connected) {
    return result;
  }
  for (std::size_t end = start + 1; end < graph.size(); ++end) {
    const Label label = graph[end].label;
    if (paths.from_input[end] - 1 <= paths.from_input[start] ||
        paths.to_output[end] + 1 >= paths.to_output[start] || label <= Label::softmax) {
      continue;
    }
    const bool is_image = is_convolution(label) || is_pool(label);
    if (is_image && sizes->after[start] > sizes->before[end]) continue;
    const bool behind_connected = std::ranges::any_of(graph[end].parents, [&](std::size_t parent) {
      return !is_pool(graph[parent].label) && !is_convolution(graph[parent].label);
    });
    if (label == Label::fully_connected &&
        (behind_connected || sizes->after[start] > sizes->before[end]))
      continue;
    result.push_back(end);
  }
  return result;
}

NasBotGraph with_skip(const NasBotGraph& graph, Edge edge) {
  NasBotGraph result = graph;
  const bool is_perceptron = is_rectifier(graph[edge.to].label) || is_sigmoid(graph[edge.to].label);
  std::size_t last = edge.from;
  if (!is_perceptron) {
    const std::optional<ImageSizes> sizes = image_sizes(graph);
    for (int size = sizes->after[edge.from]; size < sizes->before[edge.to]; size *= 2) {
      result.push_back({.label = Label::avg_pool, .units = 0, .stride = 0, .parents = {last}});
      last = result.size() - 1;
    }
  }
  connect(result, {last, edge.to});
  return in_order(result);
}

}  // namespace nas
