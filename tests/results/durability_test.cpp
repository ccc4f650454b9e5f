// What a process has been told is stored is there, however that process ends.

#include <catch2/catch.hpp>

#include "results/trial_store.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

constexpr std::int64_t batch = 4;

/// Appends batches, says after each how many trials are stored, and waits to be killed.
void append_many(const std::filesystem::path& file, const ChildProcess::Reporter& reporter) {
  constexpr std::int64_t enough = 4000;
  TrialStore store(file, TrialStore::Access::write);
  for (std::int64_t stored = store.count(); stored < enough; stored += batch) {
    store.append(sample_trials(stored, batch));
    reporter.line(std::to_string(stored + batch));
  }
  ::pause();
}

/// Whole batches, without a gap, as they were written.
void check_whole(const std::vector<Trial>& trials) {
  CHECK(trials.size() % batch == 0);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!same_result(trials[i], sample_trial(static_cast<std::int64_t>(i)))) FAIL("trial " << i);
  }
}

TEST_CASE("everything reported as stored survives SIGKILL, again and again") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "trials.sqlite";
  for (int session = 0; session < 8; ++session) {
    std::size_t reported = 0;
    {
      ChildProcess writer([&](const auto& reporter) { append_many(file, reporter); });
      for (int i = 0; i < 3 + 5 * session; ++i) reported = writer.number();
      writer.kill();
    }
    const std::vector<Trial> trials = TrialStore(file, TrialStore::Access::read).load();
    CHECK(trials.size() >= reported);
    CHECK(reported > 0);
    check_whole(trials);
  }
}

TEST_CASE("a reader sees whole batches while another process writes") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "trials.sqlite";
  ChildProcess writer([&](const auto& reporter) { append_many(file, reporter); });
  REQUIRE_FALSE(writer.line().empty());
  const TrialStore lasting(file, TrialStore::Access::read);
  for (int i = 0; i < 12; ++i) {
    const std::size_t reported = writer.number();
    REQUIRE(reported > 0);
    const std::vector<Trial> seen = lasting.load();
    CHECK(seen.size() >= reported);
    check_whole(seen);
    CHECK(TrialStore(file, TrialStore::Access::read).count() >=
          static_cast<std::int64_t>(seen.size()));
    CHECK(lasting.status() == RunStatus::running);
  }
}

TEST_CASE("a killed store goes on where it was") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "trials.sqlite";
  {
    ChildProcess writer([&](const auto& reporter) { append_many(file, reporter); });
    REQUIRE(writer.line() == "4");
    writer.kill();
  }
  TrialStore store(file, TrialStore::Access::write);
  const std::int64_t stored = store.count();
  store.append(sample_trials(stored, batch));
  store.finish();
  check_whole(store.load());
  CHECK(store.count() == stored + batch);
}

}  // namespace
}  // namespace nas
