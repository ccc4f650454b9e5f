#include "core/base/options.hpp"

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"

namespace nas {
namespace {

constexpr OptionSpec table[] = {
    {"population", OptionType::integer, "50", "Members.", 2, 1000},
    {"offset", OptionType::integer, "-3", "Unbounded."},
    {"rate", OptionType::real, "0.10", "Share.", 0, 1},
    {"elitist", OptionType::boolean, "no", "Whether the best stays."},
    {"label", OptionType::text, nullptr, "Anything."},
    {"select", OptionType::choice, "oldest", "Who goes.", 0, 0, "oldest|worst|random"},
};

OptionValues values(const std::map<std::string, std::string>& given) {
  return OptionValues("evolution", table, given);
}

std::string rejected(const std::map<std::string, std::string>& given) {
  return rejection(ErrorKind::config, [&] { values(given); });
}

TEST_CASE("options that are not given have their defaults") {
  const OptionValues options = values({});
  CHECK(options.integer("population") == 50);
  CHECK(options.integer("offset") == -3);
  CHECK(options.real("rate") == 0.1);
  CHECK_FALSE(options.boolean("elitist"));
  CHECK(options.text("label").empty());
  CHECK(options.text("select") == "oldest");
}

TEST_CASE("options that are given replace their defaults") {
  const OptionValues options = values({{"population", "64"},
                                       {"rate", "1e-2"},
                                       {"elitist", "yes"},
                                       {"label", "a|b = c"},
                                       {"select", "random"}});
  CHECK(options.integer("population") == 64);
  CHECK(options.real("population") == 64.0);
  CHECK(options.real("rate") == 0.01);
  CHECK(options.boolean("elitist"));
  CHECK(options.text("label") == "a|b = c");
  CHECK(options.text("select") == "random");
}

TEST_CASE("a boolean can be said in four ways") {
  for (const char* text : {"true", "yes", "on", "1"}) {
    CHECK(values({{"elitist", text}}).boolean("elitist"));
  }
  for (const char* text : {"false", "no", "off", "0"}) {
    CHECK_FALSE(values({{"elitist", text}}).boolean("elitist"));
  }
}

TEST_CASE("options are recorded in one way however they were typed") {
  const auto all = values({{"population", "0064"}, {"elitist", "on"}}).all();
  CHECK(all.size() == std::size(table));
  CHECK(all.find("population")->second == "64");
  CHECK(all.find("elitist")->second == "true");
  CHECK(all.find("rate")->second == "0.1");
}

TEST_CASE("what is recorded is read back as the same") {
  const OptionValues options = values({{"rate", "0.3333333333333333"}, {"elitist", "1"}});
  std::map<std::string, std::string> recorded(options.all().begin(), options.all().end());
  CHECK(values(recorded).all() == options.all());
  CHECK(values(recorded).real("rate") == 0.3333333333333333);
}

TEST_CASE("an unknown option suggests the nearest") {
  CHECK(rejected({{"populaton", "64"}}) ==
        "unknown option 'evolution.populaton'; did you mean 'population'? "
        "(known: population, offset, rate, elitist, label, select)");
}

TEST_CASE("an option of a table without options is unknown") {
  const auto message = rejection(ErrorKind::config, [] {
    OptionValues("random", {}, {{"population", "64"}});
  });
  CHECK(message == "unknown option 'random.population' (none are known)");
}

TEST_CASE("a value of another type or out of range is rejected with what is allowed") {
  CHECK(rejected({{"population", "many"}}) ==
        "option 'evolution.population' is 'many' but must be a whole number between 2 and 1000");
  for (const char* text : {"", "1", "1001", "64.0", "12abc", "99999999999999999999"}) {
    CAPTURE(text);
    rejected({{"population", text}});
  }
  CHECK(rejected({{"offset", "x"}}) ==
        "option 'evolution.offset' is 'x' but must be a whole number");
  CHECK(rejected({{"rate", "1.01"}}) ==
        "option 'evolution.rate' is '1.01' but must be a number between 0 and 1");
  for (const char* text : {"", "nan", "-0.1", "1e400"}) {
    CAPTURE(text);
    rejected({{"rate", text}});
  }
  CHECK(rejected({{"elitist", "maybe"}}) ==
        "option 'evolution.elitist' is 'maybe' but must be true or false");
  CHECK(rejected({{"select", "youngest"}}) ==
        "option 'evolution.select' is 'youngest' but must be one of oldest, worst, random");
}

TEST_CASE("a default that its own table forbids is the plugin's fault") {
  static constexpr OptionSpec broken[] = {{"size", OptionType::integer, "0", "Size.", 1, 9}};
  CHECK(rejection(ErrorKind::plugin, [] { OptionValues("mine", broken, {}); }) ==
        "the option table of 'mine' is broken: the default '0' of 'size' must be a whole number "
        "between 1 and 9");
}

TEST_CASE("a table with a row that has no name is the plugin's fault") {
  static constexpr OptionSpec broken[] = {{nullptr, OptionType::integer, "0", "Size."}};
  CHECK(rejection(ErrorKind::plugin, [] { OptionValues("mine", broken, {}); }) ==
        "the option table of 'mine' is broken: row 0 has no name");
}

TEST_CASE("a table that names an option twice is the plugin's fault") {
  static constexpr OptionSpec broken[] = {{"size", OptionType::integer, "1", "Size."},
                                          {"size", OptionType::real, "2", "Size."}};
  CHECK(rejection(ErrorKind::plugin, [] { OptionValues("mine", broken, {}); }) ==
        "the option table of 'mine' is broken: 'size' is there twice");
}

TEST_CASE("reading an option that the table lacks, or as another type, is a defect") {
  const OptionValues options = values({});
  CHECK(rejection(ErrorKind::internal, [&] { options.text("size"); }) ==
        "'evolution' has no option 'size'");
  CHECK(rejection(ErrorKind::internal, [&] { options.integer("select"); }) ==
        "option 'evolution.select' is read as a whole number, which it is not");
  CHECK(rejection(ErrorKind::internal, [&] { options.real("select"); }) ==
        "option 'evolution.select' is read as a number, which it is not");
  CHECK(rejection(ErrorKind::internal, [&] { options.boolean("select"); }) ==
        "option 'evolution.select' is read as true or false, which it is not");
}

}  // namespace
}  // namespace nas
