// What strategies say of their own work in a run's log.
#include <string>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

TEST_CASE("the log tells the smallest eigenvalue of the kernel matrix before its projection") {
  const TemporaryDirectory directory;
  const auto run = directory.path() / "run";
  const Outcome outcome =
      nas_program(constant_run(run, {"--strategy", "bayesian", "--space", "nasbot", "--set",
                                     "bayesian.initial=5", "--trials", "8", "--window", "1"}));
  REQUIRE(outcome.code == 0);
  CHECK_FALSE(contains(outcome.err, "eigenvalue"));
  CHECK(contains(file_content(run / "log.txt"),
                 " info bayesian: covariance of 5 networks, smallest eigenvalue "
                 "before projection "));
}

}  // namespace
}  // namespace nas
