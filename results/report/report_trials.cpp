#include "results/report/report_trials.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/statistics/distribution.hpp"
#include "results/report/decision_columns.hpp"
#include "results/report/decision_effects.hpp"
#include "results/report/short_numbers.hpp"
#include "results/report/shown_error.hpp"
#include "results/report/thinned.hpp"

namespace nas {
namespace {

using Json = nlohmann::json;

std::optional<double> first_objective(const Report& report, const Trial& trial) {
  if (objectives_of(report).empty() || !trial.succeeded()) return std::nullopt;
  const auto value = trial.metrics.find(objectives_of(report).front().metric);
  if (value == trial.metrics.end() || !std::isfinite(value->second)) return std::nullopt;
  return value->second;
}

/// Strings are shorter than arrays, and need no decoder where every answer is one digit.
bool has_digits(const std::vector<PlacedTrial>& trials) {
  return std::ranges::all_of(trials, [](const PlacedTrial& placed) {
    return std::ranges::all_of(placed.trial->genotype.answers,
                               [](int answer) { return answer >= 0 && answer < 36; });
  });
}

std::string genotype_text(const Genotype& genotype, bool digits) {
  if (!digits) return fmt::format("{}", fmt::join(genotype.answers, ","));
  constexpr std::string_view signs = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (const int answer : genotype.answers) text += signs[static_cast<std::size_t>(answer)];
  return text;
}

Json metric_columns(const std::vector<PlacedTrial>& trials) {
  std::set<std::string, std::less<>> names;
  for (const PlacedTrial& placed : trials) {
    for (const auto& [name, value] : placed.trial->metrics) names.insert(name);
  }
  Json columns = Json::object();
  for (const std::string& name : names) {
    Json column = Json::array();
    for (const PlacedTrial& placed : trials) {
      const auto value = placed.trial->metrics.find(name);
      column.push_back(value == placed.trial->metrics.end() ? Json(nullptr)
                                                            : short_number(value->second));
    }
    columns[name] = std::move(column);
  }
  return columns;
}

Json effect_json(const Decision& decision, const DecisionEffect& effect) {
  Json answers = Json::array();
  for (const AnswerEffect& answer : effect.answers) {
    answers.push_back({answer.answer, answer.trials, short_number(answer.mean),
                       short_number(answer.standard_error)});
  }
  return {{"name", decision.name},
          {"options", decision.options},
          {"trials", effect.trials},
          {"share", short_number(effect.share)},
          {"answers", std::move(answers)}};
}

/// The trials that lines are drawn of: the best, and of the others as many, evenly.
std::vector<std::size_t> drawn_lines(std::span<const double> values, bool maximise) {
  constexpr std::size_t of_each = 250;
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return maximise ? values[a] > values[b] : values[a] < values[b];
  });
  if (order.size() <= 2 * of_each) return order;
  std::vector<std::size_t> lines(order.begin(), order.begin() + of_each);
  const std::vector<std::size_t> others =
      thinned(std::vector<std::size_t>(order.begin() + of_each, order.end()), of_each);
  lines.insert(lines.end(), others.begin(), others.end());
  return lines;
}

}  // namespace

const std::vector<Objective>& objectives_of(const Report& report) {
  static const std::vector<Objective> none;
  return report.runs.empty() ? none : report.runs.front().course.config.objectives;
}

std::vector<PlacedTrial> placed_trials(const Report& report) {
  std::vector<PlacedTrial> placed;
  for (std::size_t g = 0; g < report.groups.size(); ++g) {
    for (const std::size_t run : report.groups[g].runs) {
      for (const Trial& trial : report.runs[run].trials) placed.push_back({run, g, &trial});
    }
  }
  return placed;
}

