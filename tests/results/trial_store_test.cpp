#include "results/trial_store.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Trials that differ in every field, with the values that are hard to store.
std::vector<Trial> hard_trials() {
  std::vector<Trial> trials = sample_trials(0, 4);
  trials[0].metrics = {{"nan", nan}, {"-nan", -nan}, {"inf", infinity}, {"-inf", -infinity}};
  trials[1].status = TrialStatus::failed;
  trials[1].reason = "diverged: loss 'nan'\nafter \"3\" steps, \xc3\xa4";
  trials[1].metrics.clear();
  trials[1].seed = std::numeric_limits<std::uint64_t>::max();
  trials[2].status = TrialStatus::reused;
  trials[2].reused_from = 0;
  trials[2].parent = 1;
  trials[2].genotype.answers.clear();
  trials[2].fidelity = {.epochs = 0, .data_share = 1.0 / 3.0, .resolution = 2.0 / 3.0};
  trials[2].curve = {{1, 0.1}, {2.5, std::nan("")}};
  trials[3].metrics = {{"zero", -0.0}, {"tiny", 4.9e-324}, {"third", 1.0 / 3.0}};
  trials[3].seconds = 1.0 / 3.0;
  return trials;
}

void check_equal(const std::vector<Trial>& read, const std::vector<Trial>& expected) {
  REQUIRE(read.size() == expected.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    INFO("trial " << i);
    CHECK(same_result(read[i], expected[i]));
    CHECK(read[i].seconds == expected[i].seconds);
  }
}

class StoreFixture {
 protected:
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "trials.sqlite";
};

TEST_CASE_METHOD(StoreFixture, "trials come back to the last bit") {
  const std::vector<Trial> trials = hard_trials();
  TrialStore store(file, TrialStore::Access::write);
  store.append(trials);
  check_equal(store.load(), trials);
}

TEST_CASE_METHOD(StoreFixture, "trials come back to the last bit from a closed store") {
  const std::vector<Trial> trials = hard_trials();
  const bool finish = GENERATE(false, true);
  {
    TrialStore store(file, TrialStore::Access::write);
    store.append(trials);
    if (finish) store.finish();
  }
  check_equal(TrialStore(file, TrialStore::Access::read).load(), trials);
  check_equal(TrialStore(file, TrialStore::Access::write).load(), trials);
}

TEST_CASE_METHOD(StoreFixture, "trials are read in the order of ids, however they were stored") {
  TrialStore store(file, TrialStore::Access::write);
  store.append(sample_trials(5, 2));
  store.append(sample_trials(0, 3));
  const std::vector<Trial> read = store.load();
  REQUIRE(read.size() == 5);
  CHECK(read[0].id == 0);
  CHECK(read[2].id == 2);
  CHECK(read[3].id == 5);
  CHECK(store.count() == 5);
}

TEST_CASE_METHOD(StoreFixture, "outcomes are what trials are ranked by, to the last bit") {
  const std::vector<Trial> trials = hard_trials();
  TrialStore store(file, TrialStore::Access::write);
  store.append(trials);
  std::vector<Trial> expected;
  for (const Trial& trial : trials) {
    Trial outcome;
    outcome.id = trial.id;
    outcome.genotype = trial.genotype;
    outcome.status = trial.status;
    outcome.metrics = trial.metrics;
    outcome.seconds = trial.seconds;
    expected.push_back(outcome);
  }
  check_equal(store.load_outcomes(), expected);
}

TEST_CASE_METHOD(StoreFixture, "a single trial is found by its id") {
  TrialStore store(file, TrialStore::Access::write);
  store.append(hard_trials());
  REQUIRE(store.find(1));
  CHECK(same_result(*store.find(1), hard_trials()[1]));
  CHECK_FALSE(store.find(4));
  CHECK_FALSE(store.find(-1));
}

TEST_CASE_METHOD(StoreFixture, "an empty store has no trials, runs and has taken no time") {
  TrialStore store(file, TrialStore::Access::write);
  store.append({});
  CHECK(store.load().empty());
  CHECK(store.count() == 0);
  CHECK(store.finals().empty());
  CHECK(store.status() == RunStatus::running);
  CHECK(store.note().empty());
  CHECK(store.seconds() == 0);
}

TEST_CASE_METHOD(StoreFixture,
                 "a trial that is stored already is refused with all that came along") {
  TrialStore store(file, TrialStore::Access::write);
  store.append(sample_trials(3, 1));
  const std::string message =
      rejection(ErrorKind::internal, [&] { store.append(sample_trials(0, 5)); });
  CHECK_THAT(message, Catch::Contains("trials.id"));
  CHECK(store.count() == 1);
  store.append(sample_trials(0, 3));
  CHECK(store.count() == 4);
}

TEST_CASE_METHOD(StoreFixture, "status and note are kept, and seconds add up over sessions") {
  {
    TrialStore store(file, TrialStore::Access::write);
    store.add_seconds(1.5);
    store.set_status(RunStatus::interrupted, "by the user");
  }
  {
    TrialStore store(file, TrialStore::Access::write);
    CHECK(store.status() == RunStatus::interrupted);
    CHECK(store.note() == "by the user");
    store.add_seconds(2.25);
    store.set_status(RunStatus::finished);
    store.finish();
  }
  const TrialStore store(file, TrialStore::Access::read);
  CHECK(store.status() == RunStatus::finished);
  CHECK(store.note().empty());
  CHECK(store.seconds() == 3.75);
}

