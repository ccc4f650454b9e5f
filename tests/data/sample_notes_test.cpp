#include "core/data/sample_notes.hpp"

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/data/sample_files.hpp"

namespace nas::test {
namespace {

TEST_CASE("what is noted of samples gives back their normalisation, to the last bit") {
  auto dataset = dataset_of_labels({0, 1, 0, 1}, 2);
  dataset->name = "noted";
  const Normalisation normalisation{{1.0F / 3, 72.94035F}, {1e-7F, 90.02118F}};
  const SampleNotes notes = notes_of({dataset, false, {0, 1}, normalisation});
  CHECK(notes.at("data") == "noted");
  CHECK(notes.at("data_hash") == dataset->hash.text());
  CHECK_FALSE(notes.contains("class_names"));
  CHECK(noted_normalisation(notes) == normalisation);
  dataset->class_names = {"shirt \"A\"", "bag"};
  CHECK(notes_of({dataset, false, {}, normalisation}).at("class_names") ==
        R"(["shirt \"A\"","bag"])");
}

TEST_CASE("notes without a normalisation have none, and damaged ones are refused") {
  CHECK_FALSE(noted_normalisation({{"data", "x"}}).has_value());
  const std::string message = rejection(ErrorKind::data, [] {
    noted_normalisation({{"mean", "[1, \"a\"]"}, {"deviation", "[1]"}});
  });
  CHECK_THAT(message, Catch::Contains("expected an array of numbers"));
  rejection(ErrorKind::data, [] { noted_normalisation({{"mean", "[1"}, {"deviation", "[1]"}}); });
  const std::string unequal = rejection(ErrorKind::data, [] {
    noted_normalisation({{"mean", "[1]"}});
  });
  CHECK_THAT(unequal, Catch::Contains("1 means and 0 deviations"));
}

}  // namespace
}  // namespace nas::test
