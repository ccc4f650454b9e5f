// A run from its plan to its summary.

#include <algorithm>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "core/engine/instruction_set.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

const Words varied = {"--set", "constant.signal=0.2", "--set", "constant.noise=0.1"};

Words varied_run(const fs::path& out, const Words& more = {}) {
  Words words = constant_run(out, varied);
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_CASE("a run prints its best architecture on stdout and its progress on stderr") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome outcome = nas_program(varied_run(run, {"--trials", "12"}));
  REQUIRE(outcome.code == 0);
  CHECK(contains(outcome.out, "Best architecture: trial "));
  CHECK(contains(outcome.out, "12 of 12: "));
  CHECK(contains(outcome.out, "macs <= 3.00 M (the default; --max macs=none lifts it)"));
  CHECK(contains(outcome.out, "nas show " + run.string()));
  CHECK(contains(outcome.err, "run directory " + run.string()));
  CHECK(outcome.err.find('\r') == std::string::npos);
  CHECK(outcome.err.find('\033') == std::string::npos);
}

TEST_CASE("a quiet run says nothing on stderr") {
  const TemporaryDirectory directory;
  const Outcome outcome =
      nas_program(varied_run(directory.path() / "run", {"--trials", "4", "--quiet"}));
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
}

TEST_CASE("the JSON of a run and of show are the same object") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome outcome = nas_program(varied_run(run, {"--trials", "12", "--json"}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.run");
  CHECK(object.at("version") == 1);
  CHECK(object.at("status") == "finished");
  CHECK(object.at("config").at("trials") == 12);
  CHECK(object.at("environment").at("program") == NAS_VERSION);
  CHECK(
      object.at("environment").at("plugins").at("strategy").at("hash").get<std::string>().size() ==
      32);
  REQUIRE(object.at("trials").size() == 12);
  const nlohmann::json& trial = object.at("trials").at(0);
  for (const char* key : {"id", "genotype", "status", "fidelity", "seed", "metrics", "seconds"}) {
    CHECK(trial.contains(key));
  }
  const nlohmann::json& best = object.at("best");
  for (const nlohmann::json& other : object.at("trials")) {
    CHECK(best.at("metrics").at("val_accuracy").get<double>() >=
          other.at("metrics").at("val_accuracy").get<double>());
    CHECK(other.at("metrics").at("macs").get<double>() <= 3e6);
  }
  CHECK(object == nas_program({"show", run.string(), "--json"}).json());
}

TEST_CASE("a run leaves its best architecture, which eval and space show agree with") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const nlohmann::json best =
      nas_program(varied_run(run, {"--trials", "8", "--json"})).json().at("best");
  const fs::path file = run / "best" / "architecture.json";
  const nlohmann::json measured =
      nas_program({"eval", "--architecture", file.string(), "--estimator", "constant", "--json"})
          .json();
  CHECK(measured.at("metrics").at("macs") == best.at("metrics").at("macs"));
  CHECK(measured.at("metrics").at("params") == best.at("metrics").at("params"));
  CHECK(fs::exists(run / "best" / "architecture.dot"));
  CHECK_FALSE(fs::exists(run / "best" / "weights.safetensors"));
  CHECK(fs::file_size(run / "log.txt") > 0);
}

TEST_CASE("show of one trial has its decisions and its layers") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  REQUIRE(nas_program(varied_run(run, {"--trials", "3"})).code == 0);
  const nlohmann::json object = nas_program({"show", run.string(), "2", "--json"}).json();
  CHECK(object.at("schema") == "nas.trial");
  CHECK(object.at("trial").at("id") == 2);
  CHECK(object.at("cost").at("macs") == object.at("trial").at("metrics").at("macs"));
  CHECK(object.at("architecture").at("schema") == "nas.architecture");
  const std::string text = nas_program({"show", run.string(), "2"}).out;
  CHECK(contains(text, "stem.width"));
  // The first layer of a stage changes the shape: there is no skip to decide about.
  CHECK_FALSE(contains(text, "stage1.layer1.skip"));
  for (const nlohmann::json& decision : object.at("decisions")) {
    if (decision.at("name") == "stage1.layer1.skip") CHECK(decision.at("answer").is_null());
    if (decision.at("name") == "stem.width") CHECK(decision.at("answer").is_string());
  }
  check_rejected({"show", run.string(), "3"}, 2, "there is no trial '3'");
  check_rejected({"show", run.string(), "two"}, 2, "trial 'two': must be a whole number");
}

