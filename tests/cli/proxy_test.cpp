// Searches by zero-cost proxies, through the program.
#include <csignal>
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

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

nlohmann::json measured_trials(const Outcome& outcome) {
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
    return measured_trials(nas_program(proxy_run(directory, "jobs" + jobs, words)));
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
  const Outcome outcome = nas_program({"space", "edf", "nasbench201", "-n", "4", "--estimator",
                                       "proxy", "--data", write_tiny_data(directory).string(),
                                       "--set", "proxy.proxies=synflow", "--quiet", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.json().at("spaces").at(0).at("networks") == 4);
}

TEST_CASE("spaces whose networks do not classify images are refused before the first trial") {
  const TemporaryDirectory directory;
  const std::string estimator = GENERATE("proxy", "train");
  const fs::path out = directory.path() / "dense";
  check_rejected({"run", "--estimator", estimator, "--space", "autodeeplab", "--out", out.string()},
                 3, "networks for dense prediction");
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("Ctrl-C ends a proxy that takes long, and a second one that of a run") {
  const TemporaryDirectory directory;
  const std::string data = write_tiny_data(directory).string();
  // Minutes of zen.
  const Words endless = {"--estimator", "proxy",
                         "--space",     "nasbench201",
                         "--data",      data,
                         "--set",       "proxy.proxies=zen",
                         "--set",       "proxy.zen_repeats=10000",
                         "--set",       "proxy.zen_batch_size=256"};
  Words eval = {"eval", "--genotype", "[1,3,3,3,0,2]"};
  eval.insert(eval.end(), endless.begin(), endless.end());
  Surroundings terminal;
  terminal.terminal = 80;
  Program single(eval, terminal);
  REQUIRE(single.wait_for_message("measuring"));
  single.signal(SIGINT);
  CHECK(single.wait().code == 130);

  const fs::path out = directory.path() / "run";
  Words run = {"run", "--out", out.string()};
  run.insert(run.end(), endless.begin(), endless.end());
  Program search(run);
  REQUIRE(search.wait_for_message("run directory"));
  search.signal(SIGINT);
  REQUIRE(search.wait_for_message("Ctrl-C again: now"));
  search.signal(SIGINT);
  CHECK(search.wait().code == 130);
}

}  // namespace
}  // namespace nas
