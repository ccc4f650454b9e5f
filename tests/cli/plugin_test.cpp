// Plugins that are broken in every way that is known.

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

std::string directory_of(const std::string& name) {
  return (std::filesystem::path(NAS_BAD_PLUGINS) / name).string();
}

std::string file_of(const std::string& name) {
  return directory_of(name) + "/libnas_strategy_" + name + ".so";
}

Words run_with(const std::string& name, const std::filesystem::path& run) {
  return constant_run(run, {"--strategy", name, "--plugin-dir", directory_of(name)});
}

TEST_CASE("a plugin that cannot be loaded is found before the run directory is made") {
  const std::map<std::string, std::string> messages = {
      {"text-file", "cannot be loaded as a shared library"},
      {"no-symbol", "it exports no symbol 'nas_plugin'"},
      {"other-abi", "built for plugin ABI version"},
      {"other-compiler", "built with the compiler"},
  };
  for (const auto& [name, message] : messages) {
    const TemporaryDirectory directory;
    const auto run = directory.path() / "run";
    check_rejected(run_with(name, run), 4, message);
    check_rejected(run_with(name, run), 4, file_of(name));
    check_rejected({"plugin", "check", file_of(name)}, 4, message);
    CHECK_FALSE(std::filesystem::exists(run));
    const Outcome list = nas_program({"plugin", "list", "--plugin-dir", directory_of(name)});
    CHECK(list.code == 4);
    CHECK(contains(list.out, message));
    CHECK(contains(list.out, "evolution"));
  }
}

TEST_CASE("what is no shared library is said in the words of the loader") {
  const Outcome outcome = nas_program({"plugin", "check", "/bin/sh"});
  check_rejected(outcome, 4, "plugin '/bin/sh': cannot be loaded as a shared library (cannot ");
  CHECK_FALSE(contains(outcome.err, "boost"));
}

TEST_CASE("plugin check makes the strategy, which finds what its descriptor does not tell") {
  check_rejected({"plugin", "check", file_of("throws-in-factory")}, 4, "cannot be made: ");
}

TEST_CASE("plugins that are not found are looked for in places that are named") {
  const Outcome outcome = nas_program({"plugin", "info", "hill-climb"});
  check_rejected(outcome, 4, "plugins are looked for in: ");
  CHECK(contains(outcome.err, NAS_PLUGINS));
  const Outcome list =
      nas_program({"plugin", "list"}, {.environment = {{"NAS_PLUGIN_PATH", "/nonexistent"}}});
  CHECK(list.code == 0);
  CHECK(list.err == "nas: warning: NAS_PLUGIN_PATH names '/nonexistent', which is no directory\n");
}

TEST_CASE("a plugin that is not there is named") {
  check_rejected({"plugin", "check", "/nonexistent.so"}, 4,
                 "plugin '/nonexistent.so': there is no such file");
}

TEST_CASE("a strategy whose factory throws is found before the run directory is made") {
  const TemporaryDirectory directory;
  const auto run = directory.path() / "run";
  check_rejected(run_with("throws-in-factory", run), 4, "cannot be made: ");
  CHECK_FALSE(std::filesystem::exists(run));
}

TEST_CASE("a strategy that breaks in the middle ends the run and keeps its trials") {
  const std::map<std::string, std::string> messages = {
      {"throws-in-ask", "the strategy failed in ask"},
      {"invalid-genotype", "the strategy proposes an invalid genotype"},
      {"never-proposes", "the strategy has proposed nothing"},
  };
  for (const auto& [name, message] : messages) {
    const TemporaryDirectory directory;
    const auto run = directory.path() / "run";
    check_rejected(run_with(name, run), 4, message);
    const nlohmann::json shown = nas_program({"show", run.string(), "--json"}).json();
    CHECK(shown.at("status") == "failed");
    CHECK(contains(shown.at("note"), message));
    for (const nlohmann::json& trial : shown.at("trials")) CHECK(trial.at("status") == "ok");
  }
}

TEST_CASE("two plugins of one name in one directory are an error that names both") {
  const TemporaryDirectory directory;
  const auto original = std::filesystem::path(NAS_PLUGINS) / "libnas_strategy_random.so";
  std::filesystem::copy_file(original, directory.path() / "libnas_strategy_random.so");
  std::filesystem::copy_file(original, directory.path() / "libnas_strategy_other.so");
  const auto run = directory.path() / "run";
  const Outcome outcome = nas_program(
      constant_run(run, {"--strategy", "random", "--plugin-dir", directory.path().string()}));
  check_rejected(outcome, 4, "two files of one directory hold the strategy 'random'");
  CHECK(contains(outcome.err, "libnas_strategy_random.so"));
  CHECK(contains(outcome.err, "libnas_strategy_other.so"));
  CHECK(nas_program({"plugin", "list", "--plugin-dir", directory.path().string()}).code == 4);
}

}  // namespace
}  // namespace nas
