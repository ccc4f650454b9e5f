#include "core/data/csv_table.hpp"

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

using Catch::Matchers::Contains;

class Files {
 public:
  CsvTable read(const std::string& content, const std::string& name = "t.csv") const {
    return CsvTable(directory_.write(name, content));
  }
  std::string rejection(const std::string& content) const {
    return nas::rejection(ErrorKind::data, [&] { read(content); });
  }
  std::filesystem::path folder() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("a table has columns by name, cells and the lines of its rows") {
  const Files files;
  const std::string content = "code,val,note\n01,0.5,first\n10,,\n";
  const CsvTable table = files.read(content);
  CHECK(table.columns() == std::vector<std::string>{"code", "val", "note"});
  REQUIRE(table.rows() == 2);
  CHECK(table.cell(0, 0) == "01");
  CHECK(table.cell(0, table.column("note", "x")) == "first");
  CHECK(table.cell(1, 1).empty());
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 3);
}

TEST_CASE("a table may be gzip, end its lines as Windows does, and begin with a byte order mark") {
  const Files files;
  const std::string content =
      "\xEF\xBB\xBF"
      "a,b\r\n1,2\r\n3,4";
  for (const std::string name : {"t.csv", "t.csv.gz"}) {
    const CsvTable table = files.read(name == "t.csv" ? content : gzip(content), name);
    CHECK(table.columns() == std::vector<std::string>{"a", "b"});
    REQUIRE(table.rows() == 2);
    CHECK(table.cell(1, 1) == "4");
  }
}

TEST_CASE("in quotes commas, line ends and doubled quotes are text") {
  const Files files;
  const CsvTable table = files.read("\"a,b\",c\n\"one\ntwo\",\"say \"\"x\"\"\"\n5,\"\"\n");
  CHECK(table.columns() == std::vector<std::string>{"a,b", "c"});
  REQUIRE(table.rows() == 2);
  CHECK(table.cell(0, 0) == "one\ntwo");
  CHECK(table.cell(0, 1) == "say \"x\"");
  CHECK(table.cell(1, 1).empty());
  CHECK(table.line(1) == 4);
}

TEST_CASE("empty lines at the end are nothing") {
  const Files files;
  CHECK(files.read("a,b\n1,2\n\n\r\n").rows() == 1);
}

TEST_CASE("malformed tables are refused with the line") {
  const Files files;
  CHECK_THAT(files.rejection("a,b\n1,2\n3\n"),
             Contains("t.csv', line 3: 1 cell, and the header names 2 columns"));
  CHECK_THAT(files.rejection("a,b\n\n1,2\n"), Contains("line 2: 1 cell"));
  CHECK_THAT(files.rejection("a,b\n1,2,3\n"), Contains("line 2: 3 cells"));
  CHECK_THAT(files.rejection("a,b\n\"x\ny\",1\nz,\"1\n"),
             Contains("line 4: a quote that begins here has no end"));
  CHECK_THAT(files.rejection("a,b\n1,2\"\n"), Contains("line 2: a quote in a cell"));
  CHECK_THAT(files.rejection("a,b\n\"1\"2,3\n"), Contains("line 2: '2' follows a closing quote"));
  CHECK_THAT(files.rejection("a,a\n1,2\n"), Contains("line 1: two columns are called 'a'"));
  CHECK_THAT(files.rejection("a,\n1,2\n"), Contains("line 1: column 2 has no name"));
  CHECK_THAT(files.rejection("a,b\n"), Contains("there is no row, only a header"));
  CHECK_THAT(files.rejection(""), Contains("the file is empty"));
  CHECK_THAT(files.rejection(std::string("a,b\n1,\0\n", 8)), Contains("line 2: a zero byte"));
}

TEST_CASE("an unknown column is told with the nearest") {
  const Files files;
  const CsvTable table = files.read("code,val_acc\n1,2\n");
  const std::string message =
      rejection(ErrorKind::config, [&] { table.column("val_ac", "table.objective"); });
  CHECK_THAT(message, Contains("table.objective: ") && Contains("no column 'val_ac'") &&
                          Contains("did you mean 'val_acc'"));
}

TEST_CASE("a file that is not there is an error of reading") {
  const Files files;
  const std::string message =
      rejection(ErrorKind::io, [&] { CsvTable(files.folder() / "absent.csv"); });
  CHECK_THAT(message, Contains("absent.csv"));
}

}  // namespace nas::test
