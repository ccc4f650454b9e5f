#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_request.hpp"
#include "cli/run_session.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

int resume_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Environment environment = process_environment();
  const Settings settings(arguments, environment);
  const int jobs = requested_jobs(settings);
  const bool quiet = settings.enabled("quiet");
  const fs::path path = arguments.positional.front();
  if (RunDirectory finished = open_run(path, RunDirectory::Access::read);
      finished.trials().status() == RunStatus::finished) {
    if (!quiet) note(fmt::format("'{}' is finished; there is nothing to resume", path.string()));
    print_summary(finished, format);
    return exit_code::ok;
  }
  RunDirectory run = open_run(path, RunDirectory::Access::write);
  const PluginRegistry registry(plugin_path_of(run, arguments, environment));
  const auto experiment = assemble_experiment(recorded_request(run.config()), registry);
  if (experiment->config != run.config()) {
    throw Error(ErrorKind::run_directory,
                fmt::format("'{}' cannot be resumed: its plugins or its space have other options "
                            "now than when it started",
                            path.string()));
  }
  for (const std::string& change :
       environment_changes(run.environment(), run_environment(*experiment))) {
    warn(change);
  }
  return run_session(*experiment, run, {std::min(jobs, run.config().window), quiet, format});
}

}  // namespace nas::cli
