#include "cli/run_session.hpp"

#include <algorithm>
#include <chrono>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/best_files.hpp"
#include "cli/exit_code.hpp"
#include "cli/final_stage.hpp"
#include "cli/progress.hpp"
#include "cli/run_log.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_text.hpp"
#include "cli/search_monitor.hpp"
#include "cli/signals.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "results/checkpoint_directory.hpp"

namespace nas::cli {

namespace {

class Session {
 public:
  Session(const Experiment& experiment, RunDirectory& run, const SessionSettings& settings,
          InterruptHandler& interrupts, bool alone)
      : experiment_(experiment),
        run_(run),
        settings_(settings),
        interrupts_(interrupts),
        alone_(alone),
        log_(run.log_file()),
        line_(ProgressLine::mode_for_stderr(settings.quiet)) {}

  int run();

 private:
  int go();
  void begin(std::size_t previous);
  SearchOutcome search(std::span<const Trial> previous);
  void write_best(std::span<const Trial> trials);
  std::optional<int> train_finalists(std::span<const Trial> trials);
  void show_final_training(const FinalProgress& progress);
  int interrupt(const std::string& when);
  int finish(const SearchOutcome& outcome);
  SearchSettings settings_of_search() const;
  void warn_and_log(const std::string& message);
  std::unique_ptr<Executor> executor(int workers) const;

  const Experiment& experiment_;
  RunDirectory& run_;
  const SessionSettings settings_;
  InterruptHandler& interrupts_;
  const bool alone_;  ///< no other run goes on in this process
  RunLog log_;
  ProgressLine line_;
  bool final_training_failed_ = false;
  std::chrono::steady_clock::time_point final_start_;
  int final_tenth_ = 0;  ///< of a training that have been said to be done
};

std::string end_note(SearchEnd end, std::size_t trials) {
  switch (end) {
    case SearchEnd::strategy_finished:
      return fmt::format("the strategy had nothing more to propose after {} trials", trials);
    case SearchEnd::only_reused:
      return fmt::format("everything proposed after {} trials had been measured already", trials);
    case SearchEnd::budget_spent:
      return fmt::format("the budget is spent after {} trials", trials);
    case SearchEnd::nothing_spent:
      return fmt::format("the last of {} trials have spent nothing of the budget", trials);
    case SearchEnd::time_limit:
      return fmt::format("the time limit ended the search after {} trials", trials);
    case SearchEnd::trials_done:
    case SearchEnd::interrupted:
      break;
  }
  return {};
}

int Session::run() {
  try {
    return go();
  } catch (const Error& error) {
    line_.clear();
    log_.error(error.what());
    try {
      run_.trials().set_status(RunStatus::failed, error.what());
      run_.trials().finish();
    } catch (const Error& while_recording) {
      // The first error says more: on a full disk neither can be recorded.
      log_.error(while_recording.what());
    }
    throw;
  }
}

int Session::go() {
  const std::vector<Trial> previous = run_.trials().load();
  begin(previous.size());
  const SearchOutcome outcome = search(previous);
  line_.clear();
  write_best(outcome.trials);
  if (outcome.end == SearchEnd::interrupted || interrupts_.token().soon()) {
    const std::int64_t wanted = experiment_.config.trials;
    return interrupt(fmt::format("after {}{} trials", outcome.trials.size(),
                                 wanted > 0 ? fmt::format(" of {}", wanted) : ""));
  }
  if (const auto code = train_finalists(outcome.trials)) return *code;
  return finish(outcome);
}

void Session::begin(std::size_t previous) {
  run_.trials().set_status(RunStatus::running);
  log_.info(fmt::format("{} with {} jobs: {}", previous == 0 ? "started" : "resumed",
                        settings_.jobs, run_.environment().dump()));
  if (settings_.quiet) return;
  note(previous == 0 ? fmt::format("run directory {}", run_.path().string())
                     : fmt::format("run directory {}, going on after {} trials",
                                   run_.path().string(), previous));
}

SearchSettings Session::settings_of_search() const {
  SearchSettings settings = search_settings(experiment_);
  if (settings.time_limit_seconds > 0) {
    // A limit of 0 would be none.
    constexpr double least = 1e-3;
    settings.time_limit_seconds =
        std::max(least, settings.time_limit_seconds - run_.trials().seconds());
  }
  return settings;
}

std::unique_ptr<Executor> Session::executor(int workers) const {
  return alone_ ? make_tbb_executor(workers) : make_serial_executor();
}

SearchOutcome Session::search(std::span<const Trial> previous) {
  SearchMonitor monitor(run_, previous, log_, line_);
  const auto workers = executor(settings_.jobs);
  CheckpointDirectory checkpoints(run_.checkpoints());
  try {
    SearchOutcome outcome = run_search(settings_of_search(),
                                       {*experiment_.evaluator.space,
                                        *experiment_.strategy,
                                        *experiment_.evaluator.estimator,
                                        *workers,
                                        interrupts_.token(),
                                        monitor,
                                        {},
                                        latency_costs(experiment_.evaluator),
                                        &checkpoints},
                                       previous);
    monitor.end();
    return outcome;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::plugin) throw;
    throw Error(ErrorKind::plugin,
                fmt::format("plugin '{}': {}", experiment_.config.strategy, error.what()));
  }
}

void Session::write_best(std::span<const Trial> trials) {
  const auto best = best_trial(trials, ranking_objectives(experiment_.config.objectives));
  if (!best || !experiment_.evaluator.space->has_architectures()) return;
  const auto trial = std::ranges::find(trials, *best, &Trial::id);
  write_architecture(run_.best(), experiment_.evaluator.space->build(trial->genotype));
}

std::optional<int> Session::train_finalists(std::span<const Trial> trials) {
  if (experiment_.config.final_epochs == 0) return std::nullopt;
  if (!best_trial(trials, ranking_objectives(experiment_.config.objectives))) return std::nullopt;
  if (alone_) interrupts_.set_work(InterruptHandler::Work::single);
  if (interrupts_.token().soon()) return interrupt("before the final training");
  WallTime wall_time(run_.trials());
  const auto workers = executor(available_processors());
  if (!settings_.quiet) note("final training begins");
  log_.info("final training begins");
  final_start_ = std::chrono::steady_clock::now();
  FinalStage stage(experiment_, run_,
                   {*workers, interrupts_.token(),
                    [&](const FinalProgress& progress) { show_final_training(progress); },
                    [&](const std::string& what) {
                      log_.info(what + " done");
                      wall_time.store_sometimes();
                      line_.clear();
                      if (!settings_.quiet) note(what + " done");
                    },
                    [&](const std::string& message) { warn_and_log(message); }});
  const FinalStage::End end = stage.run(trials);
  wall_time.store();
  line_.clear();
  if (end == FinalStage::End::interrupted) return interrupt("during the final training");
  final_training_failed_ = end != FinalStage::End::done;
  return std::nullopt;
}

void Session::show_final_training(const FinalProgress& progress) {
  const double done = progress.trained + progress.share;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - final_start_;
  // What comes before the first hundredth is too little to go by.
  const auto left = done < 0.01
                        ? std::nullopt
                        : std::optional(elapsed.count() * (progress.trainings - done) / done);
  const int tenth = progress.share < 1 ? static_cast<int>(10 * done) : final_tenth_;
  const std::string text =
      fmt::format("{} · {:.0f} %{}", progress.what, 100 * progress.share, eta_text(left));
  line_.show(text, tenth > std::exchange(final_tenth_, tenth));
}

int Session::interrupt(const std::string& when) {
  const std::string message = fmt::format("interrupted {}", when);
  log_.warning(message);
  run_.trials().set_status(RunStatus::interrupted, message);
  run_.trials().finish();
  if (alone_) note(fmt::format("{}; 'nas resume {}' goes on", message, run_.path().string()));
  return interrupts_.exit_code();
}

int Session::finish(const SearchOutcome& outcome) {
  const std::string end = end_note(outcome.end, outcome.trials.size());
  log_.info(end.empty() ? "finished" : "finished: " + end);
  run_.trials().set_status(RunStatus::finished, end);
  run_.trials().finish();
  if (alone_) print_summary(run_, settings_.format);
  const auto failed = std::ranges::count(outcome.trials, TrialStatus::failed, &Trial::status);
  if (failed > 0 && alone_) {
    warn(fmt::format("{} of {} trials failed; 'nas show {}' tells why", failed,
                     outcome.trials.size(), run_.path().string()));
  }
  return failed > 0 || final_training_failed_ ? exit_code::trials_failed : exit_code::ok;
}

void Session::warn_and_log(const std::string& message) {
  line_.clear();
  if (alone_) warn(message);
  log_.warning(message);
}

}  // namespace

