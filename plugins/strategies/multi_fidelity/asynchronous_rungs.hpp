/// The rungs of asynchronous successive halving (ASHA).
///
/// Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht, Talwalkar 2018 (arXiv 1810.05934), algorithm
/// 2: whoever is free promotes what is in the top floor(n / eta) of the n results of a rung and has
/// not been promoted, from the highest rung down; where nothing is, a new configuration begins at
/// the bottom.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "plugins/strategies/multi_fidelity/standing.hpp"

namespace nas::multi_fidelity {

class AsynchronousRungs {
 public:
  AsynchronousRungs(std::size_t levels, int eta);

  struct Promotion {
    std::size_t level;  ///< to which
    Standing standing;  ///< at the level below
  };
  /// What to promote now, which counts as promoted from then on.
  std::optional<Promotion> promote();
  /// A result at this level. What it was promoted from counts as promoted, also where that was
  /// before this object's time.
  void tell(std::size_t level, Standing standing);
  /// Whether this trial may be promoted yet.
  bool may_continue(std::int64_t trial) const { return waiting_.contains(trial); }

 private:
  struct Better {
    bool operator()(const Standing& a, const Standing& b) const { return a.ranks_before(b); }
  };
  struct Level {
    std::set<Standing, Better> standings;
    std::set<Genotype> promoted;
  };
  void mark(Level& level, const Genotype& genotype);

  std::vector<Level> rungs_;
  const std::size_t eta_;
  std::set<std::int64_t> waiting_;
};

}  // namespace nas::multi_fidelity
