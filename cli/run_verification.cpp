#include "cli/run_verification.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/best_files.hpp"
#include "cli/experiment.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_text.hpp"
#include "cli/search_replay.hpp"
#include "cli/trial_repetition.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/search/blueprint.hpp"
#include "results/run_course.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

/// The verification of one run, on its way.
class Verifier {
 public:
  Verifier(RunDirectory run, const VerificationSettings& settings, const CancelToken& cancel)
      : run_(std::move(run)),
        settings_(settings),
        cancel_(cancel),
        line_(ProgressLine::mode_for_stderr(settings.quiet)) {}

  RunVerification verify(const Arguments& arguments, const Environment& environment);

 private:
  void check_database();
  bool assemble(const Arguments& arguments, const Environment& environment);
  void check_environment();
  void check_search();
  void check_alone();
  void check_results();
  void check_libraries();
  void repeat();
  void repeat_chosen_network();
  void add(std::string name, CheckState state, std::string detail) {
    verification_.checks.emplace_back(std::move(name), CheckOutcome{state, std::move(detail)});
  }
  bool all_agree() const { return !verification_.first_difference(); }
  std::vector<const Trial*> trials_to_train();
  CheckOutcome outcome_of(const Trial& recorded, const Trial& here) const;

  const RunDirectory run_;
  const VerificationSettings& settings_;
  const CancelToken& cancel_;
  ProgressLine line_;
  RunSummary summary_;
  std::unique_ptr<Experiment> experiment_;
  std::set<std::int64_t> wanted_;  ///< trials to train again
  std::map<std::int64_t, TrialContext> contexts_;
  RunVerification verification_;
};

/// The first number that no run records; empty where there is none.
std::string number_that_is_none(const std::vector<Trial>& trials) {
  for (const Trial& trial : trials) {
    for (const auto& [name, value] : trial.metrics) {
      if (!std::isfinite(value)) {
        return fmt::format("trial {}: '{}' is {}, which no run records", trial.id, name, value);
      }
    }
  }
  return {};
}

/// Where a trial is none of the space, or is not what its genotype and its seed make of it.
std::optional<std::string> wrong_by_itself(const Experiment& experiment, const Trial& recorded) {
  const SearchSpace& space = *experiment.evaluator.space;
  try {
    space.validate(recorded.genotype);
  } catch (const Error& error) {
    return error.what();
  }
  Trial here = recorded;
  if (!recorded.parent) {
    here.seed =
        derive_seed(experiment.config.seed, "trial", static_cast<std::uint64_t>(recorded.id));
  }
  if (builds_architectures(experiment)) {
    const auto blueprint = make_blueprint(space, recorded.genotype);
    here.architecture_hash = blueprint->hash;
    for (const auto& [name, value] : all_costs(experiment.evaluator, recorded.genotype,
                                               blueprint->architecture, blueprint->cost)) {
      here.metrics[name] = value;
    }
  }
  return difference(recorded, here);
}

RunVerification Verifier::verify(const Arguments& arguments, const Environment& environment) {
  verification_.run = run_.path();
  check_database();
  if (!assemble(arguments, environment)) return std::move(verification_);
  check_environment();
  if (all_agree()) {
    for (const std::int64_t id : trials_to_repeat(summary_, settings_.trials)) wanted_.insert(id);
    experiment_->config.async ? check_alone() : check_search();
  }
  if (all_agree() && !verification_.cancelled) check_results();
  if (!verification_.cancelled) check_libraries();
  if (all_agree() && !verification_.cancelled) repeat();
  if (settings_.final && all_agree() && !verification_.cancelled) repeat_chosen_network();
  line_.clear();
  return std::move(verification_);
}

void Verifier::check_database() {
  run_.trials().check_pages();
  summary_ = summarise(run_);
  if (summary_.trials.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' has no finished trial: there is nothing to verify",
                            run_.path().string()));
  }
  const std::size_t trials = summary_.trials.size();
  verification_.title =
      fmt::format("{}, {}", counted(static_cast<double>(trials), "trial"), status_text(summary_));
  const std::string wrong = number_that_is_none(summary_.trials);
  add("database", wrong.empty() ? CheckState::agrees : CheckState::differs,
      wrong.empty() ? "every page and every row can be read" : wrong);
}