TEST_CASE("show and ls have tables for people and for programs") {
  const TemporaryDirectory directory;
  REQUIRE(nas_program(varied_run(directory.path() / "a", {"--trials", "3"})).code == 0);
  REQUIRE(nas_program(varied_run(directory.path() / "b", {"--trials", "4"})).code == 0);
  const std::string runs = directory.path().string();
  CHECK(contains(nas_program({"ls", runs}).out, "4/4"));
  const nlohmann::json object = nas_program({"ls", runs, "--json"}).json();
  CHECK(object.at("schema") == "nas.runs");
  REQUIRE(object.at("runs").size() == 2);
  CHECK(object.at("runs").at(1).at("trials") == 4);
  CHECK(contains(nas_program({"ls", runs, "--csv"}).out, "run,status,strategy"));
  const std::string trials = nas_program({"show", runs + "/a", "--csv"}).out;
  CHECK(trials.starts_with("trial,status,"));
  CHECK(std::ranges::count(trials, '\n') == 4);
}

TEST_CASE("a run without a name gets the first number that is free") {
  const TemporaryDirectory directory;
  const Surroundings there{.directory = directory.path()};
  const Words words = {"run", "--estimator", "constant", "--trials", "2", "--strategy", "random"};
  REQUIRE(nas_program(words, there).code == 0);
  REQUIRE(nas_program(words, there).code == 0);
  CHECK(fs::exists(directory.path() / "runs" / "random-mbconv-1" / "run.json"));
  CHECK(fs::exists(directory.path() / "runs" / "random-mbconv-2" / "run.json"));
  CHECK(nas_program({"ls", "--json"}, there).json().at("runs").size() == 2);
}

TEST_CASE("ls sorts numbers as numbers, and the directory of runs is told from a run") {
  const TemporaryDirectory directory;
  const Surroundings there{.directory = directory.path()};
  for (const char* name : {"runs/x-10", "runs/x-2", "runs/x-1"}) {
    REQUIRE(nas_program(constant_run(name, {"--trials", "1"}), there).code == 0);
  }
  std::vector<std::string> names;
  const nlohmann::json listed = nas_program({"ls", "--json"}, there).json();
  for (const nlohmann::json& row : listed.at("runs")) names.push_back(row.at("run"));
  CHECK(names == std::vector<std::string>{"runs/x-1", "runs/x-2", "runs/x-10"});
  check_rejected({"show", "runs"}, 8,
                 "'runs' is no run, it holds runs: 'nas ls runs' lists them; name one, such as "
                 "'runs/x-10'",
                 there);
}

TEST_CASE("the commands that a run prints as next ones work as they are") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "a run";
  const Outcome outcome = nas_program(varied_run(run, {"--trials", "3"}));
  const std::string heading = "\nNext:\n";
  REQUIRE(contains(outcome.out, heading));
  std::istringstream lines(outcome.out.substr(outcome.out.find(heading) + heading.size()));
  std::set<std::size_t> remarks;
  int commands = 0;
  for (std::string line; std::getline(lines, line); ++commands) {
    INFO(line);
    remarks.insert(line.find("  # "));
    const Outcome typed = nas_program({"-c", line}, {.program = "/bin/sh"});
    INFO(typed.err);
    CHECK(typed.code == 0);
  }
  CHECK(commands == 3);
  CHECK(remarks.size() == 1);  // aligned
}

TEST_CASE("a dry run prints the plan and makes nothing") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome outcome = nas_program(constant_run(run, {"--dry-run"}));
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "macs <= 3.00 M (the default"));
  CHECK(contains(outcome.out, "no training"));
  CHECK_FALSE(fs::exists(run));
  const nlohmann::json plan = nas_program(constant_run(run, {"--dry-run", "--json"})).json();
  CHECK(plan.at("schema") == "nas.plan");
  CHECK(plan.at("config").at("strategy") == "evolution");
  CHECK(plan.at("cost").at("sampled") == 64);
}

TEST_CASE("bf16 is recorded where the machine has it, and refused where it has not") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome plan = nas_program(constant_run(run, {"--dry-run"}));
  CHECK(contains(plan.out, "precision"));
  CHECK(contains(plan.out, "float32"));
  const Words words = constant_run(run, {"--precision", "bf16", "--json"});
  if (!engine::has_bf16_primitives()) {
    check_rejected(words, 3, "precision 'bf16' needs a CPU with AVX-512");
    CHECK_FALSE(fs::exists(run));
    return;
  }
  const Outcome outcome = nas_program(words);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.json().at("config").at("precision") == "bf16");
  CHECK(contains(nas_program({"show", run.string()}).out, "bf16"));
  check_rejected(constant_run(run), 8, "precision");
}

