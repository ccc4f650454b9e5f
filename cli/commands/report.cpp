#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/reference_cache.hpp"
#include "cli/reference_networks.hpp"
#include "cli/report_contents.hpp"
#include "cli/run_lookup.hpp"
#include "cli/run_request.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"
#include "core/base/error.hpp"
#include "core/base/output_file.hpp"
#include "core/base/text.hpp"
#include "results/report/report_page.hpp"
#include "results/run_directory.hpp"

namespace nas::cli {

namespace {

namespace fs = std::filesystem;

/// Charts of runs that measure different things would be wrong without saying so.
void check_alike(const Report& report, bool force) {
  std::vector<RunCourse> courses;
  for (const ReportRun& run : report.runs) courses.push_back(run.course);
  const std::vector<std::string> reasons = incompatibilities(courses, /*final_training=*/false);
  if (reasons.empty()) return;
  const std::string text = fmt::format("{}", fmt::join(reasons, "; "));
  if (!force) {
    throw Error(ErrorKind::config,
                fmt::format("the runs do not belong into one report, they differ in what is "
                            "measured: {}; --force goes on nevertheless",
                            text));
  }
  warn(fmt::format("the runs differ in what is measured: {}", text));
}

/// False where it was interrupted.
bool add_references(Report& report, const Arguments& arguments,
                    const std::vector<std::string>& names, const CancelToken& cancel) {
  if (names.empty()) return true;
  const ReportRun& first = report.runs.front();
  const Environment environment = process_environment();
  const RunDirectory run = RunDirectory::open(first.course.path, RunDirectory::Access::read);
  ReferenceOutcome outcome =
      reference_networks({.names = names,
                          .cache = reference_cache_directory(environment),
                          .plugin_path = plugin_path_of(run, arguments, environment),
                          .quiet = Settings(arguments, environment).enabled("quiet")},
                         first, cancel);
  for (const ReportNetwork& network : outcome.networks) {
    if (network.failure.empty()) continue;
    warn(fmt::format("the designed network {} could not be trained: {}", network.name,
                     network.failure));
  }
  report.references = std::move(outcome.networks);
  report.recipe = std::move(outcome.recipe);
  return !outcome.cancelled;
}

void print_written(const Report& report, const std::string& file, std::size_t bytes, bool as_json) {
  std::size_t trials = 0;
  for (const ReportRun& run : report.runs) trials += run.trials.size();
  if (!as_json) {
    fmt::print("{} ({}): {} in {}, {}\n", file, human_bytes(static_cast<double>(bytes)),
               counted(static_cast<double>(report.runs.size()), "run"),
               counted(static_cast<double>(report.groups.size()), "group"),
               counted(static_cast<double>(trials), "trial"));
    return;
  }
  nlohmann::json object = json_object("nas.report-file");
  object["path"] = file;
  object["bytes"] = bytes;
  object["runs"] = report.runs.size();
  object["groups"] = report.groups.size();
  object["trials"] = trials;
  object["notes"] = report.notes;
  object["left_out"] = nlohmann::json::array();
  for (const LeftOutRun& run : report.left_out) {
    object["left_out"].push_back({{"run", run.path.string()}, {"reason", run.reason}});
  }
  print(object);
}

}  // namespace

int report_command(const Arguments& arguments) {
  const auto file = arguments.value("output");
  if (!file) throw Error(ErrorKind::usage, "'nas report' needs -o FILE.html");
  const bool force = arguments.has("force");
  const bool to_stdout = *file == "-";
  if (to_stdout && arguments.has("json")) {
    throw Error(ErrorKind::usage, "'nas report -o -' writes the page to stdout, where --json goes");
  }
  std::optional<OutputFile> output;
  if (!to_stdout) {
    output.emplace(*file, force ? OutputFile::Existing::replace : OutputFile::Existing::keep);
  }
  const std::vector<std::string> names = reference_names(arguments.values("reference"));
  const std::vector<fs::path> paths = runs_of_all(arguments.positional);
  if (paths.empty()) {
    throw Error(ErrorKind::usage,
                "'nas report' needs runs, or directories that hold some: "
                "nas report runs/* -o runs.html");
  }
  const Settings settings(arguments, process_environment());
  Report report = read_report(paths, *make_tbb_executor(requested_jobs(settings)));
  if (report.runs.empty()) {
    const LeftOutRun& first = report.left_out.front();
    throw Error(first.kind, first.reason);
  }
  check_alike(report, force);
  const InterruptHandler interrupts(InterruptHandler::Work::single);
  if (!add_references(report, arguments, names, interrupts.token())) {
    return interrupts.exit_code();
  }
  add_contents(report);
  const std::string page = report_page(report);
  if (output) {
    output->write(page);
  } else {
    fmt::print("{}", page);
  }
  for (const std::string& text : report.notes) warn(text);
  int code = exit_code::ok;
  for (const LeftOutRun& run : report.left_out) {
    warn(run.reason + "; it is left out");
    code = exit_code_of(run.kind);
  }
  if (!to_stdout) print_written(report, *file, page.size(), arguments.has("json"));
  return code;
}

}  // namespace nas::cli
