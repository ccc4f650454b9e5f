#include "cli/space_comparison.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "cli/run_text.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/statistics/best_value.hpp"

namespace nas::cli {

namespace {

SpaceErrors errors_of(const SpaceSample& sample, const ErrorMeasure& measure) {
  std::vector<const SampledNetwork*> networks;
  std::vector<double> errors;
  for (const SampledNetwork& network : sample.networks) {
    if (!network.failure.empty()) continue;
    networks.push_back(&network);
    errors.push_back(measure.error(network.metrics.at(measure.objective.metric)));
  }
  const std::size_t failed = sample.networks.size() - networks.size();
  if (networks.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("none of the {} networks of '{}' could be measured; the first: {}",
                            failed, sample.label, sample.networks.front().failure));
  }
  Distribution distribution(errors);
  return {sample.label, std::move(networks), std::move(errors), failed, std::move(distribution)};
}

double complexity(const SampledNetwork& network, const std::string& metric) {
  return network.metrics.at(metric);
}

/// From the largest of the spaces' least complexities to the smallest of their greatest.
ComplexityBins common_bins(const std::vector<SpaceErrors>& spaces, const std::string& by,
                           std::size_t count) {
  ComplexityBins bins{-std::numeric_limits<double>::infinity(),
                      std::numeric_limits<double>::infinity(), count};
  std::vector<std::string> ranges;
  for (const SpaceErrors& space : spaces) {
    const auto [low, high] = std::ranges::minmax(
        space.networks, {},
        [&](const SampledNetwork* network) { return complexity(*network, by); });
    bins.low = std::max(bins.low, complexity(*low, by));
    bins.high = std::min(bins.high, complexity(*high, by));
    ranges.push_back(fmt::format("'{}' from {} to {}", space.label,
                                 metric_text(by, complexity(*low, by)),
                                 metric_text(by, complexity(*high, by))));
  }
  if (bins.low >= bins.high) {
    throw Error(ErrorKind::data, fmt::format("the spaces have no range of {} in common: {}", by,
                                             fmt::join(ranges, ", ")));
  }
  return bins;
}

void normalise(SpaceErrors& space, const std::string& by, const ComplexityBins& bins) {
  std::vector<double> complexities;
  std::vector<double> errors;
  for (std::size_t i = 0; i < space.networks.size(); ++i) {
    const double value = complexity(*space.networks[i], by);
    if (value < bins.low || value > bins.high) continue;
    complexities.push_back(value);
    errors.push_back(space.errors[i]);
  }
  space.in_range = errors.size();
  try {
    space.normalised.emplace(errors, complexity_weights(complexities, bins));
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("space '{}' by {}: {}", space.label, by, error.what()));
  }
}

std::vector<SpacePair> pairs_of(const std::vector<SpaceErrors>& spaces) {
  std::vector<SpacePair> pairs;
  for (std::size_t a = 0; a < spaces.size(); ++a) {
    for (std::size_t b = a + 1; b < spaces.size(); ++b) {
      std::optional<double> normalised;
      if (spaces[a].normalised && spaces[b].normalised) {
        normalised = kolmogorov_smirnov_statistic(*spaces[a].normalised, *spaces[b].normalised);
      }
      pairs.push_back({a, b, kolmogorov_smirnov(spaces[a].errors, spaces[b].errors), normalised});
    }
  }
  return pairs;
}

/// Nothing where the decision is a choice in no network.
std::optional<DecisionTrend> trend_of(const SpaceSample& sample, const SpaceErrors& errors,
                                      std::size_t decision, Random& random) {
  std::vector<double> answers;
  std::vector<double> errors_there;
  for (std::size_t i = 0; i < errors.networks.size(); ++i) {
    const Genotype& genotype = errors.networks[i]->genotype;
    if (std::ranges::count(sample.space->allowed(genotype, decision), true) < 2) continue;
    answers.push_back(genotype.answers[decision]);
    errors_there.push_back(errors.errors[i]);
  }
  if (answers.empty()) return std::nullopt;
  return DecisionTrend{sample.label, sample.space->decisions()[decision], answers.size(),
                       best_values(answers, errors_there, {}, random)};
}

std::optional<std::size_t> place_of(const SearchSpace& space, const std::string& decision) {
  const std::vector<Decision>& decisions = space.decisions();
  const auto found = std::ranges::find(decisions, decision, &Decision::name);
  if (found == decisions.end()) return std::nullopt;
  return static_cast<std::size_t>(found - decisions.begin());
}

