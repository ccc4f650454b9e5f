// Run directories that cannot be used.

#include <fstream>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/results/mounts.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

fs::path finished_run(const TemporaryDirectory& directory) {
  const fs::path run = directory.path() / "run";
  REQUIRE(nas_program(constant_run(run, {"--trials", "3"})).code == 0);
  return run;
}

TEST_CASE("a run directory in use is refused, and can be shown meanwhile") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Words words = constant_run(run, {"--trials", "1000", "--set", "constant.sleep_ms=50"});
  Program first(words);
  REQUIRE(wait_for_trials(run, 1));
  check_rejected(words, 8, "is held by process");
  check_rejected({"resume", run.string()}, 8, "is held by process");
  CHECK(nas_program({"show", run.string(), "--json"}).json().at("status") == "running");
}

TEST_CASE("what is no run is refused") {
  const TemporaryDirectory directory;
  const std::string missing = (directory.path() / "none").string();
  check_rejected({"show", missing}, 8, "there is no run directory '" + missing + "'");
  check_rejected({"resume", missing}, 8, "there is no run directory");
  directory.write("other/notes.txt", "hello");
  const fs::path other = directory.path() / "other";
  check_rejected({"show", other.string()}, 8, "holds no run");
  check_rejected(constant_run(other), 8, "is not empty (it holds 'notes.txt')");
  check_rejected(constant_run(other / "notes.txt"), 8, "exists and is no directory");
}

TEST_CASE("a run of another version is refused") {
  const TemporaryDirectory directory;
  const fs::path run = finished_run(directory);
  std::ifstream in(run / "run.json");
  nlohmann::json description = nlohmann::json::parse(in);
  description["version"] = 99;
  directory.write("run/run.json", description.dump());
  check_rejected({"show", run.string()}, 8, "has format version '99'");
  const Outcome listed = nas_program({"ls", directory.path().string()});
  CHECK(listed.code == 8);
  CHECK(contains(listed.err, "has format version '99'"));
}

TEST_CASE("a damaged database is refused") {
  const TemporaryDirectory directory;
  const fs::path run = finished_run(directory);
  directory.write("run/trials.sqlite", std::string(8192, 'x'));
  check_rejected({"show", run.string()}, 8, "trials.sqlite' is damaged");
  directory.write("run/run.json", "{ \"schema\": ");
  check_rejected({"show", run.string()}, 8, "run.json' is damaged");
}

TEST_CASE("on a read-only mount a run can be shown but not started or resumed") {
  const TemporaryDirectory directory;
  const fs::path run = finished_run(directory);
  const Surroundings read_only{
      .before = [&] { return own_mounts() && make_read_only(directory.path()); }};
  const Outcome shown = nas_program({"show", run.string(), "--json"}, read_only);
  if (was_skipped(shown)) return;
  CHECK(shown.code == 0);
  CHECK(shown.json().at("trials").size() == 3);
  const Outcome started = nas_program(constant_run(directory.path() / "new"), read_only);
  check_rejected(started, 9, "Read-only file system");
}

TEST_CASE("a disk with too little room is found before the first trial") {
  const TemporaryDirectory directory;
  const Surroundings small_disk{
      .before = [&] { return own_mounts() && mount_small_disk(directory.path(), "1m"); }};
  const Outcome outcome = nas_program(constant_run(directory.path() / "run"), small_disk);
  if (was_skipped(outcome)) return;
  check_rejected(outcome, 9, "make room, or choose another place with --out");
}

TEST_CASE("a run whose files cannot grow keeps every trial that was stored, and goes on later") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const fs::path whole = directory.path() / "whole";
  constexpr rlim_t largest_file = 200 * 1024;
  const Words more = {"--trials", "150", "--set", "constant.noise=0.1"};
  const Outcome outcome = nas_program(constant_run(run, more), {.before = [] {
                                        const rlimit limit{largest_file, largest_file};
                                        return setrlimit(RLIMIT_FSIZE, &limit) == 0;
                                      }});
  check_rejected(outcome, 9, "trials.sqlite");
  const nlohmann::json kept = trials_of(run);
  CHECK(kept.size() < 150);

  CHECK(nas_program({"resume", run.string()}).code == 0);
  REQUIRE(nas_program(constant_run(whole, more)).code == 0);
  CHECK(trials_of(run) == trials_of(whole));
}

}  // namespace
}  // namespace nas
