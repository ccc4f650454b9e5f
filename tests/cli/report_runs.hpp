/// Runs to report, and what a page holds.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/program.hpp"

namespace nas {

/// Two runs of each of two strategies that take milliseconds, made once.
inline const std::filesystem::path& reported_runs() {
  static const TemporaryDirectory directory;
  static const bool made = [] {
    for (const char* strategy : {"random", "evolution"}) {
      REQUIRE(nas_program({"run", "--strategy", strategy, "--space", "nasbench201", "--estimator",
                           "synthetic", "--trials", "20", "--quiet", "--seeds", "1-2", "--out",
                           (directory.path() / strategy).string()})
                  .code == 0);
    }
    return true;
  }();
  REQUIRE(made);
  return directory.path();
}

/// What the page's script knows.
inline nlohmann::json data_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t from = page.find(begin) + begin.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

inline std::set<std::string> names_in(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

}  // namespace nas
