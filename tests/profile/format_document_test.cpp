// What core/profile/FORMAT.md shows is a table that the program reads.
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "core/profile/latency_table.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"

using namespace nas;

TEST_CASE("the example in the document is read and written as it stands") {
  const std::string text = file_content(NAS_FORMAT_DOCUMENT);
  const std::string fence = "```csv\n";
  const std::size_t begin = text.find(fence) + fence.size();
  const std::string example = text.substr(begin, text.find("```", begin) - begin);

  const TemporaryDirectory directory;
  const auto file = directory.path() / "latency.csv";
  std::ofstream(file) << example;
  const LatencyTable table = LatencyTable::read(file);
  CHECK(table.steps().size() == 4);
  table.write(file);
  CHECK(file_content(file) == example);
}
