#include "results/directory_lock.hpp"

#include <memory>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"

namespace nas {
namespace {

TEST_CASE("a lock is held until it is destroyed") {
  const TemporaryDirectory directory;
  CHECK_FALSE(DirectoryLock::held(directory.path()));
  {
    const DirectoryLock lock(directory.path());
    CHECK(DirectoryLock::held(directory.path()));
  }
  CHECK_FALSE(DirectoryLock::held(directory.path()));
  CHECK_NOTHROW(DirectoryLock(directory.path()));
}

TEST_CASE("a second lock in the same process is refused") {
  const TemporaryDirectory directory;
  const DirectoryLock lock(directory.path());
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { DirectoryLock(directory.path()); });
  CHECK_THAT(message, Catch::StartsWith("run directory '" + directory.path().string() +
                                        "' is held by process " + std::to_string(::getpid()) +
                                        " on host '"));
}

TEST_CASE("a lock of another process is refused by its number, and gone when it is killed") {
  const TemporaryDirectory directory;
  ChildProcess child([&](const auto& reporter) {
    const DirectoryLock lock(directory.path());
    reporter.line("locked");
    ::pause();
  });
  REQUIRE(child.line() == "locked");
  CHECK(DirectoryLock::held(directory.path()));
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { DirectoryLock(directory.path()); });
  CHECK_THAT(message, Catch::Contains("is held by process " + std::to_string(child.process())));
  child.kill();
  CHECK_FALSE(DirectoryLock::held(directory.path()));
  CHECK_NOTHROW(DirectoryLock(directory.path()));
}

TEST_CASE("a holder that has not signed is still refused") {
  const TemporaryDirectory directory;
  const DirectoryLock lock(directory.path());
  const std::string text = GENERATE("", "garbage", "12");
  directory.write("lock", text);
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { DirectoryLock(directory.path()); });
  CHECK_THAT(message, Catch::Contains("is held by another process"));
}

TEST_CASE("a directory that is not there cannot be locked") {
  const TemporaryDirectory directory;
  const auto nowhere = directory.path() / "nowhere";
  CHECK_FALSE(DirectoryLock::held(nowhere));
  const std::string message = rejection(ErrorKind::io, [&] { DirectoryLock{nowhere}; });
  CHECK_THAT(message,
             Catch::StartsWith("cannot write to run directory '" + nowhere.string() + "'"));
}

}  // namespace
}  // namespace nas