TEST_CASE("the same command again shows the finished run, another one is refused") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome first = nas_program(varied_run(run, {"--trials", "6", "--json"}));
  const Outcome again = nas_program(varied_run(run, {"--trials", "6", "--json", "--jobs", "1"}));
  CHECK(again.code == 0);
  CHECK(first.json() == again.json());
  CHECK(contains(again.err, "and it is finished"));
  CHECK(nas_program(varied_run(run, {"--trials", "6", "--quiet"})).err.empty());
  const Outcome resumed = nas_program({"resume", run.string(), "--json"});
  CHECK(resumed.code == 0);
  CHECK(first.json() == resumed.json());
  CHECK(contains(resumed.err, "is finished; there is nothing to resume"));
  check_rejected(varied_run(run, {"--trials", "7", "--seed", "3"}), 8,
                 "'seed' is 0 there and 3 here, 'trials' is 6 there and 7 here");
}

TEST_CASE("the number of jobs does not change the trials") {
  const TemporaryDirectory directory;
  std::vector<nlohmann::json> trials;
  for (const char* jobs : {"1", "2", "8"}) {
    const fs::path run = directory.path() / jobs;
    REQUIRE(nas_program(varied_run(run, {"--trials", "40", "--jobs", jobs})).code == 0);
    trials.push_back(trials_of(run));
  }
  CHECK(trials[0].size() == 40);
  CHECK(trials[0] == trials[1]);
  CHECK(trials[0] == trials[2]);
}

TEST_CASE("more jobs than the window are capped, with a note") {
  const TemporaryDirectory directory;
  const Outcome outcome = nas_program(
      varied_run(directory.path() / "run", {"--trials", "2", "--jobs", "9", "--window", "3"}));
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "--jobs 9 is capped to the window, 3"));
}

TEST_CASE("failed trials do not end a run, which ends with exit code 5") {
  const TemporaryDirectory directory;
  const Outcome outcome = nas_program(varied_run(
      directory.path() / "run", {"--trials", "20", "--set", "constant.fail_every=4", "--json"}));
  CHECK(outcome.code == 5);
  CHECK(outcome.json().at("status") == "finished");
  CHECK(outcome.json().at("trials").size() == 20);
  CHECK(contains(outcome.err, "of 20 trials failed"));
}

TEST_CASE("a run in which every trial fails has no best architecture") {
  const TemporaryDirectory directory;
  const Outcome outcome = nas_program(
      varied_run(directory.path() / "run", {"--trials", "4", "--set", "constant.throw_every=1"}));
  CHECK(outcome.code == 5);
  CHECK(contains(outcome.out, "Best architecture: none, no trial has succeeded."));
}

TEST_CASE("limits that nothing can meet end with exit code 6 and the limit") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  check_rejected(varied_run(run, {"--max", "params=10"}), 6, "'params' <= 10 excludes");
  CHECK_FALSE(fs::exists(run));  // nothing was run
}

TEST_CASE("so they do with every strategy") {
  const nlohmann::json plugins = nas_program({"plugin", "list", "--json"}).json().at("plugins");
  const TemporaryDirectory directory;
  for (const nlohmann::json& plugin : plugins) {
    if (plugin.at("kind") != "strategy") continue;
    const std::string name = plugin.at("name");
    INFO("strategy " << name);
    check_rejected(varied_run(directory.path() / name, {"--max", "params=10", "--strategy", name}),
                   6, "'params' <= 10 excludes");
  }
}

TEST_CASE("what makes a run unrepeatable is recorded and said") {
  const TemporaryDirectory directory;
  const fs::path timed = directory.path() / "timed";
  const Outcome by_clock = nas_program(varied_run(timed, {"--trials", "3", "--time-limit", "1h"}));
  CHECK(by_clock.code == 0);
  CHECK(contains(by_clock.out, "no: the run ended by the clock (--time-limit)"));
  const Outcome as_they_came =
      nas_program(varied_run(directory.path() / "async", {"--trials", "3", "--async", "--json"}));
  CHECK(as_they_came.json().at("environment").at("repeatable") == false);
  CHECK(as_they_came.json().at("config").at("async") == true);
}

TEST_CASE("a time limit ends the search and the run is finished") {
  const TemporaryDirectory directory;
  const Outcome outcome = nas_program(varied_run(
      directory.path() / "run",
      {"--trials", "100000", "--time-limit", "0.2s", "--json", "--set", "constant.sleep_ms=20"}));
  CHECK(outcome.code == 0);
  CHECK(outcome.json().at("status") == "finished");
  CHECK(contains(outcome.json().at("note"), "the time limit ended the search"));
}

}  // namespace
}  // namespace nas