/// False where the parts of the run are not here.
bool Verifier::assemble(const Arguments& arguments, const Environment& environment) {
  verification_.environment = environment_items(run_.environment(), machine_environment());
  try {
    const PluginRegistry registry(plugin_path_of(run_, arguments, environment));
    experiment_ = assemble_experiment(recorded_request(run_.config()), registry);
    verification_.environment =
        environment_items(run_.environment(), run_environment(*experiment_));
    return true;
  } catch (const Error& error) {
    verification_.obstacle = error;
    return false;
  }
}

void Verifier::check_environment() {
  if (experiment_->config != run_.config()) {
    add("settings", CheckState::differs,
        "the plugins or the space have other options here than when the run started");
  }
  std::string inputs;
  for (const EnvironmentItem& item : verification_.environment) {
    if (!item.differs()) continue;
    if (item.kind == EnvironmentItem::Kind::numerics)
      verification_.agreement = Agreement::tolerated;
    if (item.kind != EnvironmentItem::Kind::input || !inputs.empty()) continue;
    inputs = fmt::format("{}: recorded {}, here {}", item.what, item.recorded, item.here);
  }
  const bool agrees = inputs.empty();
  add("inputs", agrees ? CheckState::agrees : CheckState::differs,
      agrees ? "data and tables are those of the run" : inputs);
}

/// What the strategy proposes, and all of a trial but what was measured.
void Verifier::check_search() {
  line_.show("asking the strategy again", false);
  const RunConfig& config = experiment_->config;
  const bool ended = summary_.status == RunStatus::finished && config.time_limit_seconds == 0;
  const Replay replay = replay_search(*experiment_, {summary_.trials, ended}, wanted_, cancel_);
  verification_.cancelled = replay.cancelled;
  if (replay.cancelled) return;
  contexts_ = replay.contexts;
  if (replay.difference) {
    add("search", CheckState::differs, *replay.difference);
  } else {
    add("search", CheckState::agrees,
        "the strategy proposes the same trials; architectures, costs and seeds agree");
  }
}

/// Of a search whose order is lost with the clock: each trial by itself.
void Verifier::check_alone() {
  for (const Trial& recorded : summary_.trials) {
    if (const auto wrong = wrong_by_itself(*experiment_, recorded)) {
      add("search", CheckState::differs, fmt::format("trial {}: {}", recorded.id, *wrong));
      return;
    }
  }
  add("search", CheckState::unknown,
      "architectures and costs agree; results were told as they came (--async), which does not "
      "repeat");
}

void Verifier::check_results() {
  const SearchSpace& space = *experiment_->evaluator.space;
  const std::vector<FinalResult> finals = run_.trials().finals();
  verification_.checks.emplace_back("final trainings", check_finals(summary_, finals));
  verification_.checks.emplace_back("best network", check_best_architecture(run_, summary_, space));
  verification_.checks.emplace_back("its weights", check_best_weights(run_, summary_, space));
}

/// Trials that are trained again show whether other libraries matter.
void Verifier::check_libraries() {
  for (const EnvironmentItem& item : verification_.environment) {
    if (item.kind != EnvironmentItem::Kind::library || !item.differs()) continue;
    const bool tried = !wanted_.empty();
    add("libraries", tried ? CheckState::unknown : CheckState::differs,
        fmt::format("{}: recorded {}, here {}; {}", item.what, item.recorded, item.here,
                    tried ? "what is trained again has to agree nevertheless"
                          : "whether results are the same, --trials tells"));
    return;
  }
  add("libraries", CheckState::agrees, "program and plugins are those of the run");
}

