// Whatever ends a run early, the resumed one equals one that was never interrupted.

#include <fstream>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t trial_count = 60;

Words run_words(const fs::path& out, const Words& more) {
  Words words =
      constant_run(out, {"--trials", std::to_string(trial_count), "--set", "constant.noise=0.1"});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Lasts some three seconds: long enough to be met on the way by a test on a busy machine.
Words slow_run(const fs::path& out, const Words& more = {}) {
  Words words = run_words(out, {"--jobs", "2", "--set", "constant.sleep_ms=100"});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// The trials of a run that nothing interrupted. How long they take is not part of a result.
nlohmann::json uninterrupted_trials(const TemporaryDirectory& directory) {
  const fs::path whole = directory.path() / "whole";
  REQUIRE(nas_program(run_words(whole, {})).code == 0);
  return trials_of(whole);
}

Outcome resume(const fs::path& run) { return nas_program({"resume", run.string(), "--jobs", "8"}); }

TEST_CASE("a run killed at several moments and resumed equals an uninterrupted one") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  for (const std::size_t moment : {std::size_t{1}, std::size_t{9}, std::size_t{15}}) {
    // The same command goes on with a run as `resume` does.
    Program program(slow_run(run));
    REQUIRE(wait_for_trials(run, moment));
    program.signal(SIGKILL);
    CHECK(program.wait().code == 128 + SIGKILL);
    CHECK(nas_program({"show", run.string(), "--json"}).json().at("status") == "interrupted");
  }
  const Outcome resumed = resume(run);
  CHECK(resumed.code == 0);
  CHECK(contains(resumed.err, "going on after "));
  CHECK(trials_of(run) == uninterrupted_trials(directory));
}

TEST_CASE("the first Ctrl-C ends after the running trials with exit code 130, resumable") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  Program program(slow_run(run));
  REQUIRE(wait_for_trials(run, 2));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "stopping after the running trials; Ctrl-C again: now"));
  CHECK(contains(outcome.err, "'nas resume " + run.string() + "' goes on"));
  const nlohmann::json shown = nas_program({"show", run.string(), "--json"}).json();
  CHECK(shown.at("status") == "interrupted");
  CHECK(shown.at("trials").size() < trial_count);
  CHECK(fs::exists(run / "best" / "architecture.json"));
  CHECK(contains(nas_program({"show", run.string()}).out, " nas resume " + run.string() + "\n"));
  CHECK(contains(file_content(run / "log.txt"), "trial 7 proposed"));

  REQUIRE(resume(run).code == 0);
  CHECK(trials_of(run) == uninterrupted_trials(directory));
}

TEST_CASE("a second Ctrl-C does not wait for the running trials") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  // Trials of an hour: the test ends only because the second signal ends them.
  Program program(constant_run(run, {"--trials", "4", "--set", "constant.sleep_ms=3600000"}));
  REQUIRE(program.wait_for_message("run directory"));
  program.signal(SIGINT);
  REQUIRE(program.wait_for_message("Ctrl-C again: now"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  CHECK(contains(outcome.err, "stopping now"));
  CHECK(nas_program({"show", run.string(), "--json"}).json().at("trials").empty());
}

TEST_CASE("SIGTERM ends a run like Ctrl-C, with exit code 143") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  Program program(slow_run(run));
  REQUIRE(wait_for_trials(run, 1));
  program.signal(SIGTERM);
  CHECK(program.wait().code == 143);
}

TEST_CASE("an interrupted asynchronous run goes on to its end") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  Program program(slow_run(run, {"--async"}));
  REQUIRE(wait_for_trials(run, 3));
  program.signal(SIGINT);
  CHECK(program.wait().code == 130);
  CHECK(resume(run).code == 0);
  CHECK(trials_of(run).size() == trial_count);
}

TEST_CASE("a run finds its plugins again, and says what has changed about them and the machine") {
  const TemporaryDirectory directory;
  const fs::path plugins = directory.path() / "plugins";
  fs::create_directory(plugins);
  // A name that the build tree has as well: the one that the run started with must win.
  const fs::path plugin = plugins / "libnas_strategy_random.so";
  fs::copy_file(fs::path(NAS_PLUGINS) / plugin.filename(), plugin);
  const fs::path run = directory.path() / "run";
  Program program(slow_run(run, {"--strategy", "random", "--plugin-dir", plugins.string()}));
  REQUIRE(wait_for_trials(run, 1));
  program.signal(SIGINT);
  REQUIRE(program.wait().code == 130);

  std::ofstream(plugin, std::ios::app) << "other bytes, behind all that is loaded";
  const Outcome resumed = nas_program({"resume", run.string(), "--jobs", "8"},
                                      {.environment = {{"DNNL_MAX_CPU_ISA", "SSE41"}}});
  CHECK(resumed.code == 0);
  CHECK(contains(resumed.err, "warning: the strategy's library is not what the run started with"));
  CHECK(contains(resumed.err, "warning: the instruction set is not what the run started with"));
  CHECK_FALSE(contains(resumed.err, "the estimator's library"));
}

TEST_CASE("a strategy that proposes something else on resume ends with exit code 10") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  Program program(slow_run(run, {"--strategy", "random"}));
  REQUIRE(wait_for_trials(run, 2));
  program.signal(SIGINT);
  REQUIRE(program.wait().code == 130);
  // Another seed than the one that the trials were proposed from.
  std::ifstream in(run / "run.json");
  nlohmann::json description = nlohmann::json::parse(in);
  description["config"]["seed"] = 12345;
  directory.write("run/run.json", description.dump());
  check_rejected({"resume", run.string()}, 10, "proposal 0 is [");
}

}  // namespace
}  // namespace nas
