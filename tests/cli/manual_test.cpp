// The manual page and the completion of bash: all that there is, in a form that their readers
// accept.

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_table.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

bool is_here(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
}

/// As roff writes a word: "\-\-trials".
std::string in_roff(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '-' ? "\\-" : std::string(1, c);
  return result;
}

/// What bash offers for the last of `words`.
std::set<std::string> completed(const Words& words, const std::filesystem::path& directory) {
  const std::string script =
      "source <(nas completion bash)\n"
      "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))\n"
      "_nas\n"
      "printf '%s\\n' \"${COMPREPLY[@]}\"";
  Words all = {"-c", script, "bash"};
  all.insert(all.end(), words.begin(), words.end());
  const Outcome outcome = nas_program(all, {.directory = directory, .program = "/bin/bash"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  std::istringstream lines(outcome.out);
  std::set<std::string> offered;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) offered.insert(line);
  }
  return offered;
}

std::set<std::string> completed(const Words& words) { return completed(words, {}); }

TEST_CASE("the manual page has every command, every option and every exit code") {
  const Outcome outcome = nas_program({"help", "--man"});
  REQUIRE(outcome.code == 0);
  CHECK(outcome.out.starts_with(".TH NAS 1 "));
  for (const cli::Command& command : cli::commands()) {
    CHECK(contains(outcome.out, "\\fBnas " + in_roff(command.name) + "\\fR"));
  }
  for (const cli::OptionRow& row : cli::option_table()) {
    CHECK(contains(outcome.out,
                   "\\fB" + in_roff(std::string("--") + std::string(row.name)) + "\\fR"));
  }
  check_rejected({"help", "--man", "run"}, 2, "--man is the manual of all commands");
}

TEST_CASE("the README has the exit codes of the manual") {
  const std::string readme = file_content(NAS_README);
  for (const auto& [codes, meaning] : cli::exit_code_meanings()) {
    CHECK(contains(readme, "| " + std::string(codes) + " | " + std::string(meaning) + " |"));
  }
}

TEST_CASE("roff has nothing to complain of in the manual page") {
  if (!is_here("groff")) {
    WARN("there is no groff here: left out");
    return;
  }
  const TemporaryDirectory directory;
  directory.write("nas.1", nas_program({"help", "--man"}).out);
  const Outcome outcome = nas_program({"-man", "-ww", "-Tutf8", "-P-cbou", "nas.1"},
                                      {.directory = directory.path(), .program = "/usr/bin/groff"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(contains(outcome.out, "EXIT STATUS"));
  // What an apostrophe or a backslash begins, a roff that understands them otherwise swallows.
  CHECK(contains(outcome.out, "'none'"));
}

TEST_CASE("bash completes verbs, options and the values that are known") {
  using Set = std::set<std::string>;
  CHECK(completed({"nas", "ver"}) == Set{"verify", "version"});
  CHECK(completed({"nas", "space", "sh"}) == Set{"show"});
  CHECK(completed({"nas", "help", "space", "e"}) == Set{"edf", "enumerate"});
  CHECK(completed({"nas", "verify", "--t"}) == Set{"--trials"});
  CHECK(completed({"nas", "space", "count", "--t"}).empty());
  CHECK(completed({"nas", "run", "--strategy", "ev"}) == Set{"evolution"});
  CHECK(completed({"nas", "run", "--strategy", "=", "ev"}) == Set{"evolution"});
  CHECK(completed({"nas", "run", "--estimator", "tr"}) == Set{"train"});
  CHECK(completed({"nas", "run", "--space", "nasbench2"}) == Set{"nasbench201"});
  CHECK(completed({"nas", "run", "--data", "fash"}) == Set{"fashion-mnist"});
  CHECK(completed({"nas", "run", "--precision", ""}) == Set{"bf16", "float32"});
  CHECK(completed({"nas", "run", "--objective", "val_a"}) == Set{"val_accuracy"});
  CHECK(completed({"nas", "run", "--max", "ram_i"}) == Set{"ram_int8="});
  CHECK(completed({"nas", "report", "run", "--reference", "ds"}) == Set{"ds-cnn"});
  CHECK(completed({"nas", "compare", "run", "--reference", "val_a"}) == Set{"val_accuracy="});
  CHECK(completed({"nas", "run", "--strategy", "nsga2", "--set", "nsga2.pop"}) ==
        Set{"nsga2.population="});
  CHECK(completed({"nas", "run", "--space", "mnasnet", "--set", "mnasnet.pr"}) ==
        Set{"mnasnet.preset="});
  CHECK(completed({"nas", "plugin", "info", "hyper"}) == Set{"hyperband"});
  CHECK(completed({"nas", "run", "--trials", ""}).empty());
}

TEST_CASE("bash completes runs and files by their names") {
  using Set = std::set<std::string>;
  const TemporaryDirectory directory;
  directory.write("my runs/first/run.json", "");
  directory.write("mine.json", "");
  CHECK(completed({"nas", "show", "my"}, directory.path()) == Set{"my runs"});
  CHECK(completed({"nas", "run", "--config", "mi"}, directory.path()) == Set{"mine.json"});
  CHECK(completed({"nas", "run", "--space", "mi"}, directory.path()) == Set{"mine.json"});
}

TEST_CASE("there is a completion for bash alone") {
  check_rejected({"completion", "fish"}, 2, "no completion for 'fish'; there is one for: bash");
  check_rejected({"completion"}, 2, "needs SHELL");
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    widest = std::max(widest, line.size());
  }
  return widest;
}

TEST_CASE("help keeps to the width of the terminal") {
  for (const unsigned short columns : std::vector<unsigned short>{60, 80, 120}) {
    for (const Words& words : {Words{"help"}, Words{"help", "run"}, Words{"help", "verify"},
                               Words{"help", "space"}, Words{"space", "edf", "--help"}}) {
      const Outcome outcome = nas_program(words, {.terminal = columns});
      CHECK(outcome.code == 0);
      CHECK(widest_line(outcome.out) <= columns);
    }
  }
}

}  // namespace
}  // namespace nas
