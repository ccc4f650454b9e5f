#include "cli/seed_series.hpp"

#include <atomic>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/no_journal.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_session.hpp"
#include "cli/run_text.hpp"
#include "cli/series_directory.hpp"
#include "cli/signals.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/search/search_loop.hpp"

namespace nas::cli {

namespace {

bool is_finished(const std::filesystem::path& run) {
  return RunDirectory::is_run(run) &&
         RunDirectory::open(run, RunDirectory::Access::read).trials().status() ==
             RunStatus::finished;
}

class Series {
 public:
  Series(const Experiment& experiment, const SeriesSettings& settings)
      : experiment_(experiment),
        settings_(settings),
        directory_(experiment, settings),
        line_(ProgressLine::mode_for_stderr(settings.quiet)),
        results_(settings.seeds.count()) {}

  int run();

 private:
  void run_all();
  void run_one(std::size_t index);
  std::optional<SeedResult> search_only(const Experiment& experiment);
  std::optional<SeedResult> run_directory(const Experiment& experiment);
  void count_finished();
  std::string progress_text() const;
  int finish(std::span<const SeedResult> results);

  const Experiment& experiment_;
  const SeriesSettings& settings_;
  SeriesDirectory directory_;
  InterruptHandler interrupts_{InterruptHandler::Work::trials};
  ProgressLine line_;
  std::vector<std::optional<SeedResult>> results_;  ///< by seed; nothing: interrupted
  std::atomic<bool> failed_ = false;                ///< a run has thrown: no other begins
  std::atomic<bool> partly_failed_ = false;         ///< a trial or final training has failed
  std::atomic<std::size_t> finished_ = 0;
};

int Series::run() {
  if (!settings_.quiet) {
    note(fmt::format("{} of one configuration, in {}",
                     counted(static_cast<double>(results_.size()), "run"),
                     directory_.path().string()));
  }
  run_all();
  line_.settle(progress_text());
  line_.clear();
  std::vector<SeedResult> results;
  for (const auto& result : results_) {
    if (result) results.push_back(*result);
  }
  if (results.size() == results_.size()) return finish(results);
  directory_.write(SeriesStatus::interrupted, results);
  note(fmt::format(
      "interrupted after {} of {} runs; {}", results.size(), results_.size(),
      settings_.summary_only
          ? fmt::format("'{}' has these", (directory_.path() / "summary.csv").string())
          : "the same command with --out " + shell_word(directory_.path()) + " goes on"));
  return interrupts_.exit_code();
}

void Series::run_all() {
  make_tbb_executor(settings_.jobs)->parallel_for(results_.size(), [&](std::size_t index) {
    if (interrupts_.token().soon() || failed_) return;
    try {
      run_one(index);
    } catch (...) {
      failed_ = true;
      throw;
    }
  });
}

void Series::run_one(std::size_t index) {
  const std::uint64_t seed = settings_.seeds.first + index;
  const auto experiment = with_seed(experiment_, seed);
  try {
    results_[index] =
        settings_.summary_only ? search_only(*experiment) : run_directory(*experiment);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("seed {}: {}", seed, error.what()));
  }
  if (results_[index]) count_finished();
}

std::optional<SeedResult> Series::search_only(const Experiment& experiment) {
  NoJournal journal;
  const auto executor = make_serial_executor();
  const SearchOutcome outcome =
      run_search(search_settings(experiment), {*experiment.evaluator.space,
                                               *experiment.strategy,
                                               *experiment.evaluator.estimator,
                                               *executor,
                                               interrupts_.token(),
                                               journal,
                                               {},
                                               latency_costs(experiment.evaluator)});
  if (outcome.end == SearchEnd::interrupted) return std::nullopt;
  SeedResult result = seed_result(experiment.config, outcome.trials);
  if (result.failed > 0) partly_failed_ = true;
  return result;
}

std::optional<SeedResult> Series::run_directory(const Experiment& experiment) {
  const std::filesystem::path path = directory_.run(experiment.config.seed);
  if (!is_finished(path)) {
    RunDirectory run =
        RunDirectory::is_run(path)
            ? RunDirectory::open(path, RunDirectory::Access::write)
            : RunDirectory::create(path, experiment.config, directory_.environment());
    const int code = run_within_series(experiment, run, interrupts_);
    if (code == exit_code::trials_failed) partly_failed_ = true;
    if (run.trials().status() != RunStatus::finished) return std::nullopt;
  }
  const RunDirectory run = RunDirectory::open(path, RunDirectory::Access::read);
  SeedResult result = seed_result(experiment.config, run.trials().load());
  if (result.failed > 0) partly_failed_ = true;
  return result;
}

void Series::count_finished() {
  ++finished_;
  line_.show(progress_text(), true);
}

std::string Series::progress_text() const {
  return fmt::format("{}/{} runs done", finished_.load(), results_.size());
}

Table metric_table(std::span<const SeedResult> results, Format format) {
  Table table{{{"metric"},
               {"mean", Align::right},
               {"deviation", Align::right},
               {"minimum", Align::right},
               {"maximum", Align::right},
               {"runs", Align::right}},
              {}};
  for (const auto& [metric, summary] : summarise(results)) {
    const auto shown = [&name = metric, format](double value) {
      return format == Format::text ? exact_metric_text(name, value) : fmt::format("{}", value);
    };
    table.rows.push_back({metric, shown(summary.mean),
                          (format == Format::text ? "± " : "") + shown(summary.deviation),
                          shown(summary.minimum), shown(summary.maximum),
                          std::to_string(summary.runs)});
  }
  return table;
}

int Series::finish(std::span<const SeedResult> results) {
  directory_.write(SeriesStatus::finished, results);
  if (settings_.format == Format::text) {
    fmt::print("{}, seeds {} to {}; of the best trial of each, by {}:\n",
               counted(static_cast<double>(results.size()), "run"), settings_.seeds.first,
               settings_.seeds.last, objective_text(experiment_.config.objectives.front()));
  }
  print(settings_.format, metric_table(results, settings_.format),
        directory_.describe(SeriesStatus::finished, results));
  if (!partly_failed_) return exit_code::ok;
  warn(fmt::format("some trials failed; '{}' counts them",
                   (directory_.path() / "summary.csv").string()));
  return exit_code::trials_failed;
}

}  // namespace

Seeds parse_seeds(const std::string& text) {
  constexpr std::uint64_t most = 1'000'000;
  const std::size_t hyphen = text.find('-');
  if (hyphen != std::string::npos) {
    const auto first = parse_natural(text.substr(0, hyphen));
    const auto last = parse_natural(text.substr(hyphen + 1));
    if (first && last && *first <= *last && *last - *first < most) return {*first, *last};
  }
  throw Error(
      ErrorKind::usage,
      fmt::format("--seeds '{}': must be the first and the last seed, such as 0-499, at most "
                  "{} of them",
                  text, most));
}

int run_series(const Experiment& experiment, const SeriesSettings& settings) {
  return Series(experiment, settings).run();
}

}  // namespace nas::cli
