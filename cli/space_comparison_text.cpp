#include "cli/space_comparison_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/architecture_text.hpp"
#include "cli/run_text.hpp"
#include "results/svg_plot.hpp"

namespace nas::cli {

namespace {

constexpr std::array quantiles = {0.05, 0.25, 0.5, 0.75, 0.95};
constexpr double interval_low = 0.025;
constexpr double interval_high = 0.975;

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

const char* method(const KolmogorovSmirnov& test) { return test.exact ? "exact" : "asymptotic"; }

nlohmann::json distribution_json(const Distribution& distribution) {
  nlohmann::json object = {{"min", distribution.minimum()},
                           {"mean", distribution.mean()},
                           {"max", distribution.maximum()},
                           {"quantiles", nlohmann::json::object()},
                           {"edf", nlohmann::json::array()}};
  for (const double p : quantiles) {
    object["quantiles"][fmt::format("{}", p)] = distribution.quantile(p);
  }
  for (const Distribution::Step& step : distribution.steps()) {
    object["edf"].push_back({{"error", step.value},
                             {"share_below", distribution.share_below(step.value)},
                             {"share_up_to", step.share}});
  }
  return object;
}

nlohmann::json network_json(const SampledNetwork& network, const ErrorMeasure& measure) {
  nlohmann::json object = {{"genotype", network.genotype.answers}, {"metrics", {}}};
  const std::vector<std::string>& costs = cost_metric_names();
  for (const auto& [metric, value] : network.metrics) {
    const bool is_cost = std::ranges::find(costs, metric) != costs.end();
    object["metrics"][metric] = is_cost ? cost_number(metric, value) : nlohmann::json(value);
  }
  if (network.failure.empty()) {
    object["error"] = measure.error(network.metrics.at(measure.objective.metric));
  } else {
    object["failure"] = network.failure;
  }
  return object;
}

nlohmann::json trend_json(const DecisionTrend& trend) {
  nlohmann::json object = {{"space", trend.label},
                           {"decision", trend.decision.name},
                           {"networks", trend.networks},
                           {"shares", nlohmann::json::array()}};
  const std::vector<double> shares = trend.shares();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    object["shares"].push_back({{"option", trend.decision.options[i]}, {"share", shares[i]}});
  }
  if (trend.decision.ordered) {
    object["median"] = trend.option_at(0.5);
    object["interval"] = {trend.option_at(interval_low), trend.option_at(interval_high)};
  }
  return object;
}

/// The unit in which errors are drawn, and what one of it is.
struct Scale {
  double factor = 1;
  std::string label;
};

Scale scale_of(const SpaceComparison& comparison) {
  const std::string name = comparison.measure.name();
  if (comparison.measure.is_of_accuracy()) {
    return {100 / comparison.measure.most(), fmt::format("error ({}), %", name)};
  }
  const std::string& metric = comparison.measure.objective.metric;
  const bool is_bytes = metric.starts_with("ram") || metric.starts_with("flash");
  double largest = 0;
  for (const SpaceErrors& space : comparison.spaces) {
    largest = std::max(
        {largest, std::abs(space.distribution.minimum()), std::abs(space.distribution.maximum())});
  }
  struct Unit {
    double size;
    const char* name;
  };
  constexpr std::array<Unit, 2> bytes = {{{1024.0 * 1024, "MiB"}, {1024, "KiB"}}};
  constexpr std::array<Unit, 3> counts = {
      {{1e9, "billions"}, {1e6, "millions"}, {1e3, "thousands"}}};
  const std::span<const Unit> units = is_bytes ? std::span<const Unit>(bytes) : counts;
  for (const Unit& unit : units) {
    if (largest >= unit.size) return {1 / unit.size, fmt::format("{}, {}", name, unit.name)};
  }
  return {1, is_bytes ? name + ", bytes" : name};
}

/// A staircase from a share of 0 at `low` to one of 1 at `high`.
std::vector<std::pair<double, double>> staircase(const Distribution& distribution, double low,
                                                 double high, double factor) {
  std::vector<std::pair<double, double>> points = {{low * factor, 0}};
  for (const Distribution::Step& step : distribution.steps()) {
    points.emplace_back(step.value * factor, points.back().second);
    points.emplace_back(step.value * factor, step.share);
  }
  points.emplace_back(high * factor, 1);
  return points;
}

std::string legend(const SpaceComparison& comparison, const SpaceErrors& space) {
  return fmt::format("{}: least {}, mean {}, n = {}", space.label,
                     comparison.measure.text(space.distribution.minimum()),
                     comparison.measure.text(space.distribution.mean()), space.networks.size());
}

}  // namespace

