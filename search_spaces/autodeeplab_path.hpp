/// Paths through the levels of resolution of Auto-DeepLab (Liu et al. 2019).
///
/// Layers follow one another, each on a level; level 0 is the finest, and from one layer to the
/// next the level changes by at most one.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/search/big_integer.hpp"

namespace nas {

/// How many paths of that many transitions begin on `from`. From the finest of four levels: the
/// Fibonacci number F(2 * transitions + 1).
BigInteger count_level_paths(std::size_t levels, std::size_t transitions, std::size_t from);

/// What a transition does to the level.
inline constexpr std::size_t level_moves = 3;  ///< finer, same, coarser

/// logits[transition][level][move]; of a level's moves those count that stay within the levels, and
/// their softmax is their probability (the paper's beta, normalised over the edges that leave).
using LevelLogits = std::vector<std::vector<std::array<double, level_moves>>>;

/// Natural logarithms of the probabilities; minus infinity for moves that leave the levels.
LevelLogits level_log_probabilities(const LevelLogits& logits);

struct LevelPath {
  double log_probability = 0;
  std::vector<std::size_t> levels;  ///< of every layer, one more than there are transitions
};

/// The most probable path from the given level (Viterbi); of equals the one whose levels are
/// smaller, from the first difference on.
LevelPath most_probable_path(const LevelLogits& logits, std::size_t from = 0);

}  // namespace nas
