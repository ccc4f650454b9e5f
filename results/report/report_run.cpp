#include "results/report/report.hpp"
#include "results/run_directory.hpp"

namespace nas {

ReportRun read_report_run(const std::filesystem::path& path) {
  const RunDirectory run = RunDirectory::open(path, RunDirectory::Access::read);
  ReportRun report{.course = begin_course(run), .trials = {}, .environment = run.environment()};
  report.trials = run.trials().load();
  follow(report.course, report.trials, {});
  return report;
}

}  // namespace nas