void check_decision(const std::vector<SpaceSample>& samples, const std::string& name) {
  std::vector<std::string> known;
  for (const SpaceSample& sample : samples) {
    if (place_of(*sample.space, name)) return;
    for (const Decision& decision : sample.space->decisions()) known.push_back(decision.name);
  }
  const auto nearest = nearest_name(name, known);
  throw Error(ErrorKind::config,
              fmt::format("no space has a decision '{}'{} ('nas space show {}' lists them)", name,
                          nearest ? fmt::format("; did you mean '{}'?", *nearest) : "",
                          samples.front().space->name()));
}

std::vector<DecisionTrend> trends_of(const std::vector<SpaceSample>& samples,
                                     const std::vector<SpaceErrors>& errors,
                                     const std::string& name, std::uint64_t seed) {
  check_decision(samples, name);
  std::vector<DecisionTrend> trends;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const auto place = place_of(*samples[s].space, name);
    if (!place) continue;
    Random random(derive_seed(seed, "bootstrap " + name));
    if (auto trend = trend_of(samples[s], errors[s], *place, random)) {
      trends.push_back(std::move(*trend));
    }
  }
  return trends;
}

/// Whether a share can be told from a percentage: no share is above 1.
bool are_percentages(const std::vector<SpaceSample>& samples, const std::string& metric) {
  return std::ranges::any_of(samples, [&](const SpaceSample& sample) {
    return std::ranges::any_of(sample.networks, [&](const SampledNetwork& network) {
      const auto value = network.metrics.find(metric);
      return value != network.metrics.end() && value->second > 1;
    });
  });
}

}  // namespace

bool ErrorMeasure::is_of_accuracy() const {
  return objective.maximise && is_accuracy(objective.metric);
}

double ErrorMeasure::error(double value) const {
  if (is_of_accuracy()) return most() - value;
  return objective.maximise ? -value : value;
}

std::string ErrorMeasure::name() const {
  if (is_of_accuracy()) return fmt::format("{} - {}", most(), objective.metric);
  return fmt::format("{}{}", objective.maximise ? "-" : "", objective.metric);
}

std::string ErrorMeasure::text(double error) const {
  if (is_of_accuracy()) return fmt::format("{:.2f} %", 100 * error / most());
  if (objective.maximise) return fmt::format("-{}", metric_text(objective.metric, -error));
  return metric_text(objective.metric, error);
}

const std::string& DecisionTrend::option_at(double p) const {
  return decision.options[static_cast<std::size_t>(best.quantile(p))];
}

std::vector<double> DecisionTrend::shares() const {
  std::vector<double> result;
  for (std::size_t option = 0; option < decision.options.size(); ++option) {
    const auto answer = static_cast<double>(option);
    result.push_back(best.share_up_to(answer) - best.share_below(answer));
  }
  return result;
}

void check_comparable(const std::vector<SpaceSample>& samples, const ComparisonSettings& settings) {
  for (const std::string& name : settings.decisions) check_decision(samples, name);
  if (settings.by.empty()) return;
  // As if every error were the complexity, which is known already.
  ComparisonSettings by_complexity = settings;
  by_complexity.objective = {settings.by, false};
  by_complexity.decisions = {};
  compare_spaces(samples, by_complexity);
}

SpaceComparison compare_spaces(const std::vector<SpaceSample>& samples,
                               const ComparisonSettings& settings) {
  const bool in_percent = are_percentages(samples, settings.objective.metric);
  SpaceComparison result{{settings.objective, in_percent}, settings.by, {}, {}, {}, {}};
  for (const SpaceSample& sample : samples) {
    result.spaces.push_back(errors_of(sample, result.measure));
  }
  if (!settings.by.empty()) {
    result.bins = common_bins(result.spaces, settings.by, settings.bins);
    for (SpaceErrors& space : result.spaces) normalise(space, settings.by, *result.bins);
  }
  result.pairs = pairs_of(result.spaces);
  for (const std::string& name : settings.decisions) {
    for (DecisionTrend& trend : trends_of(samples, result.spaces, name, settings.seed)) {
      result.trends.push_back(std::move(trend));
    }
  }
  return result;
}

}  // namespace nas::cli
