#include "search_spaces/nasbot_modifiers.hpp"

#include <algorithm>
#include <cmath>

#include "search_spaces/nasbot_edits.hpp"

namespace nas {
namespace {

using Layers = std::vector<std::size_t>;

constexpr std::array<double, nasbot_modifiers> weights = {0.1, 0.1, 0.1, 0.1, 0.2,
                                                          0.1, 0.1, 0.2, 0.2};
constexpr double stride_change = 0.05;
constexpr double wedged_pool = 0.05;
constexpr double wedged_stride = 0.05;
constexpr double kept_in_copy = 0.5;
constexpr std::size_t shortest_path = 4;
constexpr double path_end = 0.2;

std::size_t draw_weighted(const std::vector<double>& shares, Random& random) {
  double total = 0;
  for (const double share : shares) total += share;
  double left = random.uniform(0, total);
  std::size_t last = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] <= 0) continue;
    last = i;
    left -= shares[i];
    if (left < 0) break;
  }
  return last;
}

template <typename T>
const T& draw_one(const std::vector<T>& values, Random& random) {
  return values[random.below(values.size())];
}

/// Groups of layers whose units change together.
std::vector<Layers> masses_of_layers(const NasBotGraph& graph) {
  const Layers all = layers_with_units(graph);
  const std::size_t between = graph.size() - 2;
  std::vector<Layers> groups;
  for (const std::size_t parts : {2U, 4U, 8U}) {
    if (between < 2 * parts) continue;
    for (std::size_t part = 0; part < parts; ++part) {
      const auto begin = static_cast<std::ptrdiff_t>(part * all.size() / parts);
      const auto end = static_cast<std::ptrdiff_t>((part + 1) * all.size() / parts);
      if (begin != end) groups.emplace_back(all.begin() + begin, all.begin() + end);
    }
  }
  return groups;
}

std::optional<NasBotGraph> with_other_label(const NasBotGraph& graph, Random& random) {
  Layers candidates;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (!swap_candidates(graph[i].label).empty()) candidates.push_back(i);
  }
  if (candidates.empty()) return std::nullopt;
  const std::size_t layer = draw_one(candidates, random);
  const std::vector<LabelShare> labels = swap_candidates(graph[layer].label);
  std::vector<double> shares;
  shares.reserve(labels.size());
  for (const LabelShare& label : labels) shares.push_back(label.share);
  const NasBotLabel label = labels[draw_weighted(shares, random)].label;
  int stride = graph[layer].stride;
  if (is_convolution(label) && random.chance(stride_change)) stride = 3 - stride;
  return swapped(graph, layer, label, stride);
}

std::optional<NasBotGraph> with_wedge(const NasBotGraph& graph, Random& random) {
  const std::vector<Edge> edges = wedge_edges(graph);
  if (edges.empty()) return std::nullopt;
  const Edge edge = draw_one(edges, random);
  std::vector<NasBotLabel> labels = wedge_labels(graph, edge);
  const bool may_pool = edge.from != 0 && is_convolution(labels.front());
  if (may_pool && random.chance(wedged_pool)) {
    labels = {NasBotLabel::avg_pool, NasBotLabel::max_pool};
  }
  const NasBotLabel label = draw_one(labels, random);
  const bool strided = is_convolution(label) && random.chance(wedged_stride);
  return wedged(graph, edge, label, strided ? 2 : 1);
}

std::optional<NasBotGraph> without_one(const NasBotGraph& graph, Random& random) {
  const Layers candidates = removable_layers(graph);
  if (candidates.empty()) return std::nullopt;
  return removed(graph, draw_one(candidates, random), &random);
}

/// Near the input rather than far from it.
std::vector<double> start_shares(const NasBotGraph& graph, const PathLengths& paths) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const NasBotLabel label = graph[i].label;
    const bool none = label == NasBotLabel::output || label == NasBotLabel::softmax ||
                      label == NasBotLabel::fully_connected;
    shares.push_back(none ? 0 : 1 / std::sqrt(1.0 + paths.from_input[i]));
  }
  return shares;
}

