#include "results/json_fields.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/base/rejection.hpp"

namespace nas {
namespace {

const nlohmann::json sample = nlohmann::json::parse(R"({
  "text": "a", "flag": true, "real": 0.5, "whole": 3, "negative": -3, "large": 18446744073709551615,
  "object": {}, "array": [], "null": null })");

template <typename Read>
std::string wrong(const Read& read) {
  return rejection(ErrorKind::run_directory, [&] {
    JsonFields fields(sample, "run.json", "config");
    read(fields);
  });
}

TEST_CASE("fields are read by type") {
  JsonFields fields(sample, "run.json", "");
  CHECK(fields.text("text") == "a");
  CHECK(fields.boolean("flag"));
  CHECK(fields.real("real") == 0.5);
  CHECK(fields.real("whole") == 3);
  CHECK(fields.integer("negative") == -3);
  CHECK(fields.small_integer("whole") == 3);
  CHECK(fields.natural("large") == 18446744073709551615u);
  CHECK(fields.object("object").empty());
  CHECK(fields.array("array").empty());
}

TEST_CASE("a field that is missing is named with its path") {
  CHECK(wrong([](JsonFields& fields) { fields.text("tex"); }) ==
        "'run.json': field 'config.tex' is missing");
}

TEST_CASE("a field of another type is named with what it must be and what it is") {
  CHECK(wrong([](JsonFields& f) { f.text("whole"); }) ==
        "'run.json': field 'config.whole' must be a text, but is '3'");
  CHECK(wrong([](JsonFields& f) { f.boolean("whole"); }) ==
        "'run.json': field 'config.whole' must be true or false, but is '3'");
  CHECK(wrong([](JsonFields& f) { f.real("text"); }) ==
        "'run.json': field 'config.text' must be a number, but is '\"a\"'");
  CHECK(wrong([](JsonFields& f) { f.object("array"); }) ==
        "'run.json': field 'config.array' must be an object, but is '[]'");
  CHECK(wrong([](JsonFields& f) { f.array("null"); }) ==
        "'run.json': field 'config.null' must be an array, but is 'null'");
  CHECK(wrong([](JsonFields& f) { f.natural("negative"); }) ==
        "'run.json': field 'config.negative' must be a whole number from 0 to 2^64 - 1, but is "
        "'-3'");
}

TEST_CASE("a whole number out of range is refused") {
  const char* name = GENERATE("real", "large", "text", "negative");
  CHECK_THAT(wrong([&](JsonFields& f) { f.integer(name, 0, 2); }),
             Catch::Contains("must be a whole number from 0 to 2, but is"));
  CHECK_THAT(wrong([&](JsonFields& f) { f.small_integer("large"); }),
             Catch::Contains("from -2147483648 to 2147483647, but is '18446744073709551615'"));
}

TEST_CASE("a field that nobody has asked for is refused, with the name that was meant") {
  const nlohmann::json object = {{"windw", 3}};
  const std::string message = rejection(ErrorKind::run_directory, [&] {
    JsonFields fields(object, "run.json", "config");
    try {
      fields.integer("window");
    } catch (const Error&) {
    }
    fields.no_others();
  });
  CHECK_THAT(message, Catch::StartsWith("'run.json': unknown field 'config.windw'") &&
                          Catch::Contains("'window'"));
}

TEST_CASE("what is no object is refused, in a few words however long it is") {
  const nlohmann::json array = nlohmann::json(std::string(1000, 'x'));
  const std::string message =
      rejection(ErrorKind::run_directory, [&] { JsonFields(array, "run.json", "config"); });
  CHECK_THAT(message, Catch::StartsWith("'run.json': field 'config' must be an object, but is"));
  CHECK(message.size() < 200);
  CHECK_THAT(rejection(ErrorKind::run_directory, [&] { JsonFields(array, "run.json", ""); }),
             Catch::StartsWith("'run.json': the whole must be an object"));
}

}  // namespace
}  // namespace nas
