#include "cli/run_comparison_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/run_text.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

using Source = ComparedMetric::Source;

std::string source_name(Source source) {
  switch (source) {
    case Source::best_trial:
      return "best trial";
    case Source::final:
      return "final training";
    case Source::hypervolume:
      return "hypervolume";
  }
  return {};
}

/// Exact for programs; nothing is an empty cell, and what is endless likewise.
std::string number_text(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

nlohmann::json number(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

/// "+0.31 %".
std::string signed_text(const std::string& metric, double value) {
  return fmt::format("{}{}", value < 0 ? "-" : "+", metric_text(metric, std::abs(value)));
}

std::string time_text(const ComparisonSettings& settings, double time) {
  if (!std::isfinite(time)) return "never";
  return settings.course.clock.empty() ? fmt::format("{:.3g} s", time)
                                       : fmt::format("{:.6g}", time);
}

/// " after 50 trials", " within 30s of trials".
std::string at_text(const CourseSettings& course) {
  if (course.trials) {
    return fmt::format(" after {}", counted(static_cast<double>(*course.trials), "trial"));
  }
  if (!course.time) return {};
  return course.clock.empty() ? fmt::format(" within {} of trials", human_seconds(*course.time))
                              : fmt::format(" within a {} of {}", course.clock, *course.time);
}

bool some_group(const RunComparison& comparison, std::optional<double> GroupFigures::*member) {
  return std::ranges::any_of(
      comparison.groups, [&](const GroupFigures& group) { return (group.*member).has_value(); });
}

/// Whether there is a course in which a target could be reached.
bool shows_target(const RunComparison& comparison, const ComparisonSettings& settings) {
  return settings.target && comparison.metric.source == Source::best_trial;
}

/// Builds a table column by column.
class Columns {
 public:
  explicit Columns(const RunComparison& comparison) : comparison_(comparison) {
    table_.rows.resize(comparison.groups.size());
  }

  template <typename CellOf>
  void add(Column column, CellOf cell_of) {
    table_.columns.push_back(std::move(column));
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      table_.rows[i].push_back(cell_of(comparison_.groups[i]));
    }
  }
  Table table() { return std::move(table_); }

 private:
  const RunComparison& comparison_;
  Table table_;
};

void add_target(Columns& columns, const ComparisonSettings& settings, const std::string& target) {
  columns.add({.title = fmt::format("reached {}", target), .align = Align::right},
              [](const GroupFigures& group) {
                return fmt::format("{} of {}", group.reached, group.runs.size());
              });
  columns.add({.title = "trials", .align = Align::right}, [](const GroupFigures& group) {
    return std::isfinite(group.trials_to_target) ? fmt::format("{:g}", group.trials_to_target)
                                                 : "never";
  });
  columns.add({.title = settings.course.clock.empty() ? "time" : settings.course.clock,
               .align = Align::right},
              [&](const GroupFigures& group) { return time_text(settings, group.time_to_target); });
}

Table table_for_people(const RunComparison& comparison, const ComparisonSettings& settings) {
  const std::string& metric = comparison.metric.name;
  Columns columns(comparison);
  columns.add({.title = "group", .wraps = true},
              [](const GroupFigures& group) { return group.label; });
  columns.add({.title = "seeds", .align = Align::right},
              [](const GroupFigures& group) { return std::to_string(group.runs.size()); });
  columns.add({.title = metric, .align = Align::right}, [&](const GroupFigures& group) {
    const std::string mean = exact_metric_text(metric, group.mean);
    return group.runs.size() == 1 ? mean : mean + " ± " + metric_text(metric, group.deviation);
  });
  columns.add({.title = "median", .align = Align::right, .expendable = 3},
              [&](const GroupFigures& group) { return exact_metric_text(metric, group.median); });
  const auto add_mean = [&](const char* title, std::optional<double> GroupFigures::*member,
                            int expendable, const std::string& unit) {
    if (!some_group(comparison, member)) return;
    columns.add({.title = title, .align = Align::right, .expendable = expendable},
                [&, member](const GroupFigures& group) {
                  return group.*member ? exact_metric_text(unit, *(group.*member)) : "";
                });
  };
  add_mean("regret", &GroupFigures::regret, 1, metric);
  if (shows_target(comparison, settings)) {
    add_target(columns, settings, metric_text(metric, *settings.target));
  }
  add_mean("area", &GroupFigures::area, 2, metric);
  add_mean("hypervolume", &GroupFigures::hypervolume, 0, "hypervolume");
  return columns.table();
}

/// What the comparison of a group with the baseline is; nothing for the baseline itself.
const PairFigures* pair_of(const RunComparison& comparison, const GroupFigures& group) {
  const auto place = static_cast<std::size_t>(&group - comparison.groups.data());
  const auto found = std::ranges::find(comparison.pairs, place, &PairFigures::a);
  return found == comparison.pairs.end() ? nullptr : &*found;
}

Table table_for_programs(const RunComparison& comparison, const ComparisonSettings& settings) {
  Columns columns(comparison);
  const auto add = [&](const char* title, auto value_of) {
    columns.add({.title = title, .align = Align::right},
                [&](const GroupFigures& group) { return number_text(value_of(group)); });
  };
  columns.add({.title = "group"}, [](const GroupFigures& group) { return group.label; });
  add("seeds", [](const GroupFigures& group) { return static_cast<double>(group.runs.size()); });
  add("mean", [](const GroupFigures& group) { return group.mean; });
  add("deviation", [](const GroupFigures& group) { return group.deviation; });
  add("median", [](const GroupFigures& group) { return group.median; });
  add("regret", [](const GroupFigures& group) { return group.regret; });
  add("area", [](const GroupFigures& group) { return group.area; });
  add("hypervolume", [](const GroupFigures& group) { return group.hypervolume; });
  if (shows_target(comparison, settings)) {
    add("reached", [](const GroupFigures& group) { return static_cast<double>(group.reached); });
    add("trials_to_target", [](const GroupFigures& group) { return group.trials_to_target; });
    add("time_to_target", [](const GroupFigures& group) { return group.time_to_target; });
  }
  if (settings.baseline.empty()) return columns.table();
  const auto add_pair = [&](const char* title, auto value_of) {
    add(title, [&, value_of](const GroupFigures& group) -> std::optional<double> {
      const PairFigures* pair = pair_of(comparison, group);
      return pair == nullptr ? std::nullopt : std::optional<double>(value_of(*pair));
    });
  };
  add_pair("difference", [](const PairFigures& pair) { return pair.difference; });
  add_pair("low", [](const PairFigures& pair) { return pair.interval.low; });
  add_pair("high", [](const PairFigures& pair) { return pair.interval.high; });
  add_pair("superiority", [](const PairFigures& pair) { return pair.superiority; });
  add_pair("statistic", [](const PairFigures& pair) { return pair.statistic; });
  add_pair("p_value", [](const PairFigures& pair) { return pair.p_value; });
  add_pair("corrected", [](const PairFigures& pair) { return pair.corrected; });
  return columns.table();
}

/// "0.0079", and where it is no exact one "≈ 0.0079".
std::string p_text(double p_value, bool exact = true) {
  return fmt::format("{}{:.3g}", exact ? "" : "≈ ", p_value);
}

nlohmann::json run_json(const RunFigures& figures, const RunCourse& course, bool shows_target) {
  nlohmann::json object = {{"run", course.path.string()},
                           {"seed", course.config.seed},
                           {"trials", course.trials},
                           {"failed", course.failed},
                           {"time", course.has_course ? number(course.time) : nullptr},
                           {"best", nullptr},
                           {"value", figures.value},
                           {"regret", number(figures.regret)},
                           {"area", number(figures.area)},
                           {"hypervolume", number(figures.hypervolume)}};
  if (!course.incumbents.empty()) object["best"] = course.incumbents.back().trial;
  if (shows_target) {
    object["trials_to_target"] = nullptr;
    object["time_to_target"] = nullptr;
    if (figures.reached) {
      object["trials_to_target"] = figures.reached->trials;
      object["time_to_target"] = figures.reached->time;
    }
  }
  return object;
}

nlohmann::json group_json(const GroupFigures& group, std::span<const RunCourse> runs,
                          bool shows_target) {
  nlohmann::json object = {{"group", group.label},
                           {"seeds", group.runs.size()},
                           {"mean", group.mean},
                           {"deviation", group.deviation},
                           {"median", group.median},
                           {"regret", number(group.regret)},
                           {"area", number(group.area)},
                           {"hypervolume", number(group.hypervolume)},
                           {"settings", nlohmann::json::object()},
                           {"runs", nlohmann::json::array()}};
  if (shows_target) {
    object["reached"] = group.reached;
    object["trials_to_target"] = number(group.trials_to_target);
    object["time_to_target"] = number(group.time_to_target);
  }
  for (const auto& [name, setting] : runs[group.runs.front().run].settings) {
    object["settings"][name] = setting.shown;
  }
  for (const RunFigures& figures : group.runs) {
    object["runs"].push_back(run_json(figures, runs[figures.run], shows_target));
  }
  return object;
}

nlohmann::json pair_json(const PairFigures& pair, const RunComparison& comparison, bool paired) {
  nlohmann::json object = {{"a", comparison.groups[pair.a].label},
                           {"b", comparison.groups[pair.b].label},
                           {"difference", pair.difference},
                           {"interval", {pair.interval.low, pair.interval.high}},
                           {"superiority", pair.superiority},
                           {paired ? "w_plus" : "u", pair.statistic},
                           {"p_value", pair.p_value},
                           {"corrected", pair.corrected},
                           {"exact", pair.exact}};
  if (paired) object["seeds"] = pair.seeds;
  return object;
}

nlohmann::json claim_json(const ClaimOutcome& outcome, const RunComparison& comparison) {
  return {{"assertion", outcome.claim.text},
          {"better", comparison.groups[outcome.better].label},
          {"worse", comparison.groups[outcome.worse].label},
          {"level", outcome.claim.level},
          {"p_value", outcome.p_value},
          {"corrected", outcome.corrected},
          {"holds", outcome.holds}};
}

}  // namespace

