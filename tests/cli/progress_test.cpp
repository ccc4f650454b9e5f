// The line that says how far a search is.

#include "cli/progress.hpp"

#include <catch2/catch.hpp>

#include "cli/table.hpp"
#include "tests/cli/rejected.hpp"

namespace nas::cli {
namespace {

SearchProgress sample() {
  return {.finished = 17,
          .trials = 48,
          .metric = "val_accuracy",
          .best_value = 0.8152,
          .best_trial = 9,
          .running = 2,
          .seconds_left = 129.2};
}

TEST_CASE("the line tells what is done, the best, what runs and when it ends") {
  CHECK(to_string(sample()) ==
        "17/48 done · best val_accuracy 81.52 % (trial 9) · running 2 · eta 2m 10s");
}

TEST_CASE("what is said of the best is shortened, the time left never") {
  const SearchProgress progress = sample();
  CHECK(to_string(progress, 66) ==
        "17/48 done · best val_accuracy 81.52 % · running 2 · eta 2m 10s");
  CHECK(to_string(progress, 59) == "17/48 done · best 81.52 % · running 2 · eta 2m 10s");
  CHECK(to_string(progress, 40) == "17/48 done · best 81.52 % · eta 2m 10s");
  CHECK(to_string(progress, 30) == "17/48 done · eta 2m 10s");
  for (std::size_t width = 24; width < 100; ++width) {
    CHECK(display_width(to_string(progress, width)) <= width);
    CHECK(contains(to_string(progress, width), "eta 2m 10s"));
  }
}

TEST_CASE("a line without a best, a time or running trials says nothing of them") {
  CHECK(to_string(SearchProgress{.finished = 0, .trials = 48}) == "0/48 done");
}

TEST_CASE("a final training that nothing tells the time of is named") {
  SearchProgress progress = sample();
  progress.final_training_follows = true;
  CHECK(contains(to_string(progress), "eta 2m 10s + final training"));
}

TEST_CASE("times left are whole seconds, and at least one") {
  CHECK(eta_text(std::nullopt).empty());
  CHECK(eta_text(0.0) == " · eta 1s");
  CHECK(eta_text(4.2) == " · eta 5s");
  CHECK(eta_text(59.5) == " · eta 1m 0s");
}

}  // namespace
}  // namespace nas::cli
