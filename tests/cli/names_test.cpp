// Names that nobody knows, found before the first trial.

#include <catch2/catch.hpp>

#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

void check_run_rejected(const Words& more, int code, const std::string& message) {
  const TemporaryDirectory directory;
  const auto run = directory.path() / "run";
  check_rejected(constant_run(run, more), code, message);
  CHECK_FALSE(std::filesystem::exists(run));
}

TEST_CASE("unknown names suggest the nearest") {
  check_run_rejected({"--strategy", "evolutoin"}, 4,
                     "unknown strategy 'evolutoin'; did you mean 'evolution'?");
  check_run_rejected({"--space", "mbcon"}, 3,
                     "unknown search space 'mbcon'; did you mean 'mbconv'?");
  check_rejected({"run", "--estimator", "trian"}, 4,
                 "unknown estimator 'trian'; did you mean 'train'?");
  check_rejected({"run", "--data", "fashion-mnits"}, 3, "called 'fashion-mnits'");
  check_rejected({"plugin", "info", "evoluton"}, 4,
                 "unknown plugin 'evoluton'; did you mean 'evolution'?");
  check_rejected({"space", "show", "mbcon"}, 3, "did you mean 'mbconv'?");
  check_rejected({"data", "info", "no-data"}, 3, "'no-data'");
}

TEST_CASE("unknown and bad options of plugins and spaces are rejected") {
  check_run_rejected({"--set", "evolution.populatoin=4"}, 3,
                     "unknown option 'evolution.populatoin'; did you mean 'population'?");
  check_run_rejected({"--set", "evolution.population=none"}, 3, "'none'");
  check_run_rejected({"--set", "evolution.population=-1"}, 3, "'-1'");
  check_run_rejected({"--set", "evolutoin.population=4"}, 3,
                     "nothing called 'evolutoin' takes part here; did you mean 'evolution'?");
  check_run_rejected({"--set", "random.x=4"}, 3, "nothing called 'random' takes part");
  check_rejected({"space", "show", "mbconv", "--set", "other.x=1"}, 3,
                 "nothing called 'other' takes part here (known: mbconv)");
}

TEST_CASE("unknown metrics are rejected") {
  check_run_rejected({"--objective", "val_acuracy"}, 3,
                     "unknown metric 'val_acuracy' as objective; did you mean 'val_accuracy'?");
  check_run_rejected({"--max", "mac=3M"}, 3, "unknown metric 'mac' as limit; did you mean 'macs'?");
}

TEST_CASE("what an estimator cannot do is rejected") {
  check_run_rejected({"--final-epochs", "3"}, 3, "estimator 'constant' has no final training");
}

TEST_CASE("a plugin directory that does not exist is rejected") {
  check_run_rejected({"--plugin-dir", "/nonexistent/plugins"}, 3,
                     "--plugin-dir '/nonexistent/plugins': must be an existing directory");
}

TEST_CASE("a space that does not suit the task is rejected") {
  check_rejected({"space", "show", "mbconv", "--input", "1x2x2"}, 3, "'1x2x2'");
}

}  // namespace
}  // namespace nas