TEST_CASE_METHOD(StoreFixture, "every run status comes back") {
  const RunStatus status =
      GENERATE(RunStatus::running, RunStatus::interrupted, RunStatus::finished, RunStatus::failed);
  TrialStore store(file, TrialStore::Access::write);
  store.set_status(status);
  CHECK(store.status() == status);
}

TEST_CASE_METHOD(StoreFixture, "final trainings come back in order, and one is chosen") {
  TrialStore store(file, TrialStore::Access::write);
  store.append_final({.trial = 7, .repeat = 1, .seed = 3, .metrics = {{"test_accuracy", nan}}});
  store.append_final({.trial = 7,
                      .repeat = 0,
                      .seed = std::numeric_limits<std::uint64_t>::max(),
                      .chosen = true,
                      .metrics = {{"test_accuracy", 0.1}},
                      .seconds = 0.5});
  store.append_final({.trial = 2, .repeat = 0, .metrics = {}});
  store.choose_final(7, 1);

  const std::vector<FinalResult> finals = store.finals();
  REQUIRE(finals.size() == 3);
  CHECK(finals[0].trial == 2);
  CHECK(finals[1].repeat == 0);
  CHECK(finals[1].seed == std::numeric_limits<std::uint64_t>::max());
  CHECK(finals[1].metrics == Metrics{{"test_accuracy", 0.1}});
  CHECK(finals[1].seconds == 0.5);
  CHECK_FALSE(finals[1].chosen);
  CHECK(finals[2].repeat == 1);
  CHECK(finals[2].chosen);
  CHECK(std::isnan(finals[2].metrics.at("test_accuracy")));
}

TEST_CASE_METHOD(StoreFixture, "a final training that is repeated replaces its result") {
  TrialStore store(file, TrialStore::Access::write);
  store.append_final({.trial = 1, .repeat = 0, .metrics = {{"test_loss", 2}}});
  store.append_final({.trial = 1, .repeat = 0, .metrics = {{"test_loss", 1}}});
  REQUIRE(store.finals().size() == 1);
  CHECK(store.finals()[0].metrics == Metrics{{"test_loss", 1}});
}

TEST_CASE_METHOD(StoreFixture, "choosing a final training that is not there changes nothing") {
  TrialStore store(file, TrialStore::Access::write);
  store.append_final({.trial = 1, .repeat = 0, .chosen = true, .metrics = {}});
  const std::string message = rejection(ErrorKind::internal, [&] { store.choose_final(1, 4); });
  CHECK(message == "there is no final training '4' of trial '1' to choose");
  CHECK(store.finals()[0].chosen);
}

TEST_CASE_METHOD(StoreFixture, "writing goes on after finish") {
  TrialStore store(file, TrialStore::Access::write);
  store.append(sample_trials(0, 2));
  store.finish();
  store.append(sample_trials(2, 2));
  store.finish();
  CHECK(store.count() == 4);
}

TEST_CASE_METHOD(StoreFixture, "a finished store is one file, and so is one that was just closed") {
  {
    TrialStore store(file, TrialStore::Access::write);
    store.append(sample_trials(0, 8));
    CHECK(std::filesystem::exists(directory.path() / "trials.sqlite-wal"));
    if (GENERATE(false, true)) {
      store.finish();
      CHECK_FALSE(std::filesystem::exists(directory.path() / "trials.sqlite-wal"));
    }
  }
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()),
                      std::filesystem::directory_iterator()) == 1);
}

TEST_CASE_METHOD(StoreFixture, "finish does not wait for a reader to leave, and loses nothing") {
  TrialStore store(file, TrialStore::Access::write);
  store.append(sample_trials(0, 8));
  const TrialStore reader(file, TrialStore::Access::read);
  REQUIRE(reader.count() == 8);
  store.finish();
  CHECK(std::filesystem::file_size(directory.path() / "trials.sqlite-wal") == 0);
  CHECK(reader.count() == 8);
  store.append(sample_trials(8, 1));
  CHECK(reader.count() == 9);
}

TEST_CASE_METHOD(StoreFixture, "a store that is not there is not made by reading") {
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { TrialStore(file, TrialStore::Access::read); });
  CHECK(message == "'" + file.string() + "' is missing");
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE_METHOD(StoreFixture, "a store cannot be made where there is no directory") {
  const auto nowhere = directory.path() / "nowhere" / "trials.sqlite";
  const std::string message =
      rejection(ErrorKind::io, [&] { TrialStore(nowhere, TrialStore::Access::write); });
  CHECK_THAT(message, Catch::Contains("'" + nowhere.string() + "'"));
}

TEST_CASE_METHOD(StoreFixture, "a store that is open for reading refuses to write") {
  TrialStore(file, TrialStore::Access::write).append(sample_trials(0, 1));
  TrialStore store(file, TrialStore::Access::read);
  const std::string message = rejection(ErrorKind::io, [&] { store.append(sample_trials(1, 1)); });
  CHECK_THAT(message, Catch::Contains("'" + file.string() + "', storing trials"));
}

}  // namespace
}  // namespace nas
