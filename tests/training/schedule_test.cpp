#include <cmath>

#include <catch2/catch.hpp>

#include "core/training/trainer.hpp"

using namespace nas;

namespace {

/// A few operations in double.
constexpr double rounding = 1e-12;

double rate(std::int64_t step, std::int64_t steps, std::int64_t warmup = 0) {
  return learning_rate({.learning_rate = 0.4}, step, steps, warmup);
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
