// A machine's latency: the table, and the limits that rest on it.

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// A space of 162 networks on 8 x 8 pixels, whose steps are few.
const Words small_space = {"--space", "mbconv",           "--set", "mbconv.max_depth=1",
                           "--set",   "mbconv.width=0.25"};
const Words small_task = {"--input", "1x8x8", "--classes", "2"};

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A table of every step of the small space.
class Profiled {
 public:
  Profiled() {
    const Outcome outcome = profile({});
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    described = outcome.json();
  }

  Outcome profile(const Words& more) const {
    return nas_program(joined(joined({"profile", "--output", table.string(), "--json"}, more),
                              joined(small_space, small_task)));
  }
  Outcome run(const fs::path& out, const Words& more = {}) const {
    return nas_program(joined(
        joined(constant_run(out, {"--strategy", "random", "--data", data.string(), "--trials", "8",
                                  "--window", "1", "--latency-table", table.string()}),
               small_space),
        more));
  }
  /// Networks of the small space with their latencies.
  nlohmann::json samples() const {
    return nas_program(
               joined({"space", "sample", "mbconv", "--count", "20", "--latency-table",
                       table.string(), "--json"},
                      joined(Words(small_space.begin() + 2, small_space.end()), small_task)))
        .json()
        .at("samples");
  }

  TemporaryDirectory directory;
  fs::path data = write_tiny_data(directory);
  fs::path table = directory.path() / "latency.csv";
  nlohmann::json described;
};

}  // namespace

TEST_CASE("a profile says what it measured and where") {
  const Profiled profiled;
  CHECK(profiled.described.at("schema") == "nas.profile");
  CHECK(profiled.described.at("steps") == profiled.described.at("added"));
  CHECK(profiled.described.at("steps") > 20);
  CHECK(profiled.described.at("networks").at("measured") > 3);
  CHECK(profiled.described.at("machine").at("threads") == 1);
  CHECK(profiled.described.at("reference").at("chain_microseconds") > 0);
  CHECK(profiled.described.at("disturbed") <= profiled.described.at("steps"));
  CHECK(contains(file_content(profiled.table), "# nas latency table, version 2\n# cpu: "));
}

TEST_CASE("a second profile adds nothing, and leaves the table as it was") {
  const Profiled profiled;
  const std::string before = file_content(profiled.table);
  const Outcome outcome = profiled.profile({});
  CHECK(outcome.code == 0);
  CHECK(outcome.json().at("added") == 0);
  CHECK(outcome.json().at("networks").at("measured") == 0);
  CHECK(file_content(profiled.table) == before);
}

TEST_CASE("with a table a run knows latencies, and limits them") {
  const Profiled profiled;
  std::vector<double> latencies;
  for (const nlohmann::json& sample : profiled.samples()) {
    latencies.push_back(sample.at("latency_ms"));
  }
  std::ranges::sort(latencies);
  CHECK(latencies.front() > 0);
  const double middle = latencies[latencies.size() / 2];

  const fs::path out = profiled.directory.path() / "run";
  const Outcome outcome = profiled.run(out, {"--max", "latency_ms=" + std::to_string(middle)});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  for (const nlohmann::json& trial : trials_of(out)) {
    CHECK(trial.at("metrics").at("latency_ms") > 0);
    CHECK(trial.at("metrics").at("latency_ms") <= middle);
  }
  CHECK(contains(outcome.out, "latency table"));
  const nlohmann::json run = nlohmann::json::parse(file_content(out / "run.json"));
  CHECK(run.at("config").at("latency_table") == profiled.table.string());
  CHECK(run.at("environment").at("latency_table").at("hash") == profiled.described.at("hash"));

  const fs::path again = profiled.directory.path() / "again";
  CHECK(profiled.run(again, {"--max", "latency_ms=" + std::to_string(middle)}).code == 0);
  CHECK(trials_of(again) == trials_of(out));
}

TEST_CASE("latency can be the objective") {
  const Profiled profiled;
  const fs::path out = profiled.directory.path() / "run";
  REQUIRE(profiled.run(out, {"--objective", "latency_ms:min"}).code == 0);
  double least = 1e9;
  for (const nlohmann::json& trial : trials_of(out)) {
    least = std::min(least, trial.at("metrics").at("latency_ms").get<double>());
  }
  const nlohmann::json shown = nas_program({"show", out.string(), "--json"}).json();
  CHECK(shown.at("best").at("metrics").at("latency_ms") == least);
}

TEST_CASE("a limit on latency that nothing satisfies says what the fastest takes") {
  const Profiled profiled;
  check_rejected(
      profiled.run(profiled.directory.path() / "run", {"--max", "latency_ms=1e-6", "--quiet"}), 6,
      "'latency_ms' <= 1e-06 excludes");
}

TEST_CASE("the plan counts what a limit on latency leaves") {
  const Profiled profiled;
  const auto within = [&](const std::string& limit) {
    return profiled
        .run(profiled.directory.path() / "run",
             {"--max", "latency_ms=" + limit, "--dry-run", "--json"})
        .json()
        .at("cost")
        .at("feasible")
        .get<int>();
  };
  CHECK(within("1e-6") == 0);
  CHECK(within("1e6") == 64);
}

TEST_CASE("one architecture's latency is shown and evaluated") {
  const Profiled profiled;
  const nlohmann::json sample = profiled.samples().front();
  const std::string genotype = sample.at("genotype").dump();
  const Words options =
      joined({"--genotype", genotype, "--latency-table", profiled.table.string(), "--json"},
             Words(small_space.begin() + 2, small_space.end()));
  CHECK(nas_program(joined(joined({"space", "show", "mbconv"}, options), small_task))
            .json()
            .at("latency_ms") == sample.at("latency_ms"));
  CHECK(nas_program(
            joined({"eval", "--estimator", "constant", "--data", profiled.data.string()}, options))
            .json()
            .at("metrics")
            .at("latency_ms") == sample.at("latency_ms"));
}

