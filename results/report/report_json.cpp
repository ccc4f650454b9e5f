#include "results/report/report_json.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/report/anytime_curve.hpp"
#include "results/report/report_trials.hpp"
#include "results/report/short_numbers.hpp"

namespace nas {
namespace {

using Json = nlohmann::json;

Json objectives_json(const Report& report) {
  Json array = Json::array();
  for (const Objective& objective : objectives_of(report)) {
    array.push_back({{"metric", objective.metric}, {"maximise", objective.maximise}});
  }
  return array;
}

std::vector<std::size_t> groups_by_run(const Report& report) {
  std::vector<std::size_t> groups(report.runs.size(), 0);
  for (std::size_t g = 0; g < report.groups.size(); ++g) {
    for (const std::size_t run : report.groups[g].runs) groups[run] = g;
  }
  return groups;
}

Json group_labels(const Report& report) {
  Json array = Json::array();
  for (const RunGroup& group : report.groups) array.push_back(group.label);
  return array;
}

Json runs_json(const Report& report) {
  const std::vector<std::size_t> groups = groups_by_run(report);
  Json array = Json::array();
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    const RunCourse& course = report.runs[i].course;
    Json run = {{"path", course.path.string()},
                {"group", groups[i]},
                {"seed", std::to_string(course.config.seed)},  // beyond what JavaScript counts to
                {"status", to_string(course.status)},
                {"trials", course.trials},
                {"failed", course.failed},
                {"seconds", short_number(course.time)},
                {"best", nullptr},
                {"final", nullptr}};
    if (!course.note.empty()) run["note"] = course.note;
    if (!course.incumbents.empty()) run["best"] = course.incumbents.back().trial;
    if (course.final) {
      run["best"] = course.final->trial;
      run["final"] = short_metrics(course.final->mean);
      run["deviation"] = short_metrics(course.final->deviation);
      run["repeats"] = course.final->repeats;
    }
    array.push_back(std::move(run));
  }
  return array;
}

/// "kind", "name", and a value that all runs have or one for each group.
Json settings_json(const Report& report) {
  std::map<std::pair<SettingKind, std::string>, std::vector<std::string>> settings;
  for (std::size_t g = 0; g < report.groups.size(); ++g) {
    for (const auto& [name, setting] : report.groups[g].settings) {
      auto& values = settings[{setting.kind, name}];
      values.resize(report.groups.size());
      values[g] = setting.shown;
    }
  }
  Json array = Json::array();
  for (const auto& [key, values] : settings) {
    const bool same = std::ranges::count(values, values.front()) == std::ssize(values);
    array.push_back(
        {to_string(key.first), key.second, same ? Json::array({values.front()}) : Json(values)});
  }
  return array;
}

void flatten(const Json& value, const std::string& name,
             std::map<std::string, std::set<std::string>>& found) {
  if (value.is_object()) {
    for (const auto& [key, part] : value.items()) {
      flatten(part, name.empty() ? key : fmt::format("{} {}", name, key), found);
    }
  } else if (!value.is_null()) {
    found[name].insert(value.is_string() ? value.get<std::string>() : value.dump());
  }
}

/// Name and the different values that runs have.
Json environment_json(const Report& report) {
  std::map<std::string, std::set<std::string>> found;
  for (const ReportRun& run : report.runs) flatten(run.environment, "", found);
  Json array = Json::array();
  for (const auto& [name, values] : found) array.push_back({name, values});
  return array;
}

Json curve_json(const Report& report, AnytimeClock clock) {
  Json array = Json::array();
  for (const RunGroup& group : report.groups) {
    std::vector<const RunCourse*> courses;
    for (const std::size_t run : group.runs) courses.push_back(&report.runs[run].course);
    const AnytimeCurve curve =
        objectives_of(report).empty()
            ? AnytimeCurve{}
            : anytime_curve(courses, objectives_of(report).front().metric, clock);
    array.push_back({{"at", short_numbers(curve.at)},
                     {"low", short_numbers(curve.low)},
                     {"middle", short_numbers(curve.middle)},
                     {"high", short_numbers(curve.high)}});
  }
  return array;
}

Json references_json(const Report& report) {
  Json array = Json::array();
  for (const ReportNetwork& network : report.references) {
    array.push_back({{"name", network.name},
                     {"description", network.description},
                     {"metrics", short_metrics(network.metrics)},
                     {"failure", network.failure}});
  }
  return array;
}

Json tables_json(const Report& report) {
  Json array = Json::array();
  for (const ReportTable& table : report.tables) {
    array.push_back({{"caption", table.caption}, {"titles", table.titles}, {"rows", table.rows}});
  }
  return array;
}

Json left_out_json(const Report& report) {
  Json array = Json::array();
  for (const LeftOutRun& run : report.left_out) {
    array.push_back({{"run", run.path.string()}, {"reason", run.reason}});
  }
  return array;
}

}  // namespace

nlohmann::json report_json(const Report& report) {
  const std::vector<PlacedTrial> trials = placed_trials(report);
  const std::vector<PlacedTrial> comparable = comparable_trials(report, trials);
  return {{"schema", "nas.report"},
          {"version", 1},
          {"program", NAS_VERSION},
          {"objectives", objectives_json(report)},
          {"groups", group_labels(report)},
          {"runs", runs_json(report)},
          {"settings", settings_json(report)},
          {"environment", environment_json(report)},
          {"tables", tables_json(report)},
          {"anytime",
           {{"trials", curve_json(report, AnytimeClock::trials)},
            {"time", curve_json(report, AnytimeClock::time)}}},
          {"trials", trials_json(trials)},
          {"decisions", decisions_json(report, comparable)},
          {"distribution", distribution_json(report, comparable)},
          {"references", references_json(report)},
          {"recipe", report.recipe},
          {"left_out", left_out_json(report)},
          {"notes", report.notes}};
}

}  // namespace nas