std::optional<NasBotGraph> with_copied_path(const NasBotGraph& graph, Random& random) {
  const auto below = children(graph);
  Layers path = {draw_weighted(start_shares(graph, shortest_paths(graph)), random)};
  while (path.size() < shortest_path || !random.chance(path_end)) {
    path.push_back(draw_one(below[path.back()], random));
    if (graph[path.back()].label == NasBotLabel::output) break;
  }
  Layers kept;
  bool fully_connected = false;
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    const NasBotLayer& layer = graph[path[i]];
    const bool first_connected =
        layer.label == NasBotLabel::fully_connected && !std::exchange(fully_connected, true);
    // What shrinks the image must be in the copy, or it does not fit where the path ends.
    const bool needed = (i == 1 && path.front() == 0) || (i + 2 == path.size() && kept.empty()) ||
                        is_pool(layer.label) || layer.label == NasBotLabel::softmax ||
                        layer.stride == 2 || first_connected;
    if (needed || random.chance(kept_in_copy)) kept.push_back(path[i]);
  }
  if (kept.empty()) return std::nullopt;
  return with_branch(graph, path.front(), kept, path.back());
}

std::optional<NasBotGraph> with_new_edge(const NasBotGraph& graph, Random& random) {
  std::vector<double> shares = start_shares(graph, shortest_paths(graph));
  shares[0] = 0;
  if (std::ranges::max(shares) <= 0) return std::nullopt;
  const std::size_t start = draw_weighted(shares, random);
  const Layers ends = skip_ends(graph, start);
  if (ends.empty()) return std::nullopt;
  return with_skip(graph, {start, draw_one(ends, random)});
}

}  // namespace

NasBotModifier draw_modifier(Random& random) {
  return static_cast<NasBotModifier>(
      draw_weighted(std::vector<double>(weights.begin(), weights.end()), random));
}

std::optional<NasBotGraph> modified(const NasBotGraph& graph, NasBotModifier modifier,
                                    Random& random) {
  switch (modifier) {
    case NasBotModifier::inc_single:
    case NasBotModifier::dec_single: {
      const Layers candidates = layers_with_units(graph);
      if (candidates.empty()) return std::nullopt;
      return resized(graph, {draw_one(candidates, random)}, modifier == NasBotModifier::inc_single);
    }
    case NasBotModifier::inc_en_masse:
    case NasBotModifier::dec_en_masse: {
      const std::vector<Layers> groups = masses_of_layers(graph);
      if (groups.empty()) return std::nullopt;
      return resized(graph, draw_one(groups, random), modifier == NasBotModifier::inc_en_masse);
    }
    case NasBotModifier::swap_label:
      return with_other_label(graph, random);
    case NasBotModifier::wedge_layer:
      return with_wedge(graph, random);
    case NasBotModifier::remove_layer:
      return without_one(graph, random);
    case NasBotModifier::dup_path:
      return with_copied_path(graph, random);
    case NasBotModifier::skip:
      return with_new_edge(graph, random);
  }
  return std::nullopt;
}

std::vector<NasBotGraph> all_modified(const NasBotGraph& graph) {
  std::vector<NasBotGraph> result;
  std::vector<Layers> groups = masses_of_layers(graph);
  for (const std::size_t layer : layers_with_units(graph)) groups.push_back({layer});
  for (const Layers& group : groups) {
    result.push_back(resized(graph, group, true));
    result.push_back(resized(graph, group, false));
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (const LabelShare& label : swap_candidates(graph[i].label)) {
      result.push_back(swapped(graph, i, label.label, graph[i].stride));
    }
    for (const std::size_t end : skip_ends(graph, i)) {
      if (i != 0) result.push_back(with_skip(graph, {i, end}));
    }
  }
  for (const Edge& edge : wedge_edges(graph)) {
    for (const NasBotLabel label : wedge_labels(graph, edge)) {
      result.push_back(wedged(graph, edge, label, 1));
    }
  }
  for (const std::size_t layer : removable_layers(graph)) {
    result.push_back(removed(graph, layer, nullptr));
  }
  return result;
}

}  // namespace nas
