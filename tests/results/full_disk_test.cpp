// A disk that fills up costs the batch that no longer fits, and nothing else.

#include <signal.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "results/trial_store.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"
#include "tests/results/mounts.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

constexpr std::int64_t appended = 8;
constexpr std::int64_t more_than_fits = 10'000;

/// Appends until that fails; "ok" where everything before is there, then and after reopening.
std::string fill(const std::filesystem::path& file) {
  std::int64_t stored = 0;
  {
    TrialStore store(file, TrialStore::Access::write);
    try {
      for (; stored < more_than_fits; stored += appended)
        store.append(sample_trials(stored, appended));
      return "everything fitted";
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::io) return std::string("wrong kind: ") + error.what();
      if (std::string(error.what()).find("trials.sqlite") == std::string::npos) return error.what();
    }
    if (stored == 0) return "nothing fitted";
    if (store.count() != stored) return "part of a batch is stored";
  }
  const std::vector<Trial> read = TrialStore(file, TrialStore::Access::read).load();
  if (static_cast<std::int64_t>(read.size()) != stored) return "trials are lost";
  for (const Trial& trial : read) {
    if (!same_result(trial, sample_trial(trial.id))) return "trials have changed";
  }
  return "ok";
}

TEST_CASE("a full disk is an error, and every earlier batch stays") {
  const TemporaryDirectory directory;
  ChildProcess child([&](const auto& reporter) {
    const bool mounted = own_mounts() && mount_small_disk(directory.path(), "400k");
    reporter.line(mounted ? fill(directory.path() / "trials.sqlite") : "cannot mount");
  });
  const std::string outcome = child.line();
  if (outcome == "cannot mount") {
    WARN("skipped: this system lets the test mount no file system");
    return;
  }
  CHECK(outcome == "ok");
}

TEST_CASE("a limit on the size of files is an error, and every earlier batch stays") {
  const TemporaryDirectory directory;
  ChildProcess child([&](const auto& reporter) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 200'000, .rlim_max = 200'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return reporter.line("no limit");
    reporter.line(fill(directory.path() / "trials.sqlite"));
  });
  CHECK(child.line() == "ok");
}

TEST_CASE("a store can be used again once there is room") {
  const TemporaryDirectory directory;
  ChildProcess child([&](const auto& reporter) {
    ::signal(SIGXFSZ, SIG_IGN);
    TrialStore store(directory.path() / "trials.sqlite", TrialStore::Access::write);
    store.append(sample_trials(0, appended));
    rlimit limit{.rlim_cur = 40'000, .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::int64_t stored = appended;
    try {
      for (;; stored += appended) store.append(sample_trials(stored, appended));
    } catch (const Error&) {
    }
    limit.rlim_cur = RLIM_INFINITY;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    store.append(sample_trials(stored, appended));
    reporter.line(store.count() == stored + appended ? "ok" : "lost");
  });
  CHECK(child.line() == "ok");
}

}  // namespace
}  // namespace nas
