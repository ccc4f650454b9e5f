/// What the budgets of a multi-fidelity strategy are made of, by its options.
#pragma once

#include <vector>

#include "core/search/strategy.hpp"

namespace nas::multi_fidelity {

class Resource {
 public:
  /// From the options `resource`, `eta` and `smallest`, which every strategy of this kind has. The
  /// full budget is the estimator's own fidelity; where that has no epochs, 81 (Li et al. 2016).
  /// Throws Error(config) where the smallest budget is more than the full one.
  explicit Resource(const StrategyContext& context);

  std::size_t levels() const { return budgets_.size(); }
  int eta() const { return eta_; }
  Fidelity at(std::size_t level) const;
  /// Of what `at` gives.
  std::optional<std::size_t> level_of(const Fidelity& fidelity) const;
  /// Over epochs a trial goes on with the training of its parent. With more data or larger images
  /// it is another training, which starts anew.
  bool continues() const { return kind_ == Kind::epochs; }

 private:
  enum class Kind { epochs, data, resolution };

  Kind kind_;
  Fidelity full_;
  int eta_;
  std::vector<double> budgets_;  ///< epochs, or shares of the full fidelity's
};

}  // namespace nas::multi_fidelity

/// The options that `Resource` reads: rows of a plugin's option table.
#define NAS_RESOURCE_OPTIONS(eta_, eta_of_)                                                        \
  {"resource",                                                                                     \
   nas::OptionType::choice,                                                                        \
   "epochs",                                                                                       \
   "What trials get more of: epochs, going on from their checkpoint, training data or image "      \
   "size; the full amount is the estimator's own.",                                                \
   0,                                                                                              \
   0,                                                                                              \
   "epochs|data|resolution"},                                                                      \
      {"eta", nas::OptionType::integer,                                                            \
       eta_,  "Of this many trials one goes on, with this many times the budget (" eta_of_ ").",   \
       2,     100},                                                                                \
  {                                                                                                \
    "smallest", nas::OptionType::real, "0",                                                        \
        "Smallest budget: epochs, or a share of the full data or image side; 0: one epoch, as in " \
        "the paper, but at most 1/eta^2 of the full budget.",                                      \
        0, 1000000                                                                                 \
  }
