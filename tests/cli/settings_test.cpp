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

TEST_CASE("options of plugins that do not take part must be right nevertheless") {
  const TemporaryDirectory directory;
  const auto rejected = [&](const std::string& text, const std::string& message) {
    const std::string file = directory.write("exp.ini", text).string();
    check_rejected({"config", "show", "--config", file}, 3, message);
  };
  rejected("[random]\nfoo = 4\n", "unknown option 'random.foo'");
  rejected("[constant]\nvalue = high\n", "option 'constant.value' is 'high' but must be");
}

TEST_CASE("what config show prints is a configuration file") {
  const TemporaryDirectory directory;
  const nlohmann::json first =
      shown({"--max", "ram_int8=64KiB", "--max", "macs=none", "--set", "evolution.population=20",
             "--objective", "val_accuracy", "--objective", "macs:min", "--trials", "7"});
  std::string text;
  for (const auto& [name, setting] : first.items()) {
    text += name + " = " + setting.at("value").get<std::string>() + "\n";
  }
  const nlohmann::json again = shown({"--config", directory.write("exp.ini", text).string()});
  REQUIRE(again.size() == first.size());
  for (const auto& [name, setting] : again.items()) {
    INFO(name);
    CHECK(setting.at("value") == first.at(name).at("value"));
  }
  CHECK(again.at("max.ram_int8").at("origin") == "file");
}

TEST_CASE("a limit in a file has a key or a section, or is written as after --max") {
  const TemporaryDirectory directory;
  for (const char* text : {"max.macs = 5M\n", "[max]\nmacs = 5M\n", "max = macs=5M\n"}) {
    const std::string file = directory.write("exp.ini", text).string();
    CHECK(shown({"--config", file}).at("max.macs").at("value") == "5M");
  }
}

TEST_CASE("an option of a plugin without its owner is told whose it may be") {
  check_rejected({"config", "show", "--set", "population=64"}, 3,
                 "--set population: an option has its owner in front of it; did you mean "
                 "'evolution.population'?");
  check_rejected({"config", "show", "--set", "nothing=64"}, 3, "such as evolution.OPTION=VALUE");
}

TEST_CASE("a variable that looks like a setting and is none is warned of") {
  const auto warned = [](const Words& words, const std::string& name, const std::string& message) {
    const Outcome outcome = nas_program(words, {.environment = {{name, "3"}}});
    CHECK(outcome.code == 0);
    INFO(outcome.err);
    CHECK(contains(outcome.err, "environment variable '" + name + message));
  };
  const std::string unknown = "' is no setting and is not used; ";
  for (const Words& words :
       {Words{"run", "--estimator", "constant", "--dry-run"}, Words{"config", "show"}}) {
    warned(words, "NAS_TRAILS", unknown + "did you mean 'NAS_TRIALS'?");
    warned(words, "NAS_EVOLUTION_POPULATION",
           unknown + "options of plugins and spaces go by NAS_SET='evolution.population=3'");
  }
  const TemporaryDirectory directory;
  const std::string run = (directory.path() / "run").string();
  REQUIRE(nas_program(constant_run(run, {"--trials", "1"})).code == 0);
  warned({"resume", run}, "NAS_TRIALS", "' is not used: 'nas resume' goes on as the run started");
  const Outcome listing =
      nas_program({"ls"}, {.environment = {{"NAS_TRAILS", "3"}}, .directory = directory.path()});
  CHECK(listing.err == "nas: no runs in 'runs'\n");
}

}  // namespace
}  // namespace nas
