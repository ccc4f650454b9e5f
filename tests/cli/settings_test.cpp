// Flags win over the environment, that over the file, that over the defaults.

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

nlohmann::json shown(const Words& more, const Surroundings& surroundings = {}) {
  Words words = {"config", "show", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = nas_program(words, surroundings);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.config");
  return object.at("settings");
}

TEST_CASE("a setting shows its value and its origin at every level") {
  const TemporaryDirectory directory;
  const std::string file =
      directory.write("exp.ini", "trials = 7\nseed = 3\nwindow = 5\n").string();
  const Surroundings surroundings{.environment = {{"NAS_TRIALS", "9"}, {"NAS_SEED", "4"}}};
  const nlohmann::json settings = shown({"--config", file, "--trials", "11"}, surroundings);
  CHECK(settings.at("trials").at("value") == "11");
  CHECK(settings.at("trials").at("origin") == "flag");
  CHECK(settings.at("seed").at("value") == "4");
  CHECK(settings.at("seed").at("origin") == "environment");
  CHECK(settings.at("seed").at("where") == "NAS_SEED");
  CHECK(settings.at("window").at("value") == "5");
  CHECK(settings.at("window").at("origin") == "file");
  CHECK(settings.at("space").at("value") == "mbconv");
  CHECK(settings.at("space").at("origin") == "default");
}

TEST_CASE("options of plugins have an origin each") {
  const TemporaryDirectory directory;
  const std::string file =
      directory.write("exp.ini", "[evolution]\npopulation = 20\nsample = 3\n").string();
  const Surroundings surroundings{.environment = {{"NAS_SET", "evolution.population=30"}}};
  const nlohmann::json settings =
      shown({"--config", file, "--set", "evolution.crossover=0.5"}, surroundings);
  CHECK(settings.at("evolution.population").at("value") == "30");
  CHECK(settings.at("evolution.population").at("origin") == "environment");
  CHECK(settings.at("evolution.sample").at("value") == "3");
  CHECK(settings.at("evolution.sample").at("origin") == "file");
  CHECK(settings.at("evolution.crossover").at("value") == "0.5");
  CHECK(settings.at("evolution.crossover").at("origin") == "flag");
  CHECK(settings.at("evolution.variant").at("origin") == "default");
}

TEST_CASE("macs have a default limit, which a user's replaces and none lifts") {
  CHECK(shown({}).at("max.macs").at("origin") == "default");
  const nlohmann::json own = shown({"--max", "macs=5M", "--max", "ram_int8=320KiB"});
  CHECK(own.at("max.macs").at("value") == "5M");
  CHECK(own.at("max.macs").at("origin") == "flag");
  CHECK(own.at("max.ram_int8").at("value") == "320KiB");

  const TemporaryDirectory directory;
  const Outcome outcome = nas_program(
      constant_run(directory.path() / "run", {"--max", "macs=none", "--trials", "2", "--json"}));
  REQUIRE(outcome.code == 0);
  CHECK(outcome.json().at("config").at("limits").empty());
}

TEST_CASE("NAS_CONFIG names the file where no flag does") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("exp.ini", "# a comment\ntrials = 7\n").string();
  const Surroundings surroundings{.environment = {{"NAS_CONFIG", file}}};
  CHECK(shown({}, surroundings).at("trials").at("value") == "7");
}

TEST_CASE("switches can be set from the environment and the file") {
  CHECK(shown({}, {.environment = {{"NAS_ASYNC", "true"}}}).at("async").at("value") == "true");
  check_rejected({"config", "show"}, 3, "NAS_ASYNC 'perhaps': must be true or false",
                 {.environment = {{"NAS_ASYNC", "perhaps"}}});
}

TEST_CASE("a bad value from the environment or the file is a bad configuration") {
  check_rejected({"config", "show"}, 3, "NAS_TRIALS '0': must be a whole number from 1",
                 {.environment = {{"NAS_TRIALS", "0"}}});
  const TemporaryDirectory directory;
  const std::string file = directory.write("exp.ini", "trials = many\n").string();
  check_rejected({"config", "show", "--config", file}, 3,
                 "'trials' in " + file + " 'many': must be a whole number");
}

TEST_CASE("a configuration file's mistakes are named") {
  const TemporaryDirectory directory;
  const auto rejected = [&](const std::string& text, int code, const std::string& message) {
    const std::string file = directory.write("exp.ini", text).string();
    check_rejected({"config", "show", "--config", file}, code, message);
  };
  rejected("trails = 7\n", 3, "unknown setting 'trails'; did you mean 'trials'?");
  rejected("no equals sign\n", 3, "lines are 'key = value', '[section]' or '# comment'");
  rejected("trials = 7\ntrials = 8\n", 3, "'trials' is given 2 times");
  rejected("[evolution]\npopulatoin = 7\n", 3, "did you mean 'population'?");
  rejected("[nothing]\nx = 7\n", 3, "nothing called 'nothing' takes part here");
  check_rejected({"config", "show", "--config", (directory.path() / "none.ini").string()}, 9,
                 "none.ini' failed; --config needs a readable INI file");
}

TEST_CASE("a file may hold options of plugins that do not take part") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("exp.ini", "[evolution]\npopulation = 20\n").string();
  const nlohmann::json settings = shown({"--config", file, "--strategy", "random"});
  CHECK_FALSE(settings.contains("evolution.population"));
}

TEST_CASE("a variable that looks like a setting and is none is warned of") {
  const Outcome outcome = nas_program({"run", "--estimator", "constant", "--dry-run"},
                                      {.environment = {{"NAS_TRAILS", "3"}}});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err,
                 "'NAS_TRAILS' is no setting and is not used; did you mean "
                 "'NAS_TRIALS'?"));
}

}  // namespace
}  // namespace nas
