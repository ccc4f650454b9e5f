// What results/FORMAT.md shows is what the program writes.

#include <fstream>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "results/run_directory.hpp"
#include "results/run_summary.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

/// The code blocks of the document that begin with ```language.
std::vector<std::string> blocks(const std::string& language) {
  const std::string text = file_content(NAS_FORMAT_DOCUMENT);
  const std::string fence = "```" + language + "\n";
  std::vector<std::string> found;
  std::size_t position = 0;
  while ((position = text.find(fence, position)) != std::string::npos) {
    const std::size_t begin = position + fence.size();
    const std::size_t end = text.find("```", begin);
    found.push_back(text.substr(begin, end - begin));
    position = end + 3;
  }
  return found;
}

TEST_CASE("the tables in the document are those of the database") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "trials.sqlite";
  TrialStore(file, TrialStore::Access::write).finish();
  SQLite::Database database(file.string());
  SQLite::Statement query(database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
  std::string tables;
  while (query.executeStep()) tables += query.getColumn(0).getString() + ";\n";
  REQUIRE(blocks("sql").size() == 1);
  CHECK(blocks("sql")[0] == tables);
}

TEST_CASE("the run.json in the document can be opened, and is written like this") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "run";
  REQUIRE(blocks("json").size() == 2);
  const nlohmann::json shown = nlohmann::json::parse(blocks("json")[0]);
  {
    RunDirectory::create(path, run_config_from_json(shown.at("config")), shown.at("environment"));
    std::ifstream in(path / "run.json");
    nlohmann::json written = nlohmann::json::parse(in);
    written["created"] = shown.at("created");
    CHECK(written == shown);
  }
  directory.write(path / "run.json", blocks("json")[0]);
  CHECK_NOTHROW(RunDirectory::open(path, RunDirectory::Access::read));
}

TEST_CASE("the trial in the document is the one that the program shows") {
  CHECK(nlohmann::json::parse(blocks("json").at(1)) == to_json(sample_trial(0)));
}

}  // namespace
}  // namespace nas
