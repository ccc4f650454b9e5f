#include <numeric>

#include <catch2/catch.hpp>

#include "plugins/strategies/tpe/parzen.hpp"
#include "tests/plugin/dialogue.hpp"

using namespace nas;

TEST_CASE("the Parzen estimator is Optuna's: a kernel for each result, and a prior") {
  CHECK(tpe::parzen({}, 4) == std::vector<double>(4, 0.25));
  // Four components over three answers: kernels of 5/7 and 1/7.
  const std::vector<double> three = tpe::parzen({0, 0, 1}, 3);
  CHECK(three[0] == Approx(10.0 / 21));
  CHECK(three[1] == Approx(7.0 / 21));
  CHECK(three[2] == Approx(4.0 / 21));
  const std::vector<double> many = tpe::parzen(std::vector<int>(60, 2), 5);
  CHECK(std::accumulate(many.begin(), many.end(), 0.0) == Approx(1));
}

TEST_CASE("the latest 25 results have the weight 1, the older ones a rising one") {
  CHECK(tpe::weights(25) == std::vector<double>(25, 1));
  const std::vector<double> weights = tpe::weights(28);
  CHECK(weights[0] == Approx(1.0 / 28));
  CHECK(weights[1] == Approx((1.0 / 28 + 1) / 2));
  CHECK(weights[2] == 1);
  CHECK(tpe::weights(26)[0] == Approx(1.0 / 26));
  CHECK(tpe::weights(26)[1] == 1);
}

TEST_CASE("after ten results TPE prefers the answers of the good ones") {
  const fake::Space space(12, 4);
  Dialogue dialogue("tpe", space, {}, minus_sum);
  double at_random = 0, modelled = 0;
  for (int i = 0; i < 10; ++i) at_random -= minus_sum(dialogue.step());
  for (int i = 0; i < 60; ++i) dialogue.step();
  for (int i = 0; i < 10; ++i) modelled -= minus_sum(dialogue.step());
  // 12 decisions of 0 … 3: 18 each at random.
  CHECK(at_random / 10 == Approx(18).margin(6));
  CHECK(modelled < 0.6 * at_random);
}

TEST_CASE("TPE does not learn from failed results, and avoids what was infeasible") {
  const fake::Space space(12, 4);
  const auto strategy = built_strategy("tpe", space);
  const Genotype zeros{std::vector<int>(12, 0)};
  for (int i = 0; i < 30; ++i) strategy->tell({Result::Kind::failed, i, zeros, {}, {}});
  for (int i = 0; i < 10; ++i) {  // still at random: too few were measured
    const Genotype drawn = strategy->ask()->genotype;
    CHECK(space.distance(drawn, zeros) > 4);
    strategy->tell({Result::Kind::measured, 30 + i, drawn, {}, {1}});
  }
  for (int i = 0; i < 50; ++i) strategy->tell({Result::Kind::infeasible, {}, zeros, {}, {}});
  int zero_answers = 0;
  for (int i = 0; i < 20; ++i) {
    const Genotype proposed = strategy->ask()->genotype;
    zero_answers += static_cast<int>(std::ranges::count(proposed.answers, 0));
  }
  CHECK(zero_answers < 20 * 12 / 8);  // a quarter of them would be chance
}

TEST_CASE("TPE finds better networks than random search with the same number of trials") {
  constexpr int trials = 60;
  int wins = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const fake::Space space(12, 4);
    Dialogue dialogue("tpe", space, {}, minus_sum, seed);
    Dialogue random("random", space, {}, minus_sum, seed);
    double best = -1000, best_random = -1000;
    for (int i = 0; i < trials; ++i) {
      best = std::max(best, minus_sum(dialogue.step()));
      best_random = std::max(best_random, minus_sum(random.step()));
    }
    wins += best > best_random;
  }
  CHECK(wins >= 8);
}
