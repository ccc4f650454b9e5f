// MnasNet's reward as an objective of the program.
#include <cmath>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

// Of macs in the reward; networks of the default space have some on both sides.
constexpr double target = 1e6;

Words reward_run(const fs::path& out, const Words& more = {}) {
  Words words = constant_run(
      out, {"--set", "constant.noise=0.1", "--objective", "mnasnet_reward", "--set",
            "mnasnet_reward.cost=macs", "--set", "mnasnet_reward.target=1000000", "--json"});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

double number(const nlohmann::json& trial, const char* metric) {
  return trial.at("metrics").at(metric).get<double>();
}

}  // namespace

TEST_CASE("every trial of a run has the reward, and the best trial the highest") {
  const TemporaryDirectory directory;
  const std::string form = GENERATE("soft", "hard");
  const Outcome outcome = nas_program(reward_run(
      directory.path() / "run", {"--trials", "24", "--set", "mnasnet_reward.form=" + form}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  const double best = number(object.at("best"), "mnasnet_reward");
  REQUIRE(object.at("trials").size() == 24);
  for (const nlohmann::json& trial : object.at("trials")) {
    const double ratio = number(trial, "macs") / target;
    const double exponent = form == "soft" ? -0.07 : ratio <= 1 ? 0 : -1;
    const double expected = number(trial, "val_accuracy") * std::pow(ratio, exponent);
    CHECK(std::abs(number(trial, "mnasnet_reward") - expected) < 1e-12);
    CHECK(number(trial, "mnasnet_reward") <= best);
  }
}

TEST_CASE("a run records the reward's options, and a resumed one keeps them") {
  const TemporaryDirectory directory;
  const fs::path whole = directory.path() / "whole";
  const fs::path half = directory.path() / "half";
  const nlohmann::json recorded =
      nas_program(reward_run(whole, {"--trials", "400"})).json().at("config");
  CHECK(recorded.at("objectives").at(0) ==
        nlohmann::json{{"metric", "mnasnet_reward"}, {"maximise", true}});
  const nlohmann::json options = {{"accuracy", "val_accuracy"},
                                  {"cost", "macs"},
                                  {"exponent", "-0.07"},
                                  {"form", "soft"},
                                  {"target", "1000000"}};
  CHECK(recorded.at("options").at("mnasnet_reward") == options);
  Program program(reward_run(half, {"--trials", "400"}));
  REQUIRE(wait_for_trials(half, 20));
  program.signal(SIGKILL);
  program.wait();
  REQUIRE(nas_program({"resume", half.string(), "--json"}).code == 0);
  CHECK(trials_of(half) == trials_of(whole));
}

TEST_CASE("a reward of what there is not is refused") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "run";
  check_rejected(constant_run(out, {"--objective", "mnasnet_reward"}), 3, "needs a target above 0");
  check_rejected(
      constant_run(out, {"--objective", "mnasnet_reward", "--set", "mnasnet_reward.target=80"}), 3,
      "'latency_ms' as part of the objective 'mnasnet_reward' needs a latency table");
  check_rejected(reward_run(out, {"--set", "mnasnet_reward.cost=mac"}), 3,
                 "unknown metric 'mac' as part of the objective 'mnasnet_reward'");
  check_rejected(reward_run(out, {"--set", "mnasnet_reward.accuracy=top1"}), 3,
                 "unknown metric 'top1' as part of the objective 'mnasnet_reward'");
  check_rejected(reward_run(out, {"--set", "mnasnet_reward.form=firm"}), 3, "'firm'");
  check_rejected(constant_run(out, {"--set", "mnasnet_reward.target=80"}), 3,
                 "nothing called 'mnasnet_reward' takes part here");
}

TEST_CASE("a configuration file may hold the reward's options for when it is an objective") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "nas.ini";
  std::ofstream(file) << "[mnasnet_reward]\ntarget = 2000000\ncost = macs\n";
  const fs::path out = directory.path() / "run";
  const Words with_file = {"--config", file.string(), "--trials", "2"};
  CHECK(nas_program(constant_run(out, with_file)).code == 0);
  std::ofstream(file, std::ios::app) << "form = firm\n";
  check_rejected(constant_run(out, with_file), 3, "'firm'");
}

TEST_CASE("the help of run lists the reward's options") {
  const std::string help = nas_program({"help", "run"}).out;
  for (const char* option : {"accuracy", "cost", "target", "form", "exponent"}) {
    CHECK(contains(help, std::string("mnasnet_reward.") + option));
  }
}

}  // namespace nas
