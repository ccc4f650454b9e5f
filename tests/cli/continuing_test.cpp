// Runs whose trials continue one another, through the real program.
#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/tiny_data.hpp"
#include "tests/results/mounts.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t whole_run = 13;  // 9 configurations, of which 3 and then 1 go on

Words halving_run(const TemporaryDirectory& directory, const std::string& name,
                  const Words& more = {}) {
  Words words = {"run",
                 "--strategy",
                 "successive-halving",
                 "--data",
                 (directory.path() / "data").string(),
                 "--out",
                 (directory.path() / name).string(),
                 "--trials",
                 std::to_string(whole_run),
                 "--set",
                 "successive-halving.configurations=9",
                 "--set",
                 "train.batch_size=16",
                 "--set",
                 "train.epochs=9",
                 "--set",
                 "mbconv.max_depth=1",
                 "--final-epochs",
                 "0"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::size_t checkpoints_of(const fs::path& run) {
  if (!fs::exists(run / "checkpoints")) return 0;
  const fs::directory_iterator files(run / "checkpoints");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST_CASE("a run of continuing trials that is killed and resumed equals an uninterrupted one") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  REQUIRE(nas_program(halving_run(directory, "whole")).code == 0);
  const nlohmann::json whole = trials_of(directory.path() / "whole");
  REQUIRE(whole.size() == whole_run);
  CHECK(whole.at(whole_run - 1).at("fidelity").at("epochs") == 9);
  CHECK(whole.at(whole_run - 1).contains("parent"));
  CHECK(checkpoints_of(directory.path() / "whole") == 0);

  const fs::path run = directory.path() / "killed";
  for (const std::size_t moment : {std::size_t{3}, std::size_t{10}, std::size_t{12}}) {
    Program program(halving_run(directory, "killed"));
    REQUIRE(wait_for_trials(run, moment));
    program.signal(SIGKILL);
    program.wait();
    CHECK(checkpoints_of(run) <= 9);
  }
  REQUIRE(nas_program({"resume", run.string()}).code == 0);
  CHECK(trials_of(run) == whole);
  CHECK(checkpoints_of(run) == 0);
}

TEST_CASE("checkpoints that were lost cost time only") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  REQUIRE(nas_program(halving_run(directory, "whole")).code == 0);
  const fs::path run = directory.path() / "robbed";
  Program program(halving_run(directory, "robbed"));
  REQUIRE(wait_for_trials(run, 5));
  program.signal(SIGKILL);
  program.wait();
  fs::remove_all(run / "checkpoints");
  REQUIRE(nas_program({"resume", run.string()}).code == 0);
  CHECK(trials_of(run) == trials_of(directory.path() / "whole"));
}

TEST_CASE("a continuing trial measured by itself gives the same") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  REQUIRE(nas_program(halving_run(directory, "run")).code == 0);
  const std::string run = (directory.path() / "run").string();
  const std::string last = std::to_string(whole_run - 1);
  const nlohmann::json stored = trials_of(run).at(whole_run - 1);
  const Outcome measured = nas_program({"eval", run, last, "--json"});
  INFO(measured.err);
  REQUIRE(measured.code == 0);
  for (const char* metric : {"val_accuracy", "val_loss", "train_loss"}) {
    CHECK(measured.json().at("metrics").at(metric) == stored.at("metrics").at(metric));
  }
}

TEST_CASE("trials that stop early are the same for every number of jobs") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const auto run = [&](const std::string& name, const std::string& jobs) {
    Words words = {"run",
                   "--strategy",
                   "random",
                   "--data",
                   (directory.path() / "data").string(),
                   "--out",
                   (directory.path() / name).string(),
                   "--jobs",
                   jobs,
                   "--set",
                   "train.early_stopping=median",
                   "--set",
                   "train.early_stopping_trials=2",
                   "--set",
                   "train.batch_size=16",
                   "--set",
                   "train.epochs=6",
                   "--set",
                   "mbconv.max_depth=1"};
    words.insert(words.end(), {"--trials", "14", "--window", "3", "--final-epochs", "0"});
    REQUIRE(nas_program(words).code == 0);
    return trials_of(directory.path() / name);
  };
  const nlohmann::json one = run("one", "1");
  CHECK(run("three", "3") == one);
  std::size_t stopped = 0;
  for (const nlohmann::json& trial : one) stopped += trial.at("metrics").at("epochs_trained") < 6;
  CHECK(stopped > 0);
}

TEST_CASE("the plan counts what rungs leave out and the checkpoints that they need") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const auto plan = [&](const Words& more) {
    Words words = {"--dry-run", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return nas_program(halving_run(directory, "run", words)).json().at("cost");
  };
  const nlohmann::json halving = plan({});
  // 9 of 1 epoch, 3 go on to 3 and one of them to 9: 21 of the 117 epochs of 13 full trainings.
  CHECK(halving.at("effort").get<double>() == Approx(21.0 / 117));
  CHECK(halving.at("checkpoints").get<int>() >= 9);
  CHECK(halving.at("checkpoints").get<int>() <= 13);
  const double bytes = halving.at("checkpoint_bytes");
  CHECK(bytes > 0);

  const nlohmann::json full =
      nas_program({"run", "--strategy", "random", "--data", (directory.path() / "data").string(),
                   "--trials", std::to_string(whole_run), "--set", "train.epochs=9", "--set",
                   "mbconv.max_depth=1", "--final-epochs", "0", "--dry-run", "--json"})
          .json()
          .at("cost");
  CHECK(full.at("effort") == 1);
  CHECK(full.at("checkpoint_bytes") == 0);
  CHECK(halving.at("search_macs").get<double>() ==
        Approx(full.at("search_macs").get<double>() * 21 / 117));
  CHECK(plan({"--set", "train.optimizer=adam"}).at("checkpoint_bytes") == 1.5 * bytes);
  CHECK(contains(nas_program(halving_run(directory, "run", {"--dry-run"})).out,
                 "a trial has 0.18 of the full training on average, up to "));
}

TEST_CASE("a disk without room for the checkpoints is found before the first trial") {
  const TemporaryDirectory directory;
  write_tiny_data(directory);
  const fs::path disk = directory.path() / "disk";
  fs::create_directory(disk);
  // Room for the database and the log, not for hundreds of networks of a megabyte.
  const Surroundings small_disk{
      .before = [&] { return own_mounts() && mount_small_disk(disk, "12m"); }};
  const auto start = [&](const std::string& strategy) {
    return nas_program(
        {"run", "--strategy", strategy, "--data", (directory.path() / "data").string(), "--out",
         (disk / strategy).string(), "--trials", "400", "--time-limit", "0.001", "--set",
         "train.epochs=9", "--set", "mbconv.width=4", "--max", "macs=none", "--final-epochs", "0"},
        small_disk);
  };
  const Outcome refused = start("asha");
  if (was_skipped(refused)) return;
  check_rejected(refused, 9, "make room, or choose another place with --out");
  CHECK(start("random").code == 0);
}

}  // namespace nas