Table group_table(const RunComparison& comparison, const ComparisonSettings& settings,
                  Format format) {
  return format == Format::csv ? table_for_programs(comparison, settings)
                               : table_for_people(comparison, settings);
}

Table pair_table(const RunComparison& comparison, const ComparisonSettings& settings) {
  const std::string& metric = comparison.metric.name;
  Table table{{{.title = "A", .wraps = true},
               {.title = "B", .wraps = true},
               {"A - B", Align::right},
               {.title = "95 % interval", .align = Align::right},
               {.title = "superiority", .align = Align::right},
               {.title = settings.paired ? "W+" : "U", .align = Align::right, .expendable = 2},
               {.title = "p", .align = Align::right, .expendable = 1},
               {"p (Holm)", Align::right}},
              {}};
  for (const PairFigures& pair : comparison.pairs) {
    table.rows.push_back({comparison.groups[pair.a].label, comparison.groups[pair.b].label,
                          signed_text(metric, pair.difference),
                          fmt::format("{} … {}", signed_text(metric, pair.interval.low),
                                      signed_text(metric, pair.interval.high)),
                          fmt::format("{:.3g} %", 100 * pair.superiority),
                          fmt::format("{:g}", pair.statistic), p_text(pair.p_value, pair.exact),
                          p_text(pair.corrected, pair.exact)});
  }
  return table;
}

