/// The talk with the strategy: what it says is checked, what it throws becomes Error(plugin).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/search/objective.hpp"
#include "core/search/search_space.hpp"
#include "core/search/strategy.hpp"
#include "core/search/trial.hpp"

namespace nas {

/// Throws Error(plugin): "the strategy <what>".
[[noreturn]] void blame_strategy(const std::string& what);

class Conversation {
 public:
  Conversation(Strategy& strategy, const SearchSpace& space, std::span<const Objective> objectives)
      : strategy_(strategy), space_(space), objectives_(objectives) {}

  /// A valid proposal, with a fidelity, that continues only what has been told. Throws
  /// Error(plugin).
  std::optional<Proposal> ask(const Fidelity& default_fidelity);
  /// Throws Error(plugin).
  std::vector<std::string> take_notes();
  /// Throws Error(plugin) from the strategy, Error(run_directory) where a trial that succeeded
  /// lacks an objective.
  void tell(const Trial& trial);
  void tell_infeasible(const Proposal& proposal);

  /// Trials told so far.
  std::int64_t told() const { return std::ssize(told_); }

 private:
  void check(const Proposal& proposal) const;
  Result result_of(const Trial& trial) const;

  Strategy& strategy_;
  const SearchSpace& space_;
  const std::span<const Objective> objectives_;
  struct Told {
    Genotype genotype;
    Fidelity fidelity;
  };
  void check_parent(const Proposal& proposal) const;

  std::map<std::int64_t, Told> told_;
};

/// "3 epochs over a share of 0.5 of the data".
std::string text(const Fidelity& fidelity);

}  // namespace nas
