// The words on the command line.

#include <cstdio>

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

TEST_CASE("the option --version prints the program's name and version") {
  const Outcome outcome = nas_program({"--version"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "nas " NAS_VERSION "\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("version tells the engine and the instruction set") {
  const Outcome outcome = nas_program({"version", "--json"});
  CHECK(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.version");
  CHECK(object.at("version") == 1);
  CHECK(object.at("program") == NAS_VERSION);
  CHECK(contains(object.at("engine"), "oneDNN"));
  CHECK_FALSE(object.at("instruction_set").get<std::string>().empty());
}

TEST_CASE("without a command the help goes to stderr and the exit code is 2") {
  const Outcome outcome = nas_program({});
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "Usage: nas COMMAND"));
}

TEST_CASE("an unknown command suggests the nearest") {
  check_rejected({"rnu"}, 2, "unknown command 'rnu'; did you mean 'run'?");
  check_rejected({"list"}, 2, "unknown command 'list'; did you mean 'ls'?");
  check_rejected({"plugin", "lst"}, 2, "unknown command 'plugin lst'; did you mean 'list'?");
  check_rejected({"space"}, 2,
                 "'nas space' needs a second word: list, show, count, enumerate, sample");
}

TEST_CASE("an unknown option suggests the nearest") {
  check_rejected(
      {"run", "--trails", "3"}, 2,
      "unknown option '--trails' for 'nas run'; did you mean '--trials'? 'nas run --help' "
      "says what it takes");
  check_rejected({"show", "x", "--trials", "3"}, 2, "unknown option '--trials' for 'nas show'");
  check_rejected({"run", "--tri", "3"}, 2, "unknown option '--tri'");
}

TEST_CASE("an option without its value, or given twice, is rejected") {
  check_rejected({"run", "--trials"}, 2, "argument for option '--trials' is missing");
  check_rejected({"run", "--trials", "3", "--trials", "4"}, 2,
                 "'--trials' is given twice, '3' and '4'");
  check_rejected({"ls", "--json", "--csv"}, 2, "'--json' and '--csv' exclude each other");
}

TEST_CASE("too few and too many words are rejected") {
  check_rejected({"resume"}, 2, "'nas resume' needs RUN");
  check_rejected({"show"}, 2, "'nas show' needs RUN [TRIAL]");
  check_rejected({"show", "a", "1", "b"}, 2, "unexpected 'b' for 'nas show'");
  check_rejected({"run", "evolution"}, 2,
                 "unexpected 'evolution' for 'nas run', which takes options only");
}

TEST_CASE("a number that is none, or out of range, says what is allowed") {
  for (const std::string value : {"0", "-5", "99999999999999999999", "many", "3.5", ""}) {
    check_rejected({"run", "--trials", value}, 2, "--trials '" + value + "': must be ");
  }
  check_rejected({"run", "--trials", "0"}, 2, "must be a whole number from 1 to 10000000");
  check_rejected({"run", "--jobs", "0"}, 2, "--jobs '0': must be a whole number from 1 to 1024");
  check_rejected({"run", "--window", "0"}, 2, "--window '0': must be a whole number from 1");
  check_rejected({"run", "--final-epochs", "-1"}, 2,
                 "--final-epochs '-1': must be a number from 0");
  check_rejected({"run", "--finalists", "0"}, 2, "--finalists '0': must be a whole number from 1");
  check_rejected({"run", "--final-seeds", "x"}, 2, "--final-seeds 'x': must be a whole number");
  check_rejected({"run", "--final-shards", "0"}, 2, "--final-shards '0': must be a whole number");
  check_rejected({"space", "sample", "mbconv", "-n", "0"}, 2,
                 "--count '0': must be a whole number from 1");
}

TEST_CASE("a seed has all 64 bits") {
  const Outcome outcome =
      nas_program({"space", "sample", "mbconv", "--seed", "18446744073709551615", "--json"});
  CHECK(outcome.code == 0);
  for (const std::string value : {"-1", "18446744073709551616", "1.5"}) {
    check_rejected({"run", "--seed", value}, 2,
                   "--seed '" + value + "': must be a whole number from 0 to 18446744073709551615");
  }
}

TEST_CASE("times and sizes say how they are written") {
  for (const std::string value : {"0", "-3s", "soon", "5d"}) {
    check_rejected({"run", "--time-limit", value}, 2,
                   "--time-limit '" + value + "': must be a time such as 90, 90s, 5m or 1h");
  }
  for (const std::string value : {"0", "-1", "1XiB"}) {
    check_rejected({"run", "--memory-limit", value}, 2,
                   "--memory-limit '" + value + "': must be a size in bytes such as 512MiB");
  }
}

TEST_CASE("an unknown precision says which there are") {
  check_rejected({"run", "--precision", "fp16"}, 2,
                 "--precision: unknown precision 'fp16': must be one of float32, bf16");
  check_rejected({"run"}, 3, "NAS_PRECISION: unknown precision 'half'",
                 {.environment = {{"NAS_PRECISION", "half"}}});
}

TEST_CASE("limits, objectives and plugin options say how they are written") {
  check_rejected({"run", "--max", "macs"}, 2, "--max 'macs': must be METRIC=VALUE");
  check_rejected({"run", "--max", "macs=much"}, 2, "'macs=much'");
  check_rejected({"run", "--objective", "macs:least"}, 2, "'macs:least'");
  check_rejected({"run", "--set", "population"}, 2,
                 "--set 'population': must be OWNER.OPTION=VALUE, such as evolution.population=64");
}

TEST_CASE("shapes and counts of classes say what is allowed") {
  for (const std::string value : {"28x28", "1x28x28x", "1x0x28", "axbxc", "1x28x99999999"}) {
    check_rejected({"space", "count", "mbconv", "--input", value}, 2,
                   "--input '" + value + "': must be channels x height x width");
  }
  check_rejected({"space", "count", "mbconv", "--classes", "1"}, 2,
                 "--classes '1': must be a whole number from 2");
}

TEST_CASE("a result that cannot be written is an error") {
  const Outcome outcome =
      nas_program({"space", "list"},
                  {.before = [] { return std::freopen("/dev/full", "w", stdout) != nullptr; }});
  CHECK(outcome.code == 9);
  CHECK(contains(outcome.err, "nas: error: "));
}

}  // namespace
}  // namespace nas
