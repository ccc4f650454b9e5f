#include "cli/run_comparison_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/run_text.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

using Source = ComparedMetric::Source;

/// Exact for programs; nothing is an empty cell, and what is endless likewise.
std::string number_text(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
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
                  return group.*member ? metric_text(unit, *(group.*member)) : "";
                });
  };
  add_mean("regret", &GroupFigures::regret, 1, metric);
  if (has_target(comparison, settings)) {
    add_target(columns, settings, metric_text(metric, *settings.target));
  }
  add_mean("area", &GroupFigures::area, 2, metric);
  if (comparison.metric.source != Source::hypervolume) {
    add_mean("hypervolume", &GroupFigures::hypervolume, 0, "hypervolume");
  }
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
  if (has_target(comparison, settings)) {
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
  const auto bound = [](const PairFigures& pair, double Interval::*end) {
    return pair.interval ? std::optional((*pair.interval).*end) : std::nullopt;
  };
  add_pair("low", [&](const PairFigures& pair) { return bound(pair, &Interval::low); });
  add_pair("high", [&](const PairFigures& pair) { return bound(pair, &Interval::high); });
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
    table.rows.push_back(
        {comparison.groups[pair.a].label, comparison.groups[pair.b].label,
         signed_text(metric, pair.difference),
         pair.interval ? fmt::format("{} … {}", signed_text(metric, pair.interval->low),
                                     signed_text(metric, pair.interval->high))
                       : "",
         fmt::format("{:.3g} %", 100 * pair.superiority), fmt::format("{:g}", pair.statistic),
         p_text(pair.p_value, pair.exact), p_text(pair.corrected, pair.exact)});
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
                        to_string(metric.source));
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
  if (has_target(comparison, settings)) {
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

}  // namespace nas::cli
