#include "core/search/objective.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/search/mnasnet_reward.hpp"
#include "core/search/pareto.hpp"

namespace nas {
namespace {

/// A successful trial with its objectives turned so that less is better.
struct Scored {
  std::vector<double> values;
  const Trial* trial;

  bool before(const Scored& other) const {
    return std::tie(values, trial->genotype, trial->id) <
           std::tie(other.values, other.trial->genotype, other.trial->id);
  }
};

/// Nothing where the trial has failed or lacks one of the first `required` objectives; further ones
/// that it lacks are as bad as can be.
std::optional<Scored> score(const Trial& trial, std::span<const Objective> objectives,
                            std::size_t required) {
  if (!trial.succeeded()) return std::nullopt;
  Scored entry{{}, &trial};
  for (const Objective& objective : objectives) {
    const auto metric = trial.metrics.find(objective.metric);
    const bool known = metric != trial.metrics.end() && !std::isnan(metric->second);
    if (!known && entry.values.size() < required) return std::nullopt;
    entry.values.push_back(!known               ? std::numeric_limits<double>::infinity()
                           : objective.maximise ? -metric->second
                                                : metric->second);
  }
  return entry;
}

/// Those that have a score, best first.
std::vector<Scored> scored(std::span<const Trial> trials, std::span<const Objective> objectives,
                           std::size_t required) {
  std::vector<Scored> result;
  for (const Trial& trial : trials) {
    if (auto entry = score(trial, objectives, required)) result.push_back(std::move(*entry));
  }
  std::ranges::sort(result, [](const Scored& a, const Scored& b) { return a.before(b); });
  return result;
}

/// Equal for trials of one network: the hash says so or, where no architecture was built, the
/// genotype.
std::pair<std::string_view, Genotype> network_of(const Trial& trial) {
  return {trial.architecture_hash, trial.architecture_hash.empty() ? trial.genotype : Genotype{}};
}

/// The runs of letters in a name, in lower case: "c10_val200" has "c" and "val".
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words{""};
  for (const char character : name) {
    if (std::isalpha(static_cast<unsigned char>(character)) != 0) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

/// What predicts an accuracy, and is better when larger as that is.
constexpr std::array<std::string_view, 10> zero_cost_proxies = {
    "grad_norm", "snip",    "grasp", "fisher",  "jacob_cov",
    "naswot",    "synflow", "zen",   "l2_norm", "vote"};

bool is_better_when_larger(std::string_view metric) {
  return metric == mnasnet_reward_name || is_accuracy(metric) ||
         std::ranges::find(zero_cost_proxies, metric) != zero_cost_proxies.end();
}

}  // namespace

bool is_accuracy(std::string_view metric) {
  const std::vector<std::string> words = words_of(metric);
  const auto has = [&words](const auto& property) { return std::ranges::any_of(words, property); };
  if (has([](const std::string& word) {
        return word.starts_with("loss") || word.starts_with("err") || word.starts_with("time");
      })) {
    return false;
  }
  return has([](const std::string& word) {
    return word.find("accuracy") != std::string::npos || word.starts_with("acc") || word == "val" ||
           word == "valid" || word == "test" || word == "train";
  });
}

Objective parse_objective(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string metric = text.substr(0, colon);
  const std::string direction = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (metric.empty() || (colon != std::string::npos && direction != "max" && direction != "min")) {
    throw Error(ErrorKind::usage,
                fmt::format("cannot read the objective '{}'; it is a metric, with ':max' or ':min' "
                            "behind it if need be, such as 'val_accuracy' or 'macs:min'",
                            text));
  }
  if (direction.empty()) return {metric, is_better_when_larger(metric)};
  return {metric, direction == "max"};
}

Limit parse_limit(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string metric = text.substr(0, equals);
  const auto maximum = equals == std::string::npos
                           ? std::nullopt
                           : parse_quantity(std::string_view(text).substr(equals + 1));
  if (metric.empty() || !maximum) {
    throw Error(ErrorKind::usage,
                fmt::format("cannot read the limit '{}'; it is METRIC=VALUE with an optional unit "
                            "(k, M, G, KiB, MiB, GiB), such as 'ram_int8=320KiB'",
                            text));
  }
  return {metric, *maximum};
}

Budget parse_budget(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string metric = text.substr(0, equals);
  const auto total = equals == std::string::npos
                         ? std::nullopt
                         : parse_quantity(std::string_view(text).substr(equals + 1));
  if (metric.empty() || !total || *total <= 0) {
    throw Error(
        ErrorKind::usage,
        fmt::format("cannot read the budget '{}'; it is METRIC=VALUE, the value more than 0 "
                    "with an optional unit (k, M, G, KiB, MiB, GiB), such as 'cost=20000'",
                    text));
  }
  return {metric, *total};
}

Metrics cost_metrics(const Cost& cost) {
  const auto number = [](std::int64_t value) { return static_cast<double>(value); };
  return {{"params", number(cost.params)},
          {"macs", number(cost.macs)},
          {"ram", number(cost.ram)},
          {"ram_int8", number(cost.ram_int8)},
          {"ram_mcunet", number(cost.ram_mcunet)},
          {"flash", number(cost.flash)},
          {"flash_int8", number(cost.flash_int8)},
          {"fragmentation", cost.fragmentation.mean_branches()},
          {"branches", number(cost.fragmentation.branches)},
          {"critical_path", number(cost.fragmentation.critical_path)},
          {"small_ops", cost.fragmentation.small_ops}};
}

const std::vector<std::string>& cost_metric_names() {
  static const std::vector<std::string> names = {
      "params",     "macs",          "ram",      "ram_int8",      "ram_mcunet", "flash",
      "flash_int8", "fragmentation", "branches", "critical_path", "small_ops"};
  return names;
}

bool is_cost_metric(std::string_view metric) {
  return std::ranges::find(cost_metric_names(), metric) != cost_metric_names().end();
}

std::optional<Limit> exceeded(std::span<const Limit> limits, const Metrics& metrics) {
  for (const Limit& limit : limits) {
    const auto metric = metrics.find(limit.metric);
    if (metric != metrics.end() && metric->second > limit.maximum) return limit;
  }
  return std::nullopt;
}

std::vector<Objective> ranking_objectives(std::span<const Objective> objectives) {
  std::vector<Objective> ranking(objectives.begin(), objectives.end());
  if (ranking.size() == 1 && ranking.front().metric != "macs") {
    ranking.push_back({.metric = "macs", .maximise = false});
  }
  return ranking;
}

bool ranks_before(const Trial& a, const Trial& b, std::span<const Objective> objectives) {
  const auto score_of_a = score(a, objectives, 1);
  if (!score_of_a) return false;
  const auto score_of_b = score(b, objectives, 1);
  return !score_of_b || score_of_a->before(*score_of_b);
}

std::optional<std::int64_t> best_trial(std::span<const Trial> trials,
                                       std::span<const Objective> objectives) {
  const std::vector<std::int64_t> best = best_trials(trials, objectives, 1);
  return best.empty() ? std::nullopt : std::optional(best.front());
}

std::vector<std::int64_t> best_trials(std::span<const Trial> trials,
                                      std::span<const Objective> objectives, std::size_t count) {
  std::vector<std::int64_t> best;
  std::set<std::pair<std::string_view, Genotype>> networks;
  for (const Scored& entry : scored(trials, objectives, 1)) {
    if (best.size() == count) break;
    if (networks.insert(network_of(*entry.trial)).second) best.push_back(entry.trial->id);
  }
  return best;
}

std::vector<std::int64_t> pareto_front(std::span<const Trial> trials,
                                       std::span<const Objective> objectives) {
  if (objectives.empty()) return {};
  std::vector<Scored> front;
  for (Scored& entry : scored(trials, objectives, objectives.size())) {
    // What dominates an entry comes before it in the order, and is itself in the front or dominated
    // by something there. Of equal results of one architecture (one is reused) the first stands.
    const bool beaten = std::ranges::any_of(front, [&](const Scored& other) {
      if (!weakly_dominates(other.values, entry.values)) return false;
      return other.values != entry.values || network_of(*other.trial) == network_of(*entry.trial);
    });
    if (!beaten) front.push_back(std::move(entry));
  }
  std::vector<std::int64_t> ids;
  ids.reserve(front.size());
  for (const Scored& entry : front) ids.push_back(entry.trial->id);
  return ids;
}

}  // namespace nas
