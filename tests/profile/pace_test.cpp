#include "core/profile/pace.hpp"

#include <catch2/catch.hpp>

using namespace nas;

TEST_CASE("a pace is what two pieces of work take, one after the other") {
  double now = 0;
  double step = 1;
  PaceMeter meter([&] { return now += step++; });
  CHECK(meter() == Pace{.chain = 2, .stream = 3});
}

TEST_CASE("the pieces take some time, longer ones than the clock can tell apart") {
  PaceMeter meter(steady_microseconds);
  const Pace pace = meter();
  CHECK(pace.chain > 0.1);
  CHECK(pace.stream > 0.1);
}

TEST_CASE("the undisturbed pace is that of the calmest stretch, not of the quickest moment") {
  int calls = 0;
  const Pace found = undisturbed_pace([&] {
    const int now = calls++;
    if (now == 1000) return Pace{.chain = 2, .stream = 0.1};                  // a moment
    if (now >= 64000 && now < 64064) return Pace{.chain = 3, .stream = 1.5};  // a series
    return Pace{.chain = 2, .stream = 1.5};
  });
  CHECK(found == Pace{.chain = 3, .stream = 1.5});
}

TEST_CASE("crowding does not depend on the clock") {
  CHECK(Pace{.chain = 3, .stream = 1.5}.crowding() == Pace{.chain = 2, .stream = 1}.crowding());
}

TEST_CASE("a pace is calmer where it is so by more than chance") {
  const Pace undisturbed{.chain = 2, .stream = 1};
  CHECK(is_calmer({.chain = 4, .stream = 1.8}, undisturbed));
  CHECK_FALSE(is_calmer({.chain = 2, .stream = 0.98}, undisturbed));
  CHECK_FALSE(is_calmer({.chain = 1, .stream = 1}, undisturbed));
}
