#include "cli/run_lookup.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "results/run_course.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits at the front of `text`, which they are taken from, without leading zeros.
std::string_view take_number(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string_view number = text.substr(0, digits);
  text.remove_prefix(digits);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

/// Numbers within names count as numbers; names that differ in leading zeros alone come in the
/// order of their characters.
bool before(const fs::path& left, const fs::path& right) {
  std::string_view a = left.native();
  std::string_view b = right.native();
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a);
      const std::string_view y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return left.native() < right.native();
}

/// Also what may not be looked into: whoever opens it says so.
bool may_be_run(const fs::path& path) {
  if (RunDirectory::is_run(path)) return true;
  std::error_code failed;
  const fs::file_status description = fs::status(path / "run.json", failed);
  return !fs::status_known(description) && failed == std::errc::permission_denied;
}

/// Also those that have lost their description: whoever opens them says so.
std::vector<fs::path> runs_of_series(const fs::path& series) {
  std::vector<fs::path> runs;
  std::error_code unreadable;
  for (const fs::directory_entry& entry : fs::directory_iterator(series, unreadable)) {
    if (entry.path().filename().string().starts_with("seed-")) runs.push_back(entry.path());
  }
  std::ranges::sort(runs, before);
  return runs;
}

/// Whether it is a file beside the runs of a series, which a shell's `*` gives as well.
bool is_file_of_series(const fs::path& path) {
  std::error_code unreadable;
  return fs::is_regular_file(path, unreadable) && is_series(fs::absolute(path).parent_path());
}

}  // namespace

std::vector<fs::path> runs_in(const fs::path& directory) {
  std::vector<fs::path> places;
  std::error_code unreadable;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, unreadable)) {
    if (may_be_run(entry.path()) || is_series(entry.path())) places.push_back(entry.path());
  }
  std::ranges::sort(places, before);
  std::vector<fs::path> runs;
  for (const fs::path& place : places) {
    if (is_series(place)) {
      std::ranges::move(runs_of(place), std::back_inserter(runs));
    } else {
      runs.push_back(place);
    }
  }
  return runs;
}

std::vector<fs::path> runs_of(const fs::path& path) {
  if (RunDirectory::is_run(path)) return {path};
  std::vector<fs::path> runs = is_series(path) ? runs_of_series(path) : runs_in(path);
  return runs.empty() ? std::vector{path} : runs;
}

std::vector<fs::path> runs_of_all(std::span<const std::string> words) {
  std::vector<fs::path> runs;
  std::set<fs::path> known;
  for (const std::string& word : words) {
    if (is_file_of_series(word)) continue;
    for (const fs::path& run : runs_of(word)) {
      std::error_code missing;
      const fs::path name = fs::canonical(run, missing);
      if (missing || known.insert(name).second) runs.push_back(run);
    }
  }
  return runs;
}

RunDirectory open_run(const fs::path& path, RunDirectory::Access access) {
  if (!RunDirectory::is_run(path)) {
    if (const std::vector<fs::path> runs = runs_in(path); !runs.empty()) {
      throw Error(ErrorKind::run_directory,
                  fmt::format("'{}' is no run, it holds runs: 'nas ls {}' lists them; name one, "
                              "such as '{}'",
                              path.string(), shell_word(path), runs.back().string()));
    }
  }
  return RunDirectory::open(path, access);
}

std::string shell_word(const fs::path& path) {
  const std::string& text = path.native();
  const bool plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-+=,@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace nas::cli