TEST_CASE("a step that the table lacks is an error that names the command that adds it") {
  const Profiled profiled;
  fs::remove(profiled.table);
  std::ofstream(profiled.table) << "# nas latency table, version 2\n# cpu: A\n"
                                   "# instruction_set: B\n# engine: C\n# threads: 1\n"
                                   "# chain_microseconds: 1\n# stream_microseconds: 1\n"
                                   "work,tensors,microseconds,samples,undisturbed\n";
  const fs::path out = profiled.directory.path() / "run";
  const Outcome refused = profiled.run(out, {"--quiet"});
  check_rejected(refused, 3, "lacks");
  const std::string start = "on the machine of the table: ";
  const std::size_t begin = refused.err.find(start) + start.size();
  const std::string command = refused.err.substr(begin, refused.err.find('\n', begin) - begin);
  CHECK(
      command.starts_with("nas profile --space mbconv --set mbconv.max_depth=1 --set "
                          "mbconv.width=0.25 --data " +
                          profiled.data.string() + " --genotype '["));

  // The command does what is promised, on a table of this machine.
  fs::remove(profiled.table);
  const std::string runnable = NAS_PROGRAM + command.substr(3) + " >/dev/null 2>&1";
  REQUIRE(std::system(runnable.c_str()) == 0);
  const Outcome later = profiled.run(out, {"--quiet", "--trials", "1"});
  CHECK_FALSE(contains(later.err, "lacks"));
}

TEST_CASE("latency without a table is an error that says how to get one") {
  const TemporaryDirectory directory;
  for (const Words& use : {Words{"--max", "latency_ms=2"}, Words{"--objective", "latency_ms"}}) {
    check_rejected(constant_run(directory.path() / "run", use), 3, "nas profile --output");
  }
}

TEST_CASE("a table of another machine is used with a warning, and not extended") {
  const Profiled profiled;
  std::string text = file_content(profiled.table);
  const std::size_t cpu = text.find("# cpu: ") + 7;
  text.replace(cpu, text.find('\n', cpu) - cpu, "Some other CPU");
  std::ofstream(profiled.table) << text;
  const Outcome used = profiled.run(profiled.directory.path() / "run");
  CHECK(used.code == 0);
  CHECK(contains(used.err, "another machine (Some other CPU, "));
  check_rejected(profiled.profile({}), 3, "another machine (Some other CPU, ");
}

TEST_CASE("a run whose table has changed goes on with a warning") {
  const Profiled profiled;
  const fs::path out = profiled.directory.path() / "run";
  Program program(
      joined(joined(constant_run(out, {"--strategy", "random", "--data", profiled.data.string(),
                                       "--trials", "60", "--latency-table", profiled.table.string(),
                                       "--set", "constant.sleep_ms=100"}),
                    small_space),
             {}));
  REQUIRE(wait_for_trials(out, 2));
  program.signal(SIGKILL);
  program.wait();
  std::ofstream(profiled.table, std::ios::app) << "add,1x1:ab,1.000,1,yes\n";
  const Outcome resumed = nas_program({"resume", out.string(), "--jobs", "8"});
  CHECK(resumed.code == 0);
  CHECK(contains(resumed.err, "the latency table is not what the run started with"));
}

TEST_CASE("tables that cannot be read are refused") {
  const TemporaryDirectory directory;
  const auto broken = directory.write("broken.csv", "a,b\n");
  const auto run = [&](const std::string& table) {
    return constant_run(directory.path() / "run", {"--latency-table", table});
  };
  check_rejected(run(broken.string()), 3, "line 1");
  check_rejected(run((directory.path() / "missing.csv").string()), 9, "missing.csv'");
  check_rejected({"profile", "--output", broken.string()}, 3, "line 1");
}

TEST_CASE("profile refuses what it cannot measure") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "latency.csv").string();
  check_rejected({"profile", "--output", file, "--networks", "0"}, 2, "--networks '0'");
  check_rejected({"profile", "--output", file, "--genotype", "[1]", "--architecture", "a.json"}, 2,
                 "not both");
  check_rejected({"profile", "--output", file, "--space", "mbcnov"}, 3, "mbconv");
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("a profile of too few networks warns that steps are missing") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "latency.csv").string();
  const Outcome outcome = nas_program(
      joined({"profile", "--output", file, "--networks", "2"}, joined(small_space, small_task)));
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "raise --networks"));
  CHECK(contains(outcome.out, "2 drawn, 2 measured"));
}

TEST_CASE("an architecture from a file is profiled by itself") {
  const TemporaryDirectory directory;
  const auto net = directory.write("net.json", R"({
    "schema": "nas.architecture", "version": 1,
    "nodes": [
      {"name": "image", "op": "input",
       "attributes": {"channels": 1, "height": 8, "width": 8}, "inputs": []},
      {"name": "pool", "op": "global_average_pool", "inputs": ["image"]},
      {"name": "classifier", "op": "linear", "attributes": {"out_features": 10},
       "inputs": ["pool"]}],
    "outputs": ["classifier"]})");
  const std::string file = (directory.path() / "latency.csv").string();
  const Outcome outcome =
      nas_program({"profile", "--architecture", net.string(), "--output", file, "--json"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.json().at("steps") >= 2);
  CHECK(contains(file_content(file), "global_average_pool,1x1x8x8:"));
}

}  // namespace nas
