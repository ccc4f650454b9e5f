/// Runs as a report shows them: everything that goes into the page, put together before anything of
/// it is written. REPORT.md describes what the page shows.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/search/search_space.hpp"
#include "results/run_course.hpp"
#include "results/run_groups.hpp"

namespace nas {

struct ReportRun {
  RunCourse course;
  std::vector<Trial> trials;  ///< by id
  nlohmann::json environment;
};
/// Throws what RunDirectory::open does.
ReportRun read_report_run(const std::filesystem::path& run);

/// A table that is shown as it is, such as that of a comparison.
struct ReportTable {
  std::string caption;
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

/// A network that people designed, trained by the recipe of the runs.
struct ReportNetwork {
  std::string name;
  std::string description;
  /// What it costs, what a trial of the runs would have measured of it and, where the runs train
  /// their best at length, what that gave.
  Metrics metrics;
  std::string failure;  ///< why it could not be measured; else empty
};

/// The picture of an architecture.
struct ReportDrawing {
  std::string title;
  std::string svg;  ///< one element, as graph_svg makes it
};

struct Report {
  std::vector<ReportRun> runs;
  std::vector<RunGroup> groups;  ///< of `runs`, every run in at most one
  std::vector<ReportTable> tables;
  std::vector<LeftOutRun> left_out;
  std::vector<std::string> notes;  ///< what else a reader must know, a sentence each
  /// Of the first run. Null where it is not known; runs of other spaces have no decisions here.
  std::shared_ptr<const SearchSpace> space;
  std::vector<ReportNetwork> references;
  std::string recipe;  ///< that they were trained by, in words
  std::vector<ReportDrawing> drawings;
};

}  // namespace nas