int run_session(const Experiment& experiment, RunDirectory& run, const SessionSettings& settings) {
  InterruptHandler interrupts(InterruptHandler::Work::trials);
  return Session(experiment, run, settings, interrupts, true).run();
}

int run_within_series(const Experiment& experiment, RunDirectory& run,
                      InterruptHandler& interrupts) {
  return Session(experiment, run, {.jobs = 1, .quiet = true}, interrupts, false).run();
}

namespace {

/// What to type next, each line with a remark.
std::string next_steps(const RunSummary& summary) {
  const std::string run = shell_word(summary.path);
  std::vector<std::pair<std::string, std::string>> steps = {{"nas show " + run, "every trial"}};
  if (summary.best) {
    steps.emplace_back(fmt::format("nas show {} {}", run, *summary.best), "its layers");
    steps.emplace_back(fmt::format("nas eval {} --seed 1", run), "measured with another seed");
  }
  std::size_t width = 0;
  for (const auto& [command, remark] : steps) width = std::max(width, display_width(command));
  std::string text = "Next:\n";
  for (const auto& [command, remark] : steps) {
    text += fmt::format("  {}{:{}}  # {}\n", command, "", width - display_width(command), remark);
  }
  return text;
}

}  // namespace

void print_summary(const RunDirectory& run, Format format) {
  const RunSummary summary = summarise(run);
  if (format == Format::json) {
    print(to_json(summary));
    return;
  }
  if (format == Format::csv) {
    print(format, trial_table(summary, format), {});
    return;
  }
  fmt::print("{}\n{}", summary_text(summary, terminal_width(STDOUT_FILENO)), next_steps(summary));
}

}  // namespace nas::cli
