// What 'nas compare' makes of damaged runs, and of words that are none.

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/two_series.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// A copy of both series that may be damaged.
fs::path copy_of_series(const TemporaryDirectory& directory) {
  const fs::path copy = directory.path() / "copy";
  fs::copy(two_series(), copy, fs::copy_options::recursive);
  return copy;
}

TEST_CASE("a damaged run is left out by name, and the others are compared") {
  const TemporaryDirectory directory;
  const fs::path copy = copy_of_series(directory);
  const fs::path damaged = copy / "random" / "seed-2";
  std::string reason = "' is damaged";
  SECTION("cut off in the middle") { fs::resize_file(damaged / "trials.sqlite", 5000); }
  SECTION("no database") { std::ofstream(damaged / "trials.sqlite") << "nothing of the kind"; }
  SECTION("without its database") {
    fs::remove(damaged / "trials.sqlite");
    reason = "trials.sqlite' is missing";
  }
  SECTION("without its description") {
    fs::remove(damaged / "run.json");
    reason = "' holds no run: it has no 'run.json'";
  }
  SECTION("a description of another version") {
    std::ifstream in(damaged / "run.json");
    nlohmann::json json = nlohmann::json::parse(in);
    json["version"] = 3;
    std::ofstream(damaged / "run.json") << json;
    reason = "run.json' has format version '3'";
  }
  const Outcome outcome = nas_program({"compare", copy.string(), "--json"});
  CHECK(outcome.code == 8);
  CHECK(contains(outcome.err, "warning: '" + damaged.string()));
  CHECK(contains(outcome.err, reason));
  const nlohmann::json object = outcome.json();
  REQUIRE(object.at("groups").size() == 2);
  CHECK(object.at("groups")[0].at("seeds").get<int>() +
            object.at("groups")[1].at("seeds").get<int>() ==
        9);
  CHECK(object.at("left_out").size() == 1);
}

TEST_CASE("a database of another version is left out by name") {
  const TemporaryDirectory directory;
  const fs::path copy = copy_of_series(directory);
  const fs::path file = copy / "random" / "seed-3" / "trials.sqlite";
  {
    // The user version is a big-endian number at byte 60 of an SQLite file.
    std::fstream database(file, std::ios::in | std::ios::out | std::ios::binary);
    database.seekp(63);
    database.put(9);
  }
  const Outcome outcome = nas_program({"compare", copy.string()});
  CHECK(outcome.code == 8);
  CHECK(contains(outcome.err, file.string() + "' has format version '9'"));
}

TEST_CASE("a run that was cut off counts with what it has, and is named") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "slow";
  {
    Program program(constant_run(
        out, {"--trials", "50", "--set", "constant.sleep_ms=30", "--set", "constant.noise=0.1",
              "--window", "1", "--jobs", "1", "--final-epochs", "0"}));
    REQUIRE(wait_for_trials(out, 3));
    program.signal(SIGKILL);
    program.wait();
  }
  const Outcome outcome = nas_program({"compare", out.string(), "--json"});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "'" + out.string() + "' was interrupted after "));
  CHECK(contains(outcome.err, " of 50 trials; what there is counts"));
  CHECK(outcome.json().at("groups")[0].at("runs")[0].at("trials").get<int>() >= 3);
}

TEST_CASE("runs without a finished trial, or with none that is a number, are named") {
  const TemporaryDirectory directory;
  const fs::path failed = directory.path() / "failed";
  REQUIRE(nas_program(constant_run(failed, {"--trials", "3", "--set", "constant.fail_every=1",
                                            "--final-epochs", "0"}))
              .code == 5);
  check_rejected(
      {"compare", failed.string()}, 3,
      "'" + failed.string() + "' has no successful trial with a number for its objective");
  const fs::path endless = directory.path() / "endless";
  REQUIRE(nas_program(constant_run(endless, {"--trials", "3", "--set", "constant.value=0.5",
                                             "--final-epochs", "0"}))
              .code == 0);
  const Outcome both = nas_program({"compare", failed.string(), endless.string(), "--force"});
  CHECK(both.code == 3);
  CHECK(contains(both.err, "it is left out"));
  CHECK(contains(both.out, "50.00 %"));
}

TEST_CASE("what is no run is rejected by name") {
  const TemporaryDirectory directory;
  check_rejected({"compare"}, 2, "'nas compare' needs runs");
  check_rejected({"compare", (directory.path() / "none").string()}, 8,
                 "there is no run directory '" + (directory.path() / "none").string());
  check_rejected({"compare", directory.path().string()}, 8, "holds no run");
  const fs::path file = directory.write("file", "x");
  check_rejected({"compare", file.string()}, 8, "'" + file.string() + "' holds no run");
  directory.write("series/series.json", "{");
  check_rejected({"compare", (directory.path() / "series").string()}, 8, "series.json' is damaged");
  const Outcome some = nas_program(compare({(directory.path() / "none").string(), "--json"}));
  CHECK(some.code == 8);
  CHECK(some.json().at("groups").size() == 2);
  check_rejected(compare({"--metric", "val_acuracy"}), 3, "did you mean 'val_accuracy'?");
  check_rejected(compare({"--target", "high"}), 2, "--target 'high': must be a number");
}

TEST_CASE("a directory that may not be read is named") {
  const TemporaryDirectory directory;
  const fs::path copy = copy_of_series(directory);
  const fs::path run = copy / "random" / "seed-4";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(copy)) {
    fs::permissions(entry.path(), fs::perms::all);
  }
  fs::permissions(run, fs::perms::none);
  const Surroundings nobody = {.before = [] { return ::geteuid() != 0 || ::setuid(65534) == 0; }};
  fs::permissions(copy, fs::perms::all);
  fs::permissions(directory.path(), fs::perms::all);
  const Outcome outcome =
      nas_program({"compare", run.string(), (copy / "local-search").string()}, nobody);
  fs::permissions(run, fs::perms::all);
  if (outcome.code == skipped) {
    WARN("cannot become another user");
    return;
  }
  INFO(outcome.err);
  CHECK(outcome.code == 9);
  CHECK(contains(outcome.err, run.string()));
  CHECK(contains(outcome.out, "local-search"));
}

/// The shell script of the README that stands below `heading`.
std::string readme_script(const std::string& heading) {
  std::ifstream stream(NAS_README);
  std::string script;
  bool below = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("## ")) below = line == "## " + heading;
    if (below && line.starts_with("    ")) script += line.substr(4) + '\n';
  }
  return script;
}

// With the landscape in place of training, by the environment: the script takes a second.
TEST_CASE("what a comparison could not use is refused, or said") {
  check_rejected(compare({"--clock", "cots"}), 3,
                 "no trial has the metric 'cots'; did you mean 'cost'?");
  check_rejected(compare({"--baseline", ""}), 2, "--baseline '': must be a group's label");
  check_rejected(compare({"--reference", "macs=3M"}), 3, "the runs have one objective");
  const Outcome outcome = nas_program(compare({"--optimum", "0.01"}));
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "found better than the optimum"));
}

TEST_CASE("files beside the runs of a series are passed over") {
  const fs::path series = two_series() / "random";
  Words words = {"compare", "--json"};
  for (const fs::directory_entry& entry : fs::directory_iterator(series)) {
    words.push_back(entry.path().string());
  }
  REQUIRE(fs::exists(series / "series.json"));
  const Outcome outcome = nas_program(words);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.json().at("groups")[0].at("seeds") == 5);
}

}  // namespace
}  // namespace nas
