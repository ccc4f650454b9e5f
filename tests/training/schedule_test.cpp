#include "core/training/schedule.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

using namespace nas;

namespace {

/// A few operations in double.
constexpr double rounding = 1e-12;

double rate(std::int64_t step, std::int64_t steps, std::int64_t warmup = 0) {
  return learning_rate(CosineSchedule{}, 0.4, step, {.total = steps, .warmup = warmup});
}

}  // namespace

TEST_CASE("the learning rate starts at its peak, is halved half-way and nearly 0 at the end") {
  CHECK(rate(0, 100) == 0.4);
  CHECK(rate(25, 100) == Approx(0.4 * (1 + std::sqrt(0.5)) / 2).margin(rounding));
  CHECK(rate(50, 100) == Approx(0.2).margin(rounding));
  CHECK(rate(99, 100) == Approx(0.4 * (1 + std::cos(M_PI * 0.99)) / 2).margin(rounding));
  CHECK(rate(99, 100) < 1e-3 * 0.4);
}

TEST_CASE("a single step is taken at the peak") { CHECK(rate(0, 1) == 0.4); }

TEST_CASE("warm-up rises linearly to the peak, where the cosine begins") {
  CHECK(rate(0, 100, 4) == Approx(0.1).margin(rounding));
  CHECK(rate(1, 100, 4) == Approx(0.2).margin(rounding));
  CHECK(rate(3, 100, 4) == Approx(0.4).margin(rounding));
  CHECK(rate(4, 100, 4) == Approx(0.4).margin(rounding));
  CHECK(rate(52, 100, 4) == Approx(0.2).margin(rounding));
}

TEST_CASE("a warm-up longer than the training never reaches the peak") {
  CHECK(rate(9, 10, 20) == Approx(0.2).margin(rounding));
}

TEST_CASE("a cosine with a floor ends there") {
  const CosineSchedule schedule{.floor = 0.1};
  CHECK(learning_rate(schedule, 0.5, 0, {.total = 100}) == Approx(0.5).margin(rounding));
  CHECK(learning_rate(schedule, 0.5, 50, {.total = 100}) == Approx(0.3).margin(rounding));
  CHECK(learning_rate(schedule, 0.5, 999'999, {.total = 1'000'000}) == Approx(0.1).margin(1e-9));
}

TEST_CASE("in steps the learning rate falls by a factor every so many epochs") {
  const StepSchedule schedule{.factor = 0.5, .epochs = 2.4};
  const StepCounts steps{.total = 100, .per_epoch = 10};
  CHECK(learning_rate(schedule, 0.8, 0, steps) == 0.8);
  CHECK(learning_rate(schedule, 0.8, 23, steps) == 0.8);
  CHECK(learning_rate(schedule, 0.8, 24, steps) == Approx(0.4).margin(rounding));
  CHECK(learning_rate(schedule, 0.8, 48, steps) == Approx(0.2).margin(rounding));
}

TEST_CASE("the epochs of a warm-up count for the steps after it") {
  const StepSchedule schedule{.factor = 0.5, .epochs = 1};
  const StepCounts steps{.total = 100, .per_epoch = 10, .warmup = 20};
  CHECK(learning_rate(schedule, 0.8, 19, steps) == 0.8);
  CHECK(learning_rate(schedule, 0.8, 20, steps) == Approx(0.2).margin(rounding));
}

TEST_CASE("schedules refuse settings that make no sense, with the value") {
  const auto refused = [](const Schedule& schedule, const std::string& setting,
                          const std::string& value) {
    CHECK_THROWS_MATCHES(
        check_schedule(schedule), Error,
        Catch::Predicate<Error>([](const Error& e) { return e.kind() == ErrorKind::config; }));
    CHECK_THROWS_WITH(check_schedule(schedule),
                      Catch::Contains(setting) && Catch::Contains("'" + value + "'"));
  };
  refused(CosineSchedule{.floor = -1}, "floor", "-1");
  refused(StepSchedule{.factor = 0}, "factor", "0");
  refused(StepSchedule{.factor = 1.5}, "factor", "1.5");
  refused(StepSchedule{.epochs = 0}, "epochs", "0");
  CHECK_NOTHROW(check_schedule(StepSchedule{}));
}
