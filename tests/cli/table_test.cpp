// Tables for people, in lines of any length.

#include "cli/table.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

namespace nas::cli {
namespace {

using Texts = std::vector<std::string>;

Table sample() {
  return {{{"name"}, {"size", Align::right}, {.title = "remark", .wraps = true}},
          {{"first", "7", "a remark of several words that is long"}, {"second", "1234", ""}}};
}

TEST_CASE("a table that fits has aligned columns, two spaces apart") {
  CHECK(to_text(sample(), 0) ==
        "name    size  remark\n"
        "first      7  a remark of several words that is long\n"
        "second  1234\n");
  CHECK(to_text(sample(), 80) == to_text(sample(), 0));
}

TEST_CASE("a column that may wrap does where lines are too short") {
  CHECK(to_text(sample(), 36) ==
        "name    size  remark\n"
        "first      7  a remark of several\n"
        "              words that is long\n"
        "second  1234\n");
}

TEST_CASE("expendable columns are left out, the highest number first, and named") {
  Table table{{{"run"},
               {.title = "strategy", .expendable = 1},
               {.title = "space", .expendable = 2},
               {"best"}},
              {{"runs/1", "evolution", "mbconv", "0.9"}}};
  CHECK(to_text(table, 31) == to_text(table, 0));
  CHECK(to_text(table, 30) ==
        "run     strategy   best\n"
        "runs/1  evolution  0.9\n"
        "(no room for: space; --json\n"
        "has all)\n");
  CHECK(to_text(table, 15) ==
        "run     best\n"
        "runs/1  0.9\n"
        "(no room for:\n"
        "strategy,\n"
        "space; --json\n"
        "has all)\n");
}

TEST_CASE("where nothing else helps every row is a block of lines, without empty cells") {
  CHECK(to_text(sample(), 24) ==
        "name    first\n"
        "size    7\n"
        "remark  a remark of\n"
        "        several words\n"
        "        that is long\n"
        "\n"
        "name    second\n"
        "size    1234\n");
}

TEST_CASE("text wraps at spaces, within long words after commas, slashes and hyphens") {
  CHECK(wrapped("one two three", 7) == Texts{"one two", "three"});
  CHECK(wrapped("[0,1,2,3,4,5]", 6) == Texts{"[0,1,", "2,3,4,", "5]"});
  CHECK(wrapped("/usr/lib/nas/plugins", 10) == Texts{"/usr/lib/", "nas/", "plugins"});
  CHECK(wrapped("unbreakable", 4) == Texts{"unbr", "eaka", "ble"});
  CHECK(wrapped("one two three", 0) == Texts{"one two three"});
  CHECK(wrapped("", 5) == Texts{""});
}

TEST_CASE("characters count, not bytes") {
  CHECK(display_width("± 0.5 …") == 7);
  CHECK(wrapped("äöüäöü", 3) == Texts{"äöü", "äöü"});
  CHECK(fit("äöüäöü", 4) == "äöü…");
  CHECK(fit("äöü", 3) == "äöü");
}

TEST_CASE("a hanging text is indented as its first line") {
  CHECK(hanging("  key  ", "some words here and there", 20) ==
        "  key  some words\n"
        "       here and\n"
        "       there");
  CHECK(hanging("  key  ", "some words", 0) == "  key  some words");
}

TEST_CASE("a table in Markdown keeps its columns, whatever the cells hold") {
  const Table table{{{"name"}, {"value", Align::right}}, {{"a|b", "1"}, {"c", ""}}};
  CHECK(to_markdown(table) == "| name | value |\n| --- | ---: |\n| a\\|b | 1 |\n| c |  |\n");
}

}  // namespace
}  // namespace nas::cli
