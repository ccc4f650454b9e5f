/// A search strategy decides which genotype to try next.
///
/// The search loop owns the conversation: it calls `ask` for a proposal and `tell` with results, in
/// the order of trial ids, from one thread. Before proposal k is asked for, exactly the results
/// 0 … k - W have been told. A strategy never evaluates, and takes all its randomness from the seed
/// in its context, so that a run repeats; to resume, the loop asks again from the start and tells
/// the stored results. (An asynchronous run does not repeat: on resume a strategy is first told
/// results that it never asked for.)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/options.hpp"
#include "core/search/objective.hpp"
#include "core/search/search_space.hpp"
#include "core/search/trial.hpp"

namespace nas {

struct Proposal {
  Genotype genotype;
  std::optional<Fidelity> fidelity;  ///< the estimator's default if absent
  /// The trial that this one continues: of the same genotype, data share and resolution, and of
  /// fewer epochs. The continuation gets its seed, so that together they are one long training.
  std::optional<std::int64_t> parent;
  bool continuable = false;  ///< a later proposal may continue this one
};

/// What a strategy learns of a proposal.
struct Result {
  enum class Kind {
    measured,    ///< `values` are valid; also of a reused trial
    failed,      ///< tried, without a measurement
    infeasible,  ///< over a limit; told at once, was never a trial
  };
  Kind kind = Kind::measured;
  std::optional<std::int64_t> trial;  ///< nothing where infeasible
  Genotype genotype;
  Fidelity fidelity;
  std::vector<double> values;  ///< one per objective, as measured
};

struct StrategyContext {
  const SearchSpace& space;
  std::span<const Objective> objectives;
  std::uint64_t seed;
  int window;  ///< results that proposals lag behind
  const OptionValues& options;
  Fidelity default_fidelity = {};  ///< the estimator's: what a proposal without one gets
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Nothing: wait for the next result or, where none is outstanding, finished.
  virtual std::optional<Proposal> ask() = 0;
  virtual void tell(const Result& result) = 0;
  /// Whether a later proposal may yet continue this trial, which was told and `continuable`. Its
  /// checkpoint is removed once the answer is no.
  virtual bool may_continue(std::int64_t) const { return false; }
  /// What there is to say of the last `ask`, a line each, for the run's log. Each is given once.
  virtual std::vector<std::string> take_notes() { return {}; }
};

/// The value of the first objective, turned so that more is better; lowest for anything but
/// `measured`.
double fitness(const Result& result, const Objective& objective);

}  // namespace nas
