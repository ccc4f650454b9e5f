// On terminals, wide and narrow.

#include <sstream>

#include <catch2/catch.hpp>

#include "cli/table.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

constexpr unsigned short narrow = 60;

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    longest = std::max(longest, cli::display_width(line));
  }
  return longest;
}

/// The texts that the progress line showed, one after the other.
std::vector<std::string> progress_lines(const std::string& text) {
  std::vector<std::string> shown;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, '\r');) {
    const std::size_t start = part.find("\033[K");
    if (start == 0 && contains(part, " done")) shown.push_back(part.substr(3));
  }
  return shown;
}

TEST_CASE("tables fit a narrow terminal, and nothing in them is cut") {
  const TemporaryDirectory directory;
  REQUIRE(nas_program(constant_run(directory.path() / "runs/random-mbconv-1", {"--trials", "2"}))
              .code == 0);
  const Surroundings there{.directory = directory.path(), .terminal = narrow};
  for (const Words& words :
       {Words{"ls"}, Words{"doctor"}, Words{"plugin", "list"}, Words{"plugin", "info", "train"},
        Words{"space", "show", "mbconv"}, Words{"space", "sample", "mbconv"},
        Words{"config", "show"}, Words{"show", "runs/random-mbconv-1"},
        Words{"show", "runs/random-mbconv-1", "1"}, Words{"data", "list"}}) {
    INFO("nas " << words.front());
    const Outcome outcome = nas_program(words, there);
    INFO(outcome.out);
    CHECK(longest_line(outcome.out) <= narrow);
    CHECK_FALSE(contains(outcome.out, "…"));
  }
  CHECK(contains(nas_program({"ls"}, there).out, "50.00 %"));
}

TEST_CASE("where stdout is no terminal a genotype is one line") {
  const TemporaryDirectory directory;
  const Outcome outcome =
      nas_program(constant_run(directory.path() / "run", {"--trials", "2", "--json"}));
  const std::string genotype = outcome.json().at("best").at("genotype").dump();
  CHECK(contains(nas_program({"show", (directory.path() / "run").string()}).out,
                 "genotype        " + genotype + "\n"));
}

TEST_CASE("a genotype that a terminal shows in several lines can be given as it is") {
  const std::string genotype =
      nas_program({"space", "sample", "mbconv", "--json"}).json()["samples"][0]["genotype"].dump();
  std::string in_lines = genotype;
  in_lines.insert(in_lines.find(',') + 1, "\n                  ");
  CHECK(nas_program({"space", "show", "mbconv", "--genotype", in_lines}).code == 0);
}

TEST_CASE("the progress line of a narrow terminal tells the time left") {
  const TemporaryDirectory directory;
  const Outcome outcome =
      nas_program(constant_run(directory.path() / "run",
                               {"--trials", "24", "--jobs", "2", "--set", "constant.sleep_ms=100"}),
                  {.terminal = narrow});
  REQUIRE(outcome.code == 0);
  std::size_t with_best = 0;
  for (const std::string& line : progress_lines(outcome.out)) {
    INFO(line);
    CHECK(cli::display_width(line) < narrow);
    if (!contains(line, "best")) continue;
    ++with_best;
    CHECK(contains(line, " · eta "));
  }
  CHECK(with_best > 0);
}

TEST_CASE("Ctrl-C removes the progress line and fits a narrow terminal") {
  const TemporaryDirectory directory;
  Program program(constant_run(directory.path() / "run",
                               {"--trials", "4", "--set", "constant.sleep_ms=3600000"}),
                  {.terminal = narrow});
  REQUIRE(program.wait_for_message("0/4 done"));
  program.signal(SIGINT);
  REQUIRE(program.wait_for_message("\r\033[Knas: stopping after the running trials"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 130);
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("nas: stopping") == std::string::npos) continue;
    CHECK(cli::display_width(line.substr(line.find("nas: "))) <= narrow);
  }
}

}  // namespace
}  // namespace nas