Table claim_table(const RunComparison& comparison) {
  Table table{{{.title = "assertion", .wraps = true},
               {"p", Align::right},
               {"p (Holm)", Align::right},
               {"holds"}},
              {}};
  for (const ClaimOutcome& outcome : comparison.claims) {
    table.rows.push_back({outcome.claim.text, p_text(outcome.p_value), p_text(outcome.corrected),
                          outcome.holds ? "yes" : "NO"});
  }
  return table;
}

std::vector<std::string> comparison_heading(const RunComparison& comparison,
                                            const ComparisonSettings& settings) {
  const ComparedMetric& metric = comparison.metric;
  std::string compared =
      metric.source == Source::hypervolume
          ? "The hypervolume of each run's front"
          : fmt::format("{} of each run's {}", objective_text({metric.name, metric.maximise}),
                        source_name(metric.source));
  if (metric.source == Source::best_trial && metric.name != comparison.objectives.front().metric) {
    compared += fmt::format(" by {}", objective_text(comparison.objectives.front()));
  }
  compared += at_text(settings.course);
  std::vector<std::string> lines = {compared + ", mean ± deviation over seeds"};
  if (some_group(comparison, &GroupFigures::area)) {
    lines.push_back(fmt::format(
        "area: the mean of the best so far{}",
        comparison.area_time
            ? " until then"
            : fmt::format(" over the first {}",
                          counted(static_cast<double>(*comparison.area_trials), "trial"))));
  }
  if (shows_target(comparison, settings)) {
    lines.push_back(fmt::format("trials, {}: medians until {} was reached",
                                settings.course.clock.empty() ? "time" : settings.course.clock,
                                metric_text(metric.name, *settings.target)));
  }
  if (some_group(comparison, &GroupFigures::hypervolume)) {
    std::vector<std::string> corner;
    for (std::size_t i = 0; i < comparison.reference.size(); ++i) {
      corner.push_back(
          fmt::format("{}={}", comparison.objectives[i].metric, comparison.reference[i]));
    }
    lines.push_back(fmt::format("hypervolume: from the reference {}", fmt::join(corner, ", ")));
  }
  return lines;
}