Table error_table(const SpaceComparison& comparison) {
  Table table{{{"space"},
               {"networks", Align::right},
               {"failed", Align::right},
               {"min", Align::right},
               {"mean", Align::right}},
              {}};
  for (const double p : quantiles) table.columns.push_back({percent(p), Align::right});
  if (comparison.bins) {
    table.columns.push_back({"in range", Align::right});
    table.columns.push_back({"mean by " + comparison.by, Align::right});
  }
  for (const SpaceErrors& space : comparison.spaces) {
    const auto text = [&](double error) { return comparison.measure.text(error); };
    std::vector<std::string> row = {
        space.label, std::to_string(space.networks.size()), std::to_string(space.failed),
        text(space.distribution.minimum()), text(space.distribution.mean())};
    for (const double p : quantiles) row.push_back(text(space.distribution.quantile(p)));
    if (space.normalised) {
      row.push_back(std::to_string(space.in_range));
      row.push_back(text(space.normalised->mean()));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table pair_table(const SpaceComparison& comparison) {
  Table table{{{"space"}, {"beside"}, {"KS", Align::right}, {"p", Align::right}, {"p is"}}, {}};
  if (comparison.bins) table.columns.push_back({"KS by " + comparison.by, Align::right});
  for (const SpacePair& pair : comparison.pairs) {
    std::vector<std::string> row = {comparison.spaces[pair.a].label,
                                    comparison.spaces[pair.b].label,
                                    fmt::format("{:.3f}", pair.test.statistic),
                                    fmt::format("{:.3g}", pair.test.p_value), method(pair.test)};
    if (pair.normalised_statistic) {
      row.push_back(fmt::format("{:.3f}", *pair.normalised_statistic));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table trend_table(const SpaceComparison& comparison) {
  Table table{{{"space"},
               {"decision"},
               {"networks", Align::right},
               {"best"},
               {"95 % interval"},
               {"wins", Align::left, true}},
              {}};
  for (const DecisionTrend& trend : comparison.trends) {
    std::vector<std::string> wins;
    const std::vector<double> shares = trend.shares();
    for (std::size_t i = 0; i < shares.size(); ++i) {
      wins.push_back(fmt::format("{}: {}", trend.decision.options[i], percent(shares[i])));
    }
    const bool ordered = trend.decision.ordered;
    const auto most = static_cast<std::size_t>(std::ranges::max_element(shares) - shares.begin());
    table.rows.push_back({trend.label, trend.decision.name, std::to_string(trend.networks),
                          ordered ? trend.option_at(0.5) : trend.decision.options[most],
                          ordered ? fmt::format("{} … {}", trend.option_at(interval_low),
                                                trend.option_at(interval_high))
                                  : "not ordered",
                          fmt::format("{}", fmt::join(wins, ", "))});
  }
  return table;
}

Table network_table(const SpaceComparison& comparison, const std::vector<SpaceSample>& samples) {
  Table table{{{"space"}, {"network"}, {"error"}, {"share_below"}, {"failure"}}, {}};
  for (const std::string& metric : cost_metric_names()) table.columns.push_back({metric});
  table.columns.push_back({"genotype"});
  for (std::size_t s = 0; s < samples.size(); ++s) {
    for (std::size_t i = 0; i < samples[s].networks.size(); ++i) {
      const SampledNetwork& network = samples[s].networks[i];
      std::vector<std::string> row = {samples[s].label, std::to_string(i)};
      if (network.failure.empty()) {
        const ErrorMeasure& measure = comparison.measure;
        const double error = measure.error(network.metrics.at(measure.objective.metric));
        row.push_back(fmt::format("{}", error));
        row.push_back(fmt::format("{}", comparison.spaces[s].distribution.share_below(error)));
      } else {
        row.insert(row.end(), 2, "");
      }
      row.push_back(network.failure);
      for (const std::string& metric : cost_metric_names()) {
        row.push_back(fmt::format("{}", network.metrics.at(metric)));
      }
      row.push_back(network.genotype.text());
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

nlohmann::json to_json(const SpaceComparison& comparison, const std::vector<SpaceSample>& samples) {
  nlohmann::json object = json_object("nas.space.edf");
  object["error"] = comparison.measure.name();
  if (comparison.bins) {
    object["normalised_by"] = {{"metric", comparison.by},
                               {"low", comparison.bins->low},
                               {"high", comparison.bins->high},
                               {"bins", comparison.bins->count}};
  }
  object["spaces"] = nlohmann::json::array();
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const SpaceErrors& space = comparison.spaces[s];
    nlohmann::json entry = distribution_json(space.distribution);
    entry["space"] = space.label;
    entry["networks"] = space.networks.size();
    entry["failed"] = space.failed;
    if (space.normalised) {
      entry["normalised"] = distribution_json(*space.normalised);
      entry["normalised"]["networks"] = space.in_range;
    }
    entry["samples"] = nlohmann::json::array();
    for (const SampledNetwork& network : samples[s].networks) {
      entry["samples"].push_back(network_json(network, comparison.measure));
    }
    object["spaces"].push_back(std::move(entry));
  }
  object["pairs"] = nlohmann::json::array();
  for (const SpacePair& pair : comparison.pairs) {
    nlohmann::json entry = {
        {"spaces", {comparison.spaces[pair.a].label, comparison.spaces[pair.b].label}},
        {"ks", pair.test.statistic},
        {"p_value", pair.test.p_value},
        {"method", method(pair.test)}};
    if (pair.normalised_statistic) entry["normalised_ks"] = *pair.normalised_statistic;
    object["pairs"].push_back(std::move(entry));
  }
  object["trends"] = nlohmann::json::array();
  for (const DecisionTrend& trend : comparison.trends) {
    object["trends"].push_back(trend_json(trend));
  }
  return object;
}

std::string error_plot(const SpaceComparison& comparison) {
  constexpr double margin = 0.02;  // of the range, so that the first and last steps can be seen
  double low = comparison.spaces.front().distribution.minimum();
  double high = comparison.spaces.front().distribution.maximum();
  std::vector<std::string> names;
  for (const SpaceErrors& space : comparison.spaces) {
    low = std::min(low, space.distribution.minimum());
    high = std::max(high, space.distribution.maximum());
    names.push_back(space.label);
  }
  const double extra = margin * (high - low);
  const Scale scale = scale_of(comparison);
  Plot plot{.title = "Errors of random networks",
            .description = fmt::format("Empirical distribution functions of {} for networks drawn "
                                       "from {}.",
                                       comparison.measure.name(), fmt::join(names, ", ")),
            .x = {.label = scale.label},
            .y = {.label = "share of networks with less error", .low = 0, .high = 1},
            .series = {}};
  for (std::size_t s = 0; s < comparison.spaces.size(); ++s) {
    const SpaceErrors& space = comparison.spaces[s];
    const auto curve = [&](const Distribution& distribution) {
      return staircase(distribution, low - extra, high + extra, scale.factor);
    };
    plot.series.push_back({legend(comparison, space), curve(space.distribution), s, false});
    if (!space.normalised) continue;
    plot.series.push_back(
        {fmt::format("{}, normalised by {}: mean {}, n = {}", space.label, comparison.by,
                     comparison.measure.text(space.normalised->mean()), space.in_range),
         curve(*space.normalised), s, true});
  }
  return to_svg(plot);
}

}  // namespace nas::cli
