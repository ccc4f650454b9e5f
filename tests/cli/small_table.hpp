/// A table of nine codes to search, as the command line takes it.
#pragma once

#include <string>

#include <fmt/format.h>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/program.hpp"

namespace nas {

/// Columns code, val, test, seconds: two places of three tokens. The best by `val` is 22, with a
/// test value of 0.9 and a cost of 50; the others have less and cost 10 to 17.
inline std::string small_table() {
  std::string text = "code,val,test,seconds\n";
  for (int code = 0; code < 9; ++code) {
    const bool best = code == 8;
    text += fmt::format("{}{},{},{},{}\n", code / 3, code % 3, best ? 0.95 : 0.1 * code,
                        best ? 0.9 : 0.05 * code, best ? 50 : 10 + code);
  }
  return text;
}

/// `run` with random proposals, repeats among them, on the codes of `table`.
inline Words table_run(const std::filesystem::path& table, const std::filesystem::path& out,
                       const Words& more = {}) {
  Words words = {"run",
                 "--space",
                 "table:" + table.string(),
                 "--estimator",
                 "table",
                 "--strategy",
                 "random",
                 "--set",
                 "random.unique=false",
                 "--set",
                 "table.objective=val",
                 "--set",
                 "table.cost=seconds",
                 "--window",
                 "1",
                 "--out",
                 out.string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace nas
