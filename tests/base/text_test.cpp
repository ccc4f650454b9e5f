#include "core/base/text.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "core/base/json_error.hpp"

namespace nas {
namespace {

TEST_CASE("a quantity may have a unit of 1000 or of 1024") {
  CHECK(parse_quantity("12") == 12.0);
  CHECK(parse_quantity("2.5M") == 2.5e6);
  CHECK(parse_quantity("3k") == 3000.0);
  CHECK(parse_quantity("1G") == 1e9);
  CHECK(parse_quantity("320KiB") == 320.0 * 1024);
  CHECK(parse_quantity("1.5MiB") == 1.5 * 1024 * 1024);
  CHECK(parse_quantity("2GiB") == 2.0 * 1024 * 1024 * 1024);
  CHECK(parse_quantity("-3k") == -3000.0);
}

TEST_CASE("what is no quantity is none") {
  for (const char* text : {"", "k", "KiB", "12abc", "12 k", " 12", "1K", "1kib", "1kk", "nan",
                           "inf", "nank", "1e400", "1e306k", "0x10", "--1"}) {
    CAPTURE(text);
    CHECK(parse_quantity(text) == std::nullopt);
  }
}

TEST_CASE("whole numbers are read to the ends of their range and no further") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-3") == -3);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "", "-", "+1", " 1", "1 ",
                           "1.0", "1e3", "12abc", "0x1f", "nan"}) {
    CAPTURE(text);
    CHECK(parse_integer(text) == std::nullopt);
  }
}

TEST_CASE("a number must be finite and stand alone") {
  CHECK(parse_real("0.25") == 0.25);
  CHECK(parse_real("-3") == -3.0);
  CHECK(parse_real("1e-3") == 0.001);
  CHECK(parse_real("1e308") == 1e308);
  for (const char* text :
       {"", "1e400", "-1e400", "nan", "inf", "-inf", "infinity", "12abc", "1,5", "1.5 ", "."}) {
    CAPTURE(text);
    CHECK(parse_real(text) == std::nullopt);
  }
}

TEST_CASE("the nearest name is the one with the fewest typing errors") {
  const std::vector<std::string> known{"population", "sample", "mutation"};
  CHECK(nearest_name("populaton", known) == "population");
  CHECK(nearest_name("Population", known) == "population");
  CHECK(nearest_name("smaple", known) == "sample");  // two letters swapped are one error
  CHECK(nearest_name("mutations", known) == "mutation");
}

TEST_CASE("a name that is like none has no nearest") {
  CHECK(nearest_name("epochs", {"population", "sample"}) == std::nullopt);
  CHECK(nearest_name("x", {"y"}) == std::nullopt);
  CHECK(nearest_name("", {"y", ""}) == std::nullopt);
  CHECK(nearest_name("population", {}) == std::nullopt);
}

TEST_CASE("names that are equally near are chosen between by the alphabet") {
  CHECK(nearest_name("batt", {"bats", "bath"}) == "bath");
  CHECK(nearest_name("batt", {"bath", "bats"}) == "bath");
}

TEST_CASE("a suggestion lists what is known") {
  CHECK(suggestion("randon", {"evolution", "random"}) ==
        "; did you mean 'random'? (known: evolution, random)");
  CHECK(suggestion("hill", {"evolution", "random"}) == " (known: evolution, random)");
  CHECK(suggestion("hill", {}) == " (none are known)");
}

TEST_CASE("counts are shown with three digits") {
  CHECK(human_count(0) == "0");
  CHECK(human_count(999) == "999");
  CHECK(human_count(1000) == "1.00 k");
  CHECK(human_count(1234567) == "1.23 M");
  CHECK(human_count(12.5) == "12.5");
  CHECK(human_count(999499) == "999 k");
  CHECK(human_count(999600) == "1.00 M");
  CHECK(human_count(9996) == "10.0 k");
  CHECK(human_count(-2500) == "-2.50 k");
  CHECK(human_count(300774272) == "301 M");
  CHECK(human_count(std::numeric_limits<double>::quiet_NaN()) == "unknown");
}

TEST_CASE("bytes are shown in powers of 1024") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(1023) == "1023 B");
  CHECK(human_bytes(1024) == "1.00 KiB");
  CHECK(human_bytes(98304) == "96.0 KiB");
  CHECK(human_bytes(320.0 * 1024) == "320 KiB");
  CHECK(human_bytes(1536.0 * 1024) == "1.50 MiB");
  CHECK(human_bytes(std::numeric_limits<double>::infinity()) == "unknown");
}

TEST_CASE("natural numbers have 64 bits, and no sign") {
  CHECK(parse_natural("0") == 0U);
  CHECK(parse_natural("18446744073709551615") == 18446744073709551615U);
  for (const char* text : {"18446744073709551616", "-1", "+1", "1.0", "", " 1"}) {
    CHECK_FALSE(parse_natural(text).has_value());
  }
}

TEST_CASE("what is counted has an s unless there is one") {
  CHECK(counted(0, "trial") == "0 trials");
  CHECK(counted(1, "epoch") == "1 epoch");
  CHECK(counted(2.5, "epoch") == "2.5 epochs");
  CHECK(counted(1e7, "trial") == "10000000 trials");
}

TEST_CASE("durations are shown in their two largest units") {
  CHECK(human_seconds(0) == "0.0s");
  CHECK(human_seconds(8.14) == "8.1s");
  CHECK(human_seconds(9.97) == "10s");
  CHECK(human_seconds(59.6) == "1m 0s");
  CHECK(human_seconds(83.2) == "1m 23s");
  CHECK(human_seconds(3600) == "1h 0m");
  CHECK(human_seconds(90000) == "1d 1h");
  CHECK(human_seconds(-83.2) == "-1m 23s");
  CHECK(human_seconds(std::numeric_limits<double>::quiet_NaN()) == "unknown");
}

}  // namespace
}  // namespace nas

TEST_CASE("of an error in JSON the library's name for it is left out") {
  const std::runtime_error error("[json.exception.parse_error.101] parse error at line 1");
  CHECK(nas::json_error(error) == "parse error at line 1");
  CHECK(nas::json_error(std::runtime_error("no [name] here")) == "no [name] here");
}
