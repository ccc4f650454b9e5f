// Help for everything that can be typed.

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

TEST_CASE("help is a result: on stdout, with exit code 0") {
  for (const Words& words : {Words{"help"}, Words{"--help"}, Words{"-h"}}) {
    const Outcome outcome = nas_program(words);
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "space show NAME"));
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("help for one command equals its --help, and groups its options") {
  const Outcome outcome = nas_program({"help", "run"});
  CHECK(outcome.out == nas_program({"run", "--help"}).out);
  CHECK(contains(outcome.out, "Objectives and limits:\n  --objective METRIC[:max|min]"));
  CHECK(contains(outcome.out, "--trials N"));
  CHECK(nas_program({"help", "space", "show"}).out == nas_program({"space", "show", "-h"}).out);
  check_rejected({"help", "space", "show", "mbconv"}, 2, "unexpected 'mbconv' for 'nas help'");
}

TEST_CASE("every command has help") {
  for (const Words& words : {Words{"run"},
                             Words{"resume"},
                             Words{"ls"},
                             Words{"show"},
                             Words{"eval"},
                             Words{"compare"},
                             Words{"verify"},
                             Words{"export"},
                             Words{"plugin", "list"},
                             Words{"plugin", "info"},
                             Words{"plugin", "check"},
                             Words{"space", "list"},
                             Words{"space", "show"},
                             Words{"space", "count"},
                             Words{"space", "sample"},
                             Words{"space", "enumerate"},
                             Words{"space", "check"},
                             Words{"space", "edf"},
                             Words{"space", "optimize"},
                             Words{"data", "list"},
                             Words{"data", "info"},
                             Words{"data", "check"},
                             Words{"config", "show"},
                             Words{"doctor"},
                             Words{"completion"},
                             Words{"version"}}) {
    Words asked = words;
    asked.emplace_back("--help");
    const Outcome outcome = nas_program(asked);
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "Usage: nas " + words.front()));
  }
}

TEST_CASE("a group of commands has help, the same in three ways") {
  const Outcome outcome = nas_program({"help", "plugin"});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "Usage: nas plugin COMMAND"));
  CHECK(contains(outcome.out, "plugin info NAME"));
  CHECK_FALSE(contains(outcome.out, "space list"));
  CHECK(nas_program({"plugin", "--help"}).out == outcome.out);
  CHECK(nas_program({"plugin", "-h"}).out == outcome.out);
}

TEST_CASE("help promises no source of settings that a command does not read") {
  CHECK(contains(nas_program({"help", "run"}).out, "from --config FILE"));
  for (const Words& words : {Words{"help", "resume"}, Words{"help", "space", "sample"}}) {
    const std::string text = nas_program(words).out;
    CHECK_FALSE(contains(text, "--config"));
    CHECK_FALSE(contains(text, "NAS_TRIALS"));
  }
  CHECK(contains(nas_program({"help", "resume"}).out, "as NAS_JOBS, NAS_QUIET"));
  CHECK_FALSE(contains(nas_program({"help", "ls"}).out, "environment"));
}

}  // namespace
}  // namespace nas
