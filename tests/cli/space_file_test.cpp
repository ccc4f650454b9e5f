// Spaces of one's own, in files.

#include <fstream>

#include <catch2/catch.hpp>

#include "search_spaces/described.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/cli/rejected.hpp"

namespace nas {
namespace {

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

TEST_CASE("a file stands where the name of a space does") {
  const TemporaryDirectory directory;
  write(directory.path() / "mine.json", example_description());
  const Surroundings here{.directory = directory.path()};
  CHECK(nas_program({"space", "count", "mine.json"}, here).out == "4608\n");
  const auto shown = nas_program({"space", "show", "mine.json", "--json"}, here).json();
  CHECK(shown.at("size") == "4608");
  CHECK(shown.at("description") == "example. Two stages of layers, then one of two cells.");
  const auto samples =
      nas_program({"space", "sample", "mine.json", "-n", "3", "--json"}, here).json();
  CHECK(samples.at("samples").size() == 3);
  const auto check = nas_program({"space", "check", "mine.json", "--json"}, here).json();
  CHECK(check.at("name") == "example");
  CHECK(check.at("size") == "4608");
  CHECK(check.at("decisions") == 12);
}

TEST_CASE("what is wrong with a file is told with its line") {
  const TemporaryDirectory directory;
  std::string text = example_description();
  const std::string stride = R"("stride": 2)";
  write(directory.path() / "wrong.json",
        text.replace(text.find(stride), stride.size(), R"("stride": 3)"));
  const Surroundings here{.directory = directory.path()};
  for (const Words& words :
       {Words{"space", "check", "wrong.json"}, Words{"space", "count", "wrong.json"},
        Words{"run", "--space", "wrong.json", "--dry-run"}}) {
    const Outcome outcome = nas_program(words, here);
    CHECK(outcome.code != 0);
    CHECK(contains(outcome.err,
                   "wrong.json:12: stages[0].stride is '3' but must be a whole number "
                   "between 1 and 2"));
  }
  const Outcome absent = nas_program({"space", "check", "absent.json"}, here);
  CHECK(contains(absent.err, "cannot read the description of a space 'absent.json'"));
}

TEST_CASE("a stride that kills the resolution is found for the given input") {
  const TemporaryDirectory directory;
  write(directory.path() / "mine.json", example_description());
  const Surroundings here{.directory = directory.path()};
  CHECK(contains(nas_program({"space", "check", "mine.json", "--input", "1x4x4"}, here).err,
                 "mine.json:29: stage 'late': stride '2' has nothing left to halve"));
}

TEST_CASE("a run records its description and does without the file from then on") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "mine.json";
  const auto run = directory.path() / "run";
  write(file, example_description());
  const Words words = constant_run(run, {"--space", file.string()});
  REQUIRE(nas_program(words).code == 0);
  const nlohmann::json before = trials_of(run);
  std::filesystem::remove(file);
  CHECK(nas_program({"eval", run.string(), "--json"}).code == 0);
  CHECK(nas_program({"show", run.string(), "0"}).code == 0);
  CHECK(nas_program({"resume", run.string()}).code == 0);
  CHECK(trials_of(run) == before);
}

TEST_CASE("a built-in space is printed as a description that describes it") {
  const TemporaryDirectory directory;
  const Surroundings here{.directory = directory.path()};
  const Outcome described = nas_program({"space", "show", "proxyless", "--description"}, here);
  REQUIRE(described.code == 0);
  write(directory.path() / "proxyless.json", described.out);
  const auto count = [&](const char* name) {
    return nas_program({"space", "count", name, "--json"}, here).json().at("size");
  };
  CHECK(count("proxyless.json") == count("proxyless"));
  CHECK(contains(nas_program({"space", "show", "mine", "--description"}, here).err, "'mine'"));
}

}  // namespace
}  // namespace nas
