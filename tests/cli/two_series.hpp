/// Runs to compare.
#pragma once

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/program.hpp"

namespace nas {

/// Runs that take milliseconds, with a known optimum.
inline Words landscape_run(const std::filesystem::path& out, const std::string& strategy,
                           const Words& more = {}, const std::string& trials = "30") {
  Words words = {"run",         "--strategy", strategy,   "--space",   "nasbench201",
                 "--estimator", "synthetic",  "--trials", trials,      "--quiet",
                 "--seeds",     "1-5",        "--out",    out.string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Five seeds of two strategies, made once for all tests that only read them.
inline const std::filesystem::path& two_series() {
  static const TemporaryDirectory directory;
  static const bool made = [] {
    for (const char* strategy : {"random", "local-search"}) {
      const std::filesystem::path out = directory.path() / strategy;
      REQUIRE(nas_program(landscape_run(out, strategy)).code == 0);
    }
    return true;
  }();
  REQUIRE(made);
  return directory.path();
}

inline Words compare(const Words& more) {
  Words words = {"compare", (two_series() / "random").string(),
                 (two_series() / "local-search").string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace nas
