/// Networks as sets of features, for predictors: which of a fixed number of bits are 1.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/search/search_space.hpp"

namespace nas {

class Encoding {
 public:
  virtual ~Encoding() = default;

  virtual std::size_t size() const = 0;
  /// The bits that are 1, ascending.
  virtual std::vector<std::size_t> bits(const Genotype& genotype) const = 0;
};

/// A bit for every option of every decision.
std::unique_ptr<Encoding> one_hot_encoding(const std::vector<Decision>& decisions);

/// A bit for every sequence of ops that may lie on a way from a cell's input to its output (White,
/// Neiswanger, Savani 2019, arXiv 1910.11858); the shortest first. A sequence o_0, o_1, … of k ops
/// is number sum_j o_j k^j among those of its length, with ops in the order of their options.
///
/// A space is one of cells if all its decisions are called "edge U->V", with the ops as options
/// (NAS-Bench-201: 5 + 25 + 125 = 155), or "edge U->V", with the options no and yes, and
/// "vertexV.op" for every vertex between (NAS-Bench-101: 1 + 3 + … + 3^5 = 364). Nothing for other
/// spaces.
///
/// `most` is the number of bits that are kept, the first ones; 0: all.
std::unique_ptr<Encoding> path_encoding(const std::vector<Decision>& decisions, std::size_t most);

/// Of spaces without decisions: a bit for every op with its attributes, and for every pair of ops
/// of which one reads the other, of the network that the space builds; hashed to 512 bits (feature
/// hashing; Weinberger et al. 2009).
std::unique_ptr<Encoding> hashed_encoding(const SearchSpace& space);

}  // namespace nas
