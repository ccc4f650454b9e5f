/// One run of successive halving: rung after rung, each begun when the one before is complete.
#pragma once

#include <vector>

#include "plugins/strategies/multi_fidelity/schedule.hpp"
#include "plugins/strategies/multi_fidelity/standing.hpp"

namespace nas::multi_fidelity {

class Bracket {
 public:
  /// Over from the start without rungs.
  explicit Bracket(std::vector<Rung> rungs = {});

  struct Task {
    std::size_t level;
    const Standing* survivor;  ///< of the rung before; null: a new configuration is wanted
  };
  /// Nothing while results of the rung are awaited, and once the bracket is over.
  std::optional<Task> next() const;
  /// What `next` gave has been proposed.
  void begin();
  /// There are no more new configurations: the first rung is as large as it is.
  void close();
  /// The result of something proposed.
  void tell(Standing standing);
  /// Something proposed was infeasible: in the first rung another takes its place.
  void give_back();

  bool over() const { return current_ == rungs_.size(); }
  /// Whether this trial is among those that may go on to the next rung.
  bool may_continue(std::int64_t trial) const;
  /// Whether trials at this level can go on at all.
  bool ends_at(std::size_t level) const { return rungs_.back().level == level; }

 private:
  void advance();

  std::vector<Rung> rungs_;
  std::size_t current_ = 0;
  std::size_t wanted_ = 0;  ///< trials of the current rung
  std::size_t begun_ = 0;
  std::vector<Standing> told_;
  std::vector<Standing> survivors_;  ///< what the current rung is to try; empty in the first
};

}  // namespace nas::multi_fidelity
