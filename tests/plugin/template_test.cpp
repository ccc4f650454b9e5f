#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/base/temporary_directory.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;

namespace {

namespace fs = std::filesystem;

/// Runs a command with its output in `log`, and shows that where it fails.
void run(const std::string& command, const fs::path& log) {
  const int status = std::system(fmt::format("{} >'{}' 2>&1", command, log.string()).c_str());
  std::stringstream output;
  output << std::ifstream(log).rdbuf();
  INFO(command << "\n" << output.str());
  REQUIRE(status == 0);
}

}  // namespace

TEST_CASE("the template is built against an installed nas, and searches") {
  const TemporaryDirectory directory;
  const fs::path prefix = directory.path() / "prefix";
  const fs::path build = directory.path() / "build";
  const fs::path log = directory.path() / "log";
  const std::string sanitize = *SANITIZE ? "-DCMAKE_CXX_FLAGS=-fsanitize=" SANITIZE : "";

  run(fmt::format("'{}' --install '{}' --component sdk --prefix '{}'", CMAKE_PROGRAM,
                  BUILD_DIRECTORY, prefix.string()),
      log);
  run(fmt::format("'{}' -S '{}' -B '{}' -DCMAKE_PREFIX_PATH='{}' -DCMAKE_CXX_COMPILER='{}' "
                  "-DCMAKE_CXX_FLAGS_INIT='-Wall -Wextra -Wshadow -Wconversion -Werror' {}",
                  CMAKE_PROGRAM, TEMPLATE_DIRECTORY, build.string(), prefix.string(), CXX_COMPILER,
                  sanitize),
      log);
  run(fmt::format("'{}' --build '{}'", CMAKE_PROGRAM, build.string()), log);

  const auto library = PluginRegistry({build}).find(PluginKind::strategy, "hill-climb");
  fake::Search search;
  const SearchOutcome outcome = search_with(make_strategy(*library, search.space), search);
  CHECK(outcome.end == SearchEnd::trials_done);
  CHECK(outcome.trials.size() == 20);
}
