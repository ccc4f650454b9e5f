// Searches by zero-cost proxies, through the program.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

Words proxy_run(const TemporaryDirectory& directory, const std::string& name, const Words& more) {
  Words words = {"run",
                 "--estimator",
                 "proxy",
                 "--space",
                 "nasbench201",
                 "--data",
                 (directory.path() / "data").string(),
                 "--out",
                 (directory.path() / name).string(),
                 "--trials",
                 "6",
                 "--set",
                 "proxy.batch_size=16",
                 "--set",
                 "proxy.vote_networks=4",
                 "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

nlohmann::json trials_of(const Outcome& outcome) {
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  nlohmann::json trials = outcome.json().at("trials");
  for (nlohmann::json& trial : trials) trial.erase("seconds");
  return trials;
}

TEST_CASE("proxies are the same for every number of jobs, those of the vote's references too") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const Words measured = {"--set", "proxy.proxies=vote,naswot,synflow,jacob_cov,snip,fisher"};
  const auto run = [&](const std::string& jobs) {
    Words words = measured;
    words.insert(words.end(), {"--jobs", jobs});
    return trials_of(nas_program(proxy_run(directory, "jobs" + jobs, words)));
  };
  const nlohmann::json alone = run("1");
  REQUIRE(alone.size() == 6);
  CHECK(alone == run("2"));
}

TEST_CASE("a search by a proxy maximises it, and trains nothing in the end") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  for (const std::string objective : {"naswot", "jacob_cov", "l2_norm"}) {
    CAPTURE(objective);
    const Outcome outcome =
        nas_program(proxy_run(directory, objective, {"--objective", objective}));
    REQUIRE(outcome.code == 0);
    const nlohmann::json object = outcome.json();
    const double best = object.at("best").at("metrics").at(objective);
    for (const nlohmann::json& trial : object.at("trials")) {
      CHECK(trial.at("metrics").at(objective).get<double>() <= best);
    }
    CHECK((!object.contains("final") || object.at("final").empty()));
  }
}

TEST_CASE("spaces can be compared by a proxy") {
  const TemporaryDirectory directory;
  const Outcome outcome =
      nas_program({"space", "edf", "nasbench201", "-n", "4", "--estimator", "proxy", "--data",
                   write_tiny_data(directory).string(), "--set", "proxy.proxies=synflow", "--quiet",
                   "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.json().at("spaces").at(0).at("networks") == 4);
}

}  // namespace
}  // namespace nas
