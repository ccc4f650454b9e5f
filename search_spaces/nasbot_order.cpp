// The order of layers in a graph of nasbot_graph.hpp.
#include <algorithm>
#include <numeric>
#include <tuple>

#include "search_spaces/nasbot_graph.hpp"

namespace nas {
namespace {

using Order = std::vector<std::size_t>;  ///< the old numbers of the layers, in their new order
using Colours = std::vector<int>;        ///< of the layers, from 0; alike where still alike

NasBotGraph reordered(const NasBotGraph& graph, const Order& order) {
  std::vector<std::size_t> place(graph.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  NasBotGraph result;
  for (const std::size_t old : order) {
    NasBotLayer layer = graph[old];
    for (std::size_t& parent : layer.parents) parent = place[parent];
    std::ranges::sort(layer.parents);
    result.push_back(std::move(layer));
  }
  return result;
}

/// The rank of each layer's key among all different keys.
template <typename Key>
Colours ranked(const std::vector<Key>& keys) {
  std::vector<Key> different = keys;
  std::ranges::sort(different);
  different.erase(std::unique(different.begin(), different.end()), different.end());
  Colours colours;
  for (const Key& key : keys) {
    const auto found = std::ranges::lower_bound(different, key);
    colours.push_back(static_cast<int>(found - different.begin()));
  }
  return colours;
}

using Key = std::tuple<int, std::vector<int>, std::vector<int>>;

class Refinement {
 public:
  explicit Refinement(const NasBotGraph& graph) : graph_(graph), children_(children(graph)) {}

  /// Longest distance from the input first, so that the colours' order is a topological one.
  Colours initial() const {
    std::vector<int> depth(graph_.size(), 0);
    std::vector<std::tuple<int, int, int, int>> keys;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const NasBotLayer& layer = graph_[i];
      for (const std::size_t parent : layer.parents) {
        depth[i] = std::max(depth[i], depth[parent] + 1);
      }
      keys.emplace_back(depth[i], static_cast<int>(layer.label), layer.units, layer.stride);
    }
    return refined(ranked(keys));
  }

  /// Until neighbours tell no more layers apart; the order of the colours stays.
  Colours refined(Colours colours) const {
    while (true) {
      Colours next = ranked(keys(colours));
      if (next == colours) return colours;
      colours = std::move(next);
    }
  }

  /// Refined after one of those of its colour has been put before the others.
  Colours marked(Colours colours, std::size_t chosen) const {
    for (int& colour : colours) colour = 2 * colour + 1;
    --colours[chosen];
    return refined(ranked(colours));
  }

  /// Equal for colourings that cannot be told apart by what each layer sees.
  std::vector<Key> signature(const Colours& colours) const {
    std::vector<Key> all = keys(colours);
    std::ranges::sort(all);
    return all;
  }

  bool are_twins(std::size_t a, std::size_t b) const {
    return graph_[a].parents == graph_[b].parents && children_[a] == children_[b];
  }

 private:
  std::vector<Key> keys(const Colours& colours) const {
    const auto seen = [&](const std::vector<std::size_t>& layers) {
      std::vector<int> result;
      result.reserve(layers.size());
      for (const std::size_t layer : layers) result.push_back(colours[layer]);
      std::ranges::sort(result);
      return result;
    };
    std::vector<Key> result;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      result.emplace_back(colours[i], seen(graph_[i].parents), seen(children_[i]));
    }
    return result;
  }

  const NasBotGraph& graph_;
  std::vector<std::vector<std::size_t>> children_;
};

/// The layers of the first colour that several have; nothing where all differ.
Order first_alike(const Colours& colours) {
  Order members;
  for (int colour = 0; colour <= std::ranges::max(colours); ++colour) {
    members.clear();
    for (std::size_t i = 0; i < colours.size(); ++i) {
      if (colours[i] == colour) members.push_back(i);
    }
    if (members.size() > 1) return members;
  }
  return {};
}

}  // namespace

std::optional<NasBotGraph> sorted(const NasBotGraph& graph) {
  const auto below = children(graph);
  std::vector<std::size_t> waiting(graph.size());
  Order ready, order;
  std::size_t outputs = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    waiting[i] = graph[i].parents.size();
    outputs += graph[i].label == NasBotLabel::output;
    if (waiting[i] == 0) ready.push_back(i);
  }
  if (outputs != 1 || ready.size() != 1 || graph[ready[0]].label != NasBotLabel::input) {
    return std::nullopt;
  }
  while (!ready.empty()) {
    const std::size_t layer = ready.front();
    ready.erase(ready.begin());
    order.push_back(layer);
    for (const std::size_t child : below[layer]) {
      if (--waiting[child] == 0) ready.push_back(child);
    }
  }
  if (order.size() != graph.size()) return std::nullopt;
  // The output may be ready before others that feed nothing: valid graphs have none of these.
  return reordered(graph, order);
}

NasBotGraph canonical_order(const NasBotGraph& graph) {
  const Refinement refinement(graph);
  Colours colours = refinement.initial();
  for (Order alike = first_alike(colours); !alike.empty(); alike = first_alike(colours)) {
    // Of those that look alike whichever is put first, the first: once more on its own result, this
    // chooses the same.
    Colours best = refinement.marked(colours, alike.front());
    auto best_signature = refinement.signature(best);
    for (const std::size_t member : alike) {
      if (refinement.are_twins(alike.front(), member)) continue;
      Colours other = refinement.marked(colours, member);
      auto signature = refinement.signature(other);
      if (signature < best_signature) {
        best = std::move(other);
        best_signature = std::move(signature);
      }
    }
    colours = std::move(best);
  }
  Order order(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) order[static_cast<std::size_t>(colours[i])] = i;
  return reordered(graph, order);
}

}  // namespace nas