std::vector<PlacedTrial> comparable_trials(const Report& report,
                                           const std::vector<PlacedTrial>& trials) {
  std::vector<PlacedTrial> measured;
  for (const PlacedTrial& placed : trials) {
    if (placed.trial->status == TrialStatus::ok && first_objective(report, *placed.trial)) {
      measured.push_back(placed);
    }
  }
  if (measured.empty()) return measured;
  const Fidelity most = std::ranges::max(measured, {}, [](const PlacedTrial& placed) {
                          return placed.trial->fidelity;
                        }).trial->fidelity;
  std::erase_if(measured,
                [&](const PlacedTrial& placed) { return placed.trial->fidelity != most; });
  return measured;
}

Json trials_json(const std::vector<PlacedTrial>& trials) {
  const bool digits = has_digits(trials);
  Json run = Json::array(), id = Json::array(), status = Json::array(), seconds = Json::array(),
       epochs = Json::array(), genotype = Json::array(), reasons = Json::object();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = *trials[i].trial;
    run.push_back(trials[i].run);
    id.push_back(trial.id);
    status.push_back(static_cast<int>(trial.status));
    seconds.push_back(short_number(trial.seconds));
    epochs.push_back(short_number(trial.fidelity.epochs));
    genotype.push_back(genotype_text(trial.genotype, digits));
    if (!trial.reason.empty()) reasons[std::to_string(i)] = trial.reason;
  }
  return {{"run", std::move(run)},
          {"id", std::move(id)},
          {"status", std::move(status)},
          {"seconds", std::move(seconds)},
          {"epochs", std::move(epochs)},
          {"genotype", std::move(genotype)},
          {"reason", std::move(reasons)},
          {"digits", digits},
          {"metrics", metric_columns(trials)}};
}

Json decisions_json(const Report& report, std::vector<PlacedTrial> trials) {
  if (!report.space || report.space->decisions().empty()) return nullptr;
  const std::string& space = report.runs.front().course.config.space;
  std::erase_if(trials, [&](const PlacedTrial& placed) {
    return report.runs[placed.run].course.config.space != space;
  });
  std::vector<const Trial*> plain;
  std::vector<double> values;
  for (const PlacedTrial& placed : trials) {
    plain.push_back(placed.trial);
    values.push_back(*first_objective(report, *placed.trial));
  }
  const auto columns = decision_columns(*report.space, plain);
  const std::vector<std::size_t> lines =
      drawn_lines(values, objectives_of(report).front().maximise);
  Json decisions = Json::array();
  for (std::size_t d = 0; d < columns.size(); ++d) {
    Json decision = effect_json(report.space->decisions()[d], decision_effect(columns[d], values));
    for (const std::size_t line : lines) decision["lines"].push_back(columns[d][line]);
    decisions.push_back(std::move(decision));
  }
  Json places = Json::array(), shown = Json::array();
  for (const std::size_t line : lines) {
    places.push_back({trials[line].run, trials[line].trial->id});
    shown.push_back(short_number(values[line]));
  }
  return {{"trials", trials.size()},
          {"lines", std::move(places)},
          {"values", std::move(shown)},
          {"decisions", std::move(decisions)}};
}

Json distribution_json(const Report& report, const std::vector<PlacedTrial>& trials) {
  if (trials.empty()) return nullptr;
  std::vector<double> all;
  all.reserve(trials.size());
  std::vector<std::vector<double>> by_group(report.groups.size());
  for (const PlacedTrial& placed : trials) all.push_back(*first_objective(report, *placed.trial));
  const ShownError error = shown_error(objectives_of(report).front(), all);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    by_group[trials[i].group].push_back(error.of(all[i]));
  }
  Json groups = Json::array();
  for (const std::vector<double>& errors : by_group) {
    Json at = Json::array(), share = Json::array();
    if (!errors.empty()) {
      constexpr std::size_t points = 400;
      for (const Distribution::Step& step : thinned(Distribution(errors).steps(), points)) {
        at.push_back(short_number(step.value));
        share.push_back(short_number(step.share));
      }
    }
    groups.push_back(
        {{"at", std::move(at)}, {"share", std::move(share)}, {"trials", errors.size()}});
  }
  return {{"name", error.name}, {"groups", std::move(groups)}};
}

}  // namespace nas
