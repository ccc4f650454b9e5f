#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/run_comparison_text.hpp"

namespace nas::cli {

namespace {

nlohmann::json number(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

nlohmann::json run_json(const RunFigures& figures, const RunCourse& course, bool with_target) {
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
  if (with_target) {
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
                          bool with_target) {
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
  if (with_target) {
    object["reached"] = group.reached;
    object["trials_to_target"] = number(group.trials_to_target);
    object["time_to_target"] = number(group.time_to_target);
  }
  for (const auto& [name, setting] : runs[group.runs.front().run].settings) {
    object["settings"][name] = setting.shown;
  }
  for (const RunFigures& figures : group.runs) {
    object["runs"].push_back(run_json(figures, runs[figures.run], with_target));
  }
  return object;
}

nlohmann::json pair_json(const PairFigures& pair, const RunComparison& comparison, bool paired) {
  nlohmann::json object = {{"a", comparison.groups[pair.a].label},
                           {"b", comparison.groups[pair.b].label},
                           {"difference", pair.difference},
                           {"interval", nullptr},
                           {"superiority", pair.superiority},
                           {paired ? "w_plus" : "u", pair.statistic},
                           {"p_value", pair.p_value},
                           {"corrected", pair.corrected},
                           {"exact", pair.exact}};
  if (pair.interval) object["interval"] = {pair.interval->low, pair.interval->high};
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

nlohmann::json to_json(const RunComparison& comparison, const ComparisonSettings& settings,
                       std::span<const RunCourse> runs, std::span<const std::string> notes) {
  const bool with_target = has_target(comparison, settings);
  nlohmann::json object = json_object("nas.comparison");
  object["metric"] = {{"name", comparison.metric.name},
                      {"direction", comparison.metric.maximise ? "max" : "min"},
                      {"of", to_string(comparison.metric.source)}};
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
    object["groups"].push_back(group_json(group, runs, with_target));
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
  object["notes"] = notes;
  return object;
}

}  // namespace nas::cli
