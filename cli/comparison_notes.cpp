#include "cli/comparison_notes.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/text.hpp"

namespace nas::cli {

namespace {

class Notes {
 public:
  Notes(std::span<const RunCourse> runs, std::span<const RunGroup> groups,
        const ComparisonSettings& settings)
      : runs_(runs), groups_(groups), settings_(settings) {}

  std::vector<std::string> all() {
    add_unfinished();
    add_short();
    add_effort();
    add_instruction_sets();
    if (settings_.paired) add_unmatched();
    return std::move(notes_);
  }

 private:
  /// Of the runs that `applies` to: one by its own sentence, several in one.
  template <typename Applies, typename Sentence>
  void add(Applies applies, Sentence sentence) {
    std::vector<std::string> names;
    for (const RunCourse& run : runs_) {
      if (applies(run)) names.push_back(fmt::format("'{}'", run.path.string()));
    }
    if (!names.empty()) notes_.push_back(sentence(names));
  }

  void add_unfinished() {
    for (const RunCourse& run : runs_) {
      const bool cut = run.status == RunStatus::interrupted || run.status == RunStatus::failed;
      if (cut) cut_off_.push_back(cut_off_text(run));
    }
    if (!cut_off_.empty()) {
      notes_.push_back(fmt::format("{}; what there is counts", listed(cut_off_)));
    }
    add([](const RunCourse& run) { return run.status == RunStatus::running; },
        [](const auto& names) {
          return fmt::format("{} {} still going on; what there is counts", listed(names),
                             names.size() == 1 ? "is" : "are");
        });
  }
  static std::string cut_off_text(const RunCourse& run) {
    const std::string total = run.config.trials > 0 ? fmt::format(" of {}", run.config.trials) : "";
    return fmt::format("'{}' {} after {}{} trials", run.path.string(),
                       run.status == RunStatus::failed ? "failed" : "was interrupted", run.stored,
                       total);
  }

  void add_short() {
    if (!settings_.course.trials) return;
    const std::int64_t wanted = *settings_.course.trials;
    add([&](const RunCourse& run) { return run.stored > 0 && run.stored < wanted; },
        [&](const auto& names) {
          return fmt::format("{} {} fewer than {} trials, and {} compared with what there is",
                             listed(names), names.size() == 1 ? "has" : "have", wanted,
                             names.size() == 1 ? "is" : "are");
        });
  }

  /// Groups that had more to spend find more.
  void add_effort() {
    if (settings_.course.trials || settings_.course.time) return;
    for (const char* name : {"trials", "budget", "time-limit"}) {
      std::map<std::string, std::string> values;  // with a group of each
      for (const RunGroup& group : groups_) {
        values.try_emplace(group.settings.at(name).shown, group.label);
      }
      if (values.size() < 2) continue;
      std::vector<std::string> parts;
      parts.reserve(values.size());
      for (const auto& [value, label] : values) {
        parts.push_back(fmt::format("{} in '{}'", value, label));
      }
      notes_.push_back(
          fmt::format("the groups were given different effort: {} is {}; --at compares "
                      "them after as many trials or as much time",
                      name, listed(parts)));
    }
  }

  void add_instruction_sets() {
    std::set<std::string> sets;
    for (const RunCourse& run : runs_) {
      if (!run.instruction_set.empty()) sets.insert(run.instruction_set);
    }
    if (sets.size() < 2) return;
    notes_.push_back(
        fmt::format("the runs were made with different instruction sets ({}): bits, "
                    "and so trials, differ between them",
                    fmt::join(sets, ", ")));
  }

  void add_unmatched() {
    std::map<std::uint64_t, std::size_t> groups_with;  // a seed
    for (const RunGroup& group : groups_) {
      for (const std::size_t run : group.runs) ++groups_with[runs_[run].config.seed];
    }
    const auto unmatched = std::ranges::count_if(
        groups_with, [&](const auto& entry) { return entry.second < groups_.size(); });
    if (unmatched == 0) return;
    notes_.push_back(
        fmt::format("{} not in every group; a pair of groups is compared by the seeds "
                    "that both have",
                    unmatched == 1 ? "1 seed is" : fmt::format("{} seeds are", unmatched)));
  }

  std::span<const RunCourse> runs_;
  std::span<const RunGroup> groups_;
  const ComparisonSettings& settings_;
  std::vector<std::string> cut_off_;
  std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> comparison_notes(std::span<const RunCourse> runs,
                                          std::span<const RunGroup> groups,
                                          const ComparisonSettings& settings) {
  return Notes(runs, groups, settings).all();
}

std::string listed(std::span<const std::string> names) {
  constexpr std::size_t most = 3;
  const auto shown = names.first(std::min(names.size(), most));
  const std::string text = fmt::format("{}", fmt::join(shown, ", "));
  return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

}  // namespace nas::cli