std::vector<std::string> pair_heading(const RunComparison& comparison,
                                      const ComparisonSettings& settings) {
  std::vector<std::string> lines = {
      "A - B: of the means, with a bootstrap interval; superiority: that a run of A beats one of B",
      fmt::format("p: {}, two-sided; Holm's correction is for {}",
                  settings.paired ? "Wilcoxon's signed ranks, paired by seed"
                                  : "Mann and Whitney's rank sums",
                  counted(static_cast<double>(comparison.pairs.size()), "pair"))};
  const bool approximate =
      std::ranges::any_of(comparison.pairs, [](const PairFigures& pair) { return !pair.exact; });
  if (approximate) {
    lines.back() += fmt::format("; ≈: by the normal distribution, for ties{} or many seeds",
                                settings.paired ? ", zeros" : "");
  }
  return lines;
}

nlohmann::json to_json(const RunComparison& comparison, const ComparisonSettings& settings,
                       std::span<const RunCourse> runs) {
  const bool has_target = shows_target(comparison, settings);
  nlohmann::json object = json_object("nas.comparison");
  object["metric"] = {{"name", comparison.metric.name},
                      {"direction", comparison.metric.maximise ? "max" : "min"},
                      {"of", source_name(comparison.metric.source)}};
  object["at"] = {{"trials", nullptr}, {"time", number(settings.course.time)}};
  if (settings.course.trials) object["at"]["trials"] = *settings.course.trials;
  object["clock"] = settings.course.clock.empty() ? "seconds" : settings.course.clock;
  object["area"] = {{"trials", nullptr}, {"time", number(comparison.area_time)}};
  if (comparison.area_trials) object["area"]["trials"] = *comparison.area_trials;
  object["target"] = number(settings.target);
  object["optimum"] = number(settings.optimum);
  object["reference"] = nlohmann::json::object();
  for (std::size_t i = 0; i < comparison.reference.size(); ++i) {
    object["reference"][comparison.objectives[i].metric] = comparison.reference[i];
  }
  object["paired"] = settings.paired;
  object["bootstrap"] = {
      {"resamples", settings.resamples}, {"seed", settings.seed}, {"level", interval_level}};
  for (const char* list : {"groups", "pairs", "assertions", "left_out"}) {
    object[list] = nlohmann::json::array();
  }
  for (const GroupFigures& group : comparison.groups) {
    object["groups"].push_back(group_json(group, runs, has_target));
  }
  for (const PairFigures& pair : comparison.pairs) {
    object["pairs"].push_back(pair_json(pair, comparison, settings.paired));
  }
  for (const ClaimOutcome& outcome : comparison.claims) {
    object["assertions"].push_back(claim_json(outcome, comparison));
  }
  for (const LeftOutRun& run : comparison.left_out) {
    object["left_out"].push_back({{"run", run.path.string()}, {"reason", run.reason}});
  }
  return object;
}

}  // namespace nas::cli
