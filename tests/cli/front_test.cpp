// Which trial is the best, and the Pareto front: one rule wherever they are shown.

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

TEST_CASE("of equal trials progress, summary and JSON name the same one, the first of the front") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome outcome = nas_program(constant_run(run, {"--trials", "40"}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json shown = nas_program({"show", run.string(), "--json"}).json();
  const nlohmann::json& best = shown.at("best");
  const std::string id = best.at("trial").dump();
  CHECK(shown.at("pareto").at(0) == best.at("trial"));
  CHECK(contains(outcome.out, "Best architecture: trial " + id + " (of 40 trials)"));
  CHECK(contains(outcome.err, "40/40 done · best val_accuracy 50.00 % (trial " + id + ")"));
  for (const nlohmann::json& trial : shown.at("trials")) {
    CHECK(trial.at("metrics").at("macs") >= best.at("metrics").at("macs"));
  }
}

TEST_CASE("several objectives give a front, which the summary names and the table marks") {
  const TemporaryDirectory directory;
  const fs::path run = directory.path() / "run";
  const Outcome outcome = nas_program(constant_run(
      run, {"--trials", "20", "--set", "constant.signal=0.2", "--set", "constant.noise=0.1",
            "--objective", "val_accuracy", "--objective", "macs:min"}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json shown = nas_program({"show", run.string(), "--json"}).json();
  const nlohmann::json& front = shown.at("pareto");
  REQUIRE(front.size() > 1);
  std::string ids;
  for (const nlohmann::json& id : front) ids += (ids.empty() ? "" : ", ") + id.dump();
  CHECK(contains(outcome.out,
                 "Pareto front by val_accuracy:max and macs:min\n  trials          " + ids + "\n"));
  const std::string table = nas_program({"show", run.string()}).out;
  CHECK(contains(table, "trial  status  pareto"));
  const std::string csv = nas_program({"show", run.string(), "--csv"}).out;
  for (const nlohmann::json& trial : shown.at("trials")) {
    const bool marked = front.end() != std::find(front.begin(), front.end(), trial.at("id"));
    CHECK(contains(csv, "\n" + trial.at("id").dump() + ",ok," + (marked ? "1," : "0,")));
  }
}

}  // namespace
}  // namespace nas
