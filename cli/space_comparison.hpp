/// Spaces compared by the distributions of their networks' errors (Radosavovic et al. 2019, 2020).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/space_sampling.hpp"
#include "core/search/objective.hpp"
#include "core/statistics/distribution.hpp"
#include "core/statistics/kolmogorov_smirnov.hpp"

namespace nas::cli {

/// An objective turned so that less is better: 1 - accuracy, or 100 - accuracy where that is in
/// percent; the metric itself where it is minimised; its negative otherwise.
struct ErrorMeasure {
  Objective objective;
  bool in_percent = false;  ///< accuracies go to 100

  bool is_of_accuracy() const;
  /// What an accuracy cannot be more than: 1 or 100.
  double most() const { return in_percent ? 100 : 1; }
  double error(double value) const;
  /// "1 - val_accuracy", "100 - acc_mean", "macs", "-params".
  std::string name() const;
  /// With the unit.
  std::string text(double error) const;
};

struct ComparisonSettings {
  Objective objective;
  std::string by;  ///< the metric of complexity; empty: no normalised comparison
  std::size_t bins = 10;
  std::vector<std::string> decisions;
  std::uint64_t seed = 0;  ///< of the bootstrap
};

struct SpaceErrors {
  std::string label;
  std::vector<const SampledNetwork*> networks;  ///< those with a measurement
  std::vector<double> errors;                   ///< theirs
  std::size_t failed = 0;
  Distribution distribution;  ///< of the errors
  /// Of the errors of networks within the common range of complexity, normalised.
  std::optional<Distribution> normalised = {};
  std::size_t in_range = 0;  ///< networks of which there are so many
};

struct SpacePair {
  std::size_t a, b;  ///< places in SpaceComparison::spaces
  KolmogorovSmirnov test;
  std::optional<double> normalised_statistic;
};

/// The options that the best networks have of one decision of one space.
struct DecisionTrend {
  std::string label;  ///< of the space
  Decision decision;
  std::size_t networks;  ///< in which the decision is a choice
  Distribution best;     ///< of the number of the option, over the bootstrap's repeats

  /// The option at a quantile; for ordered decisions.
  const std::string& option_at(double p) const;
  /// By option, the share of repeats that it wins.
  std::vector<double> shares() const;
};

struct SpaceComparison {
  ErrorMeasure measure;
  std::string by;
  std::optional<ComplexityBins> bins;  ///< of the normalised comparison: a range common to all
  std::vector<SpaceErrors> spaces;
  std::vector<SpacePair> pairs;  ///< every two of them
  std::vector<DecisionTrend> trends;
};

/// Whether drawn networks can be compared so once they are measured. Throws Error(data) where
/// spaces have no complexity in common, or a bin of it is empty in one of them; and Error(config)
/// where no space has a decision of that name.
void check_comparable(const std::vector<SpaceSample>& samples, const ComparisonSettings& settings);

/// Networks without a measurement are left out. Accuracies are in percent where one is above 1.
/// Throws as above, and Error(data) where a space has no measured network. Keeps pointers into
/// `samples`.
SpaceComparison compare_spaces(const std::vector<SpaceSample>& samples,
                               const ComparisonSettings& settings);

}  // namespace nas::cli
