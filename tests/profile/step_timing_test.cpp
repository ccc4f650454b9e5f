#include "core/profile/step_timing.hpp"

#include <catch2/catch.hpp>

#include "core/engine/program.hpp"
#include "core/profile/median.hpp"
#include "tests/profile/networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Readings before the first run, which tell what a reading costs: 2 microseconds.
constexpr int calibration = 102;
constexpr double reading = 2;

const Pace calm{.chain = 2, .stream = 1};
const Pace crowded{.chain = 2, .stream = 1.2};
Pace always_calm() { return calm; }

/// Settings under which a run takes 1 microsecond after `paces.front()`, 2 after the next one, …;
/// the last pace stays.
struct Script {
  std::vector<Pace> paces;
  std::size_t place = 0;
  double now = 0;
  bool running = false;

  TimingSettings settings(int runs) {
    return {.warm_up = 1,
            .runs = runs,
            .clock =
                [this] {
                  running = !running;
                  if (!running) now += static_cast<double>(place);
                  return now;
                },
            .pace = [this] { return paces[std::min(place++, paces.size() - 1)]; }};
  }
};

}  // namespace

TEST_CASE("a step takes the mean over the middle half of the runs, less what the clock takes") {
  const std::size_t steps = step_keys(deep_network(), {.batch = 1}).size();
  // Of each step of each run; by length the first run is the quickest, the third the slowest.
  const double added[] = {-5, 10, 1000, 30};
  int readings = 0;
  double now = 0;
  const auto clock = [&] {
    const auto since = static_cast<std::size_t>(std::max(readings++ - calibration, 0));
    const std::size_t place = since % (steps + 1);
    const std::size_t run = since / (steps + 1);
    // Step k takes 10 * (k + 1) microseconds, and what is added to all of the run.
    now += reading + (place == 0 ? 0 : 10.0 * static_cast<double>(place) + added[run]);
    return now;
  };
  const std::vector<double> times =
      time_steps(deep_network(), calm,
                 {.warm_up = 1, .runs = 4, .clock = clock, .pace = always_calm})
          .microseconds;
  REQUIRE(times.size() == steps);
  for (std::size_t k = 0; k < steps; ++k) {
    CHECK(times[k] == Approx(10.0 * static_cast<double>(k + 1) + 20).margin(1e-9));
  }
}

TEST_CASE("a network takes the median of its runs") {
  double now = 0;
  double next = 0;
  const auto clock = [&] { return now += next++; };
  // Runs of 1, 3, 5, 7 microseconds.
  const NetworkTime time = time_network(
      deep_network(), calm, {.warm_up = 1, .runs = 4, .clock = clock, .pace = always_calm});
  CHECK(time.microseconds == 4);
  CHECK(time.undisturbed);
}

TEST_CASE("with a clock of its own every step and the whole take some time") {
  double sum = 0;
  for (const double time : time_steps(deep_network(), calm, {}).microseconds) {
    CHECK(time >= 0);
    sum += time;
  }
  CHECK(sum > 0);
  CHECK(time_network(deep_network(), calm, {}).microseconds > 0);
}

TEST_CASE(
    "a run does not count where the core was shared before or after it, nor the run after it") {
  // Undisturbed at last: the runs of 1 and of 5, 6, 7 microseconds.
  Script script{.paces = {calm, calm, crowded, calm, calm}};
  const NetworkTime time = time_network(deep_network(), calm, script.settings(4));
  CHECK(time.undisturbed);
  CHECK(time.microseconds == 5.5);
}

TEST_CASE("a run does not count where the clock moved") {
  const Pace fast{.chain = 1.5, .stream = 0.75};
  CHECK(is_undisturbed(fast, fast, calm));
  CHECK_FALSE(is_undisturbed(calm, fast, calm));
}

TEST_CASE("what a run took is told at the clock of the reference") {
  Script script{.paces = {{.chain = 4, .stream = 2}}};
  CHECK(time_network(deep_network(), calm, script.settings(3)).microseconds == 1);
}

TEST_CASE("where nothing is undisturbed, the least disturbed runs are taken, and that is said") {
  const Pace worse{.chain = 2, .stream = 2};
  Script script{.paces = {crowded, crowded, worse, crowded, crowded, worse}};
  const NetworkTime time = time_network(deep_network(), calm, script.settings(2));
  CHECK_FALSE(time.undisturbed);
  CHECK(time.microseconds == 2.5);  // of 1 and 4
}

TEST_CASE("the median of an even number is the mean of the middle two") {
  std::vector<double> odd = {5, 1, 3};
  std::vector<double> even = {4, 1, 3, 100};
  CHECK(median(odd) == 3);
  CHECK(median(even) == 3.5);
}
