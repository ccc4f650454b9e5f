/// NASBOT's nine ways to change a network (Kandasamy et al. 2018; the authors' `nn_modifiers.py`).
///
/// | modifier | weight | effect |
/// |---|---|---|
/// | inc_single | 0.1 | a random layer gets 1/8 more units |
/// | dec_single | 0.1 | 1/8 less |
/// | inc_en_masse | 0.1 | a half, a quarter or an eighth of the layers in topological order get 1/8
/// more (where there are 4, 8, 16 layers between input and output) | | dec_en_masse | 0.1 | 1/8
/// less | | swap_label | 0.2 | a random layer gets another label; a convolution changes its stride
/// with probability 0.05 | | wedge_layer | 0.1 | a new layer on a random edge, with the mean units
/// of its ends; a pool or stride 2 with probability 0.05 each | | remove_layer | 0.1 | a layer
/// goes, what fed it feeds what it fed | | dup_path | 0.2 | a random path from 4 layers on is
/// walked once more by copies of its layers, each kept with probability 0.5 | | skip | 0.2 | a new
/// edge; average pools where the image is smaller at its end |
///
/// The weights are the authors', normalised. Each function gives a graph that may break the rules
/// or a limit, in a topological order, or nothing where the modifier does not apply.
#pragma once

#include <optional>
#include <vector>

#include "core/base/random.hpp"
#include "search_spaces/nasbot_graph.hpp"

namespace nas {

enum class NasBotModifier : std::uint8_t {
  inc_single,
  dec_single,
  inc_en_masse,
  dec_en_masse,
  swap_label,
  wedge_layer,
  remove_layer,
  dup_path,
  skip,
};
inline constexpr std::size_t nasbot_modifiers = 9;

/// Drawn by the weights above.
NasBotModifier draw_modifier(Random& random);

/// At a random place.
std::optional<NasBotGraph> modified(const NasBotGraph& graph, NasBotModifier modifier,
                                    Random& random);

/// What one application of any modifier but dup_path can give, without the random changes of
/// stride: as many graphs as there are places. Of remove_layer the result that joins what it can in
/// order.
std::vector<NasBotGraph> all_modified(const NasBotGraph& graph);

}  // namespace nas
