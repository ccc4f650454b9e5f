#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/disk_space.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/forecast.hpp"
#include "cli/option_table.hpp"
#include "cli/plan.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_request.hpp"
#include "cli/run_session.hpp"
#include "cli/seed_series.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

/// The given directory, or an unused one under 'runs'.
fs::path run_path(const Settings& settings, const RunConfig& config) {
  if (settings.setting("out").values.empty()) {
    return RunDirectory::unused_name("runs", config.strategy, config.space);
  }
  return settings.text("out");
}

/// "trials: 20 there, 48 asked for; …".
std::string differences(const RunConfig& there, const RunConfig& asked) {
  const nlohmann::json a = to_json(there).flatten();
  const nlohmann::json b = to_json(asked).flatten();
  std::vector<std::string> parts;
  const auto value_of = [](const nlohmann::json& object, const std::string& key) {
    return object.contains(key) ? object.at(key).dump() : "nothing";
  };
  nlohmann::json keys = a;
  keys.update(b);
  for (const auto& [key, unused] : keys.items()) {
    const std::string before = value_of(a, key);
    const std::string now = value_of(b, key);
    if (before != now) {
      parts.push_back(fmt::format("'{}' is {} there and {} here", key.substr(1), before, now));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

RunDirectory reopen(const fs::path& path, const Experiment& experiment) {
  RunDirectory run = RunDirectory::open(path, RunDirectory::Access::write);
  if (run.config() != experiment.config) {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{0}' holds another run: {1}; choose another --out, or go on with "
                            "that one by 'nas resume {0}'",
                            path.string(), differences(run.config(), experiment.config)));
  }
  return run;
}

RunDirectory create(const Settings& settings, const Experiment& experiment,
                    const nlohmann::json& environment) {
  const std::uint64_t bytes = bytes_of_run(experiment.config.trials, checkpoint_bytes(experiment));
  // Another process may take the name between the choice and the making.
  constexpr int attempts = 100;
  for (int attempt = 1;; ++attempt) {
    const fs::path path = run_path(settings, experiment.config);
    check_disk_space(path, bytes);
    try {
      return RunDirectory::create(path, experiment.config, environment);
    } catch (const Error& error) {
      const bool chosen_here = settings.setting("out").values.empty();
      if (error.kind() != ErrorKind::run_directory || !chosen_here || attempt == attempts) throw;
    }
  }
}

RunDirectory open_or_create(const Settings& settings, const Experiment& experiment) {
  const nlohmann::json environment = run_environment(experiment);
  const fs::path path = run_path(settings, experiment.config);
  if (!RunDirectory::is_run(path)) return create(settings, experiment, environment);
  RunDirectory run = reopen(path, experiment);
  for (const std::string& change : environment_changes(run.environment(), environment))
    warn(change);
  return run;
}

/// Of --seeds; nothing without. Throws Error(usage) where other options make no sense beside it.
std::optional<Seeds> requested_seeds(const Arguments& arguments, const RunConfig& config) {
  const auto text = arguments.value("seeds");
  const auto reject = [](const std::string& what) { throw Error(ErrorKind::usage, what); };
  if (!text) {
    if (arguments.has("summary-only")) {
      reject("--summary-only: a single run has a directory; it goes with --seeds");
    }
    return std::nullopt;
  }
  const Seeds seeds = parse_seeds(*text);
  if (arguments.has("seed")) reject("--seed and --seeds exclude each other");
  if (config.async)
    reject("--seeds: every run is done by one worker, for which --async is nothing");
  if (config.time_limit_seconds > 0) {
    reject(
        "--seeds: with --time-limit a run would depend on those beside it; use --trials or "
        "--budget");
  }
  return seeds;
}

/// Networks that are trained at length need a place.
void check_summary_only(const Arguments& arguments, const RunConfig& config) {
  if (!arguments.has("summary-only") || config.final_epochs == 0) return;
  throw Error(ErrorKind::usage,
              "--summary-only: the final training needs run directories; leave it out by "
              "--final-epochs 0");
}

/// More jobs than the window would never have work.
int capped_jobs(const Settings& settings, int window) {
  const int jobs = requested_jobs(settings);
  if (jobs <= window) return jobs;
  if (settings.setting("jobs").origin != Origin::standard && !settings.enabled("quiet")) {
    note(fmt::format("--jobs {} is capped to the window, {}", jobs, window));
  }
  return window;
}

}  // namespace

int run_command(const Arguments& arguments) {
  const Environment environment = process_environment();
  const Format format = output_format(arguments);
  const Settings settings(arguments, environment);
  const PluginRegistry registry(plugin_path(arguments, environment));
  ExperimentRequest request = experiment_request(settings);
  const std::optional<Seeds> seeds = requested_seeds(arguments, request.config);
  if (seeds) request.config.seed = seeds->first;
  const int jobs = seeds ? requested_jobs(settings) : capped_jobs(settings, request.config.window);
  const bool quiet = settings.enabled("quiet");
  const auto experiment = assemble_experiment(request, registry);
  check_summary_only(arguments, experiment->config);
  for (const std::string& warning : experiment->evaluator.estimator->warnings()) warn(warning);

  if (arguments.has("dry-run")) {
    const Plan plan{*experiment, forecast(*experiment, jobs), jobs,
                    run_path(settings, experiment->config).string(), seeds};
    print(format, plan_table(plan), to_json(plan));
    return exit_code::ok;
  }
  if (seeds) {
    fs::path out;
    if (!settings.setting("out").values.empty()) out = settings.text("out");
    return run_series(*experiment,
                      {*seeds, arguments.has("summary-only"), jobs, quiet, format, out});
  }
  const bool is_new = !RunDirectory::is_run(run_path(settings, experiment->config));
  RunDirectory run = open_or_create(settings, *experiment);
  if (run.trials().status() == RunStatus::finished) {
    if (!quiet)
      note(fmt::format("'{}' holds this very run, and it is finished", run.path().string()));
    print_summary(run, format);
    return exit_code::ok;
  }
  try {
    return run_session(*experiment, run, {jobs, quiet, format});
  } catch (const Error& error) {
    // Limits that exclude everything are a mistake in the question: nothing has been run.
    if (error.kind() == ErrorKind::infeasible && is_new && run.trials().count() == 0) {
      RunDirectory::discard(std::move(run));
    }
    throw;
  }
}

}  // namespace nas::cli