std::vector<const Trial*> Verifier::trials_to_train() {
  std::vector<const Trial*> trials;
  for (const std::int64_t id : wanted_) {
    const Trial& trial = summary_.trial(id);
    if (experiment_->config.async && !trial.curve.empty()) {
      add(fmt::format("trial {}", id), CheckState::unknown,
          "when it was to stop depended on trials that had ended before, by the clock (--async)");
    } else {
      trials.push_back(&trial);
    }
  }
  return trials;
}

CheckOutcome Verifier::outcome_of(const Trial& recorded, const Trial& here) const {
  const bool exact = verification_.agreement == Agreement::exact;
  if (const auto what = difference(recorded, here, verification_.agreement)) {
    return {CheckState::differs, *what};
  }
  if (recorded.status == TrialStatus::failed) {
    return {CheckState::agrees, fmt::format("fails as it did: {}", here.reason)};
  }
  const std::string& objective = experiment_->config.objectives.front().metric;
  const std::string value = metric_text(objective, here.metrics.at(objective));
  if (exact) return {CheckState::agrees, fmt::format("bit for bit; {} {}", objective, value)};
  return {CheckState::agrees,
          fmt::format("within the tolerance; {} {}, recorded {}", objective, value,
                      metric_text(objective, recorded.metrics.at(objective)))};
}

void Verifier::repeat() {
  const std::vector<const Trial*> trials = trials_to_train();
  if (trials.empty()) return;
  const std::string all = counted(static_cast<double>(trials.size()), "trial");
  if (!settings_.quiet) note(fmt::format("training {} again", all));
  std::size_t shown = 0;
  const auto show = [&](std::size_t done, double share) {
    line_.show(fmt::format("{} of {} trained again · {:.0f} %", done, all, 100 * share),
               std::exchange(shown, done) < done);
  };
  const std::map<std::int64_t, Trial> repeated =
      repeat_trials(*experiment_, trials, contexts_, {settings_.jobs, cancel_, show});
  for (const Trial* recorded : trials) {
    const auto here = repeated.find(recorded->id);
    if (here == repeated.end()) {
      verification_.cancelled = true;
      continue;
    }
    ++verification_.trained_again;
    verification_.checks.emplace_back(fmt::format("trial {}", recorded->id),
                                      outcome_of(*recorded, here->second));
  }
}

void Verifier::repeat_chosen_network() {
  const std::vector<FinalResult> finals = run_.trials().finals();
  const auto chosen = std::ranges::find(finals, true, &FinalResult::chosen);
  if (chosen == finals.end()) {
    add("final training", CheckState::unknown, "no network is chosen yet");
    return;
  }
  const auto executor = make_tbb_executor(available_processors());
  const FinalRepetition repetition = repeat_final(
      *experiment_, *chosen, summary_.trial(chosen->trial).genotype, weights_file(run_.best()),
      verification_.agreement,
      {*executor, cancel_, [&](double share) {
         line_.show(fmt::format("final training again · {:.0f} %", 100 * share), false);
       }});
  verification_.cancelled = repetition.cancelled;
  if (repetition.cancelled) return;
  const bool exact = verification_.agreement == Agreement::exact;
  add("final training", repetition.difference ? CheckState::differs : CheckState::agrees,
      repetition.difference.value_or(exact ? "metrics and weights, bit for bit"
                                           : "metrics within the tolerance"));
}

}  // namespace

std::optional<std::string> RunVerification::first_difference() const {
  for (const auto& [name, outcome] : checks) {
    if (outcome.state == CheckState::differs) return fmt::format("{}: {}", name, outcome.detail);
  }
  return std::nullopt;
}

RunVerification verify_run(const fs::path& path, const VerificationSettings& settings,
                           const Arguments& arguments, const Environment& environment,
                           const CancelToken& cancel) {
  if (is_series(path)) {
    throw Error(ErrorKind::data,
                fmt::format("'{}' is a series of which the best trials alone are kept "
                            "(--summary-only): there is nothing to compare with",
                            path.string()));
  }
  return Verifier(open_run(path, RunDirectory::Access::inspect), settings, cancel)
      .verify(arguments, environment);
}

}  // namespace nas::cli
