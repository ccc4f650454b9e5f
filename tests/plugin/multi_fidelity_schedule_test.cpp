#include <algorithm>
#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "plugins/strategies/multi_fidelity/asynchronous_rungs.hpp"
#include "plugins/strategies/multi_fidelity/bracket.hpp"
#include "plugins/strategies/multi_fidelity/schedule.hpp"

using namespace nas;
using namespace nas::multi_fidelity;

namespace {

using Rungs = std::vector<std::pair<std::size_t, double>>;  ///< trials and budget

/// As in the tables of the paper, for R = 81 and eta = 3.
Rungs published(std::size_t s, BracketSize size = BracketSize::paper) {
  const std::vector<double> all = budgets(81, 1, 3);
  Rungs result;
  for (const Rung& rung : hyperband_bracket(s, all.size(), 3, size)) {
    result.emplace_back(rung.trials, all[rung.level]);
  }
  return result;
}

Standing standing_of(int id, double fitness, bool measured = true) {
  return {fitness, {{id}}, id, measured};
}

/// Proposes all of the current rung as new configurations from `first`, each as good as its id.
void fill(Bracket& bracket, int first, int count) {
  for (int id = first; id < first + count; ++id) {
    REQUIRE(bracket.next());
    bracket.begin();
    bracket.tell(standing_of(id, id));
  }
}

}  // namespace

TEST_CASE("Hyperband's brackets for R = 81 and eta = 3 are those of Li et al. (2016)") {
  CHECK(published(4) == Rungs{{81, 1}, {27, 3}, {9, 9}, {3, 27}, {1, 81}});
  CHECK(published(3) == Rungs{{34, 3}, {11, 9}, {3, 27}, {1, 81}});
  CHECK(published(2) == Rungs{{15, 9}, {5, 27}, {1, 81}});
  CHECK(published(1) == Rungs{{8, 27}, {2, 81}});
  CHECK(published(0) == Rungs{{5, 81}});
}

TEST_CASE("without continuing, Hyperband's brackets cost 1,902 epochs in all") {
  std::vector<double> costs;
  for (std::size_t s = 5; s-- > 0;) {
    costs.push_back(0);
    for (const auto& [trials, budget] : published(s)) {
      costs.back() += static_cast<double>(trials) * budget;
    }
  }
  CHECK(costs == std::vector<double>{405, 363, 351, 378, 405});
}

TEST_CASE("HpBandSter starts brackets with fewer configurations") {
  std::vector<std::size_t> sizes;
  for (std::size_t s = 5; s-- > 0;) {
    sizes.push_back(published(s, BracketSize::hpbandster).front().first);
  }
  CHECK(sizes == std::vector<std::size_t>{81, 27, 9, 6, 5});
}

TEST_CASE("budgets are counted without rounding errors of logarithms") {
  CHECK(budgets(81, 1, 3) == std::vector<double>{1, 3, 9, 27, 81});
  CHECK(budgets(9, 1, 3).size() == 3);
  CHECK(budgets(27, 1, 3).size() == 4);
  CHECK(budgets(243, 1, 3).size() == 6);  // log(243) / log(3) is 4.999...
  CHECK(budgets(729, 1, 3).size() == 7);
  CHECK(budgets(1, 1.0 / 243, 3).size() == 6);
  CHECK(budgets(10, 1, 3) == std::vector<double>{10.0 / 3 / 3, 10.0 / 3, 10});
  CHECK(budgets(2, 1, 3) == std::vector<double>{2});
}

TEST_CASE("of each rung the best go on, at least one") {
  const std::vector<Rung> small = halving(2, 0, 3, 3);
  CHECK(small == std::vector<Rung>{{0, 2}, {1, 1}, {2, 1}});
  Bracket bracket(halving(9, 0, 3, 3));
  fill(bracket, 0, 9);
  for (const int best : {8, 7, 6}) {
    const auto task = bracket.next();
    REQUIRE(task);
    REQUIRE(task->survivor != nullptr);
    CHECK(task->level == 1);
    CHECK(task->survivor->trial == best);
    bracket.begin();
  }
  CHECK_FALSE(bracket.next());  // results are awaited
  for (const int id : {8, 7, 6}) bracket.tell(standing_of(id, -id));
  CHECK(bracket.next()->survivor->genotype == Genotype{{6}});
  bracket.begin();
  bracket.tell(standing_of(6, 1));
  CHECK(bracket.over());
}

TEST_CASE("a tie in a rung goes to the lower encoding") {
  Bracket bracket(halving(3, 0, 2, 3));
  for (const int id : {2, 0, 1}) {
    bracket.begin();
    bracket.tell(standing_of(id, 0.5));
  }
  CHECK(bracket.next()->survivor->genotype == Genotype{{0}});
}

TEST_CASE("what failed takes its place in a rung and never goes on") {
  Bracket bracket(halving(6, 0, 2, 3));
  for (int id = 0; id < 6; ++id) {
    bracket.begin();
    bracket.tell(standing_of(id, id == 4 ? 1 : -INFINITY, id == 4));
  }
  CHECK(bracket.next()->survivor->trial == 4);
  bracket.begin();
  CHECK_FALSE(bracket.next());
  bracket.tell(standing_of(4, -INFINITY, false));
  CHECK(bracket.over());

  Bracket hopeless(halving(3, 0, 2, 3));
  for (int id = 0; id < 3; ++id) {
    hopeless.begin();
    hopeless.tell(standing_of(id, -INFINITY, false));
  }
  CHECK(hopeless.over());
}

TEST_CASE("an infeasible configuration is replaced by another") {
  Bracket bracket(halving(3, 0, 2, 3));
  bracket.begin();
  bracket.give_back();
  fill(bracket, 0, 3);
  CHECK(bracket.next()->survivor->trial == 2);
}

TEST_CASE("a bracket that is closed goes on with the configurations that it has") {
  Bracket bracket(halving(9, 0, 3, 3));
  fill(bracket, 0, 2);
  bracket.begin();
  bracket.close();
  CHECK_FALSE(bracket.next());
  bracket.tell(standing_of(2, 2));
  CHECK(bracket.next()->survivor->trial == 2);
  Bracket empty(halving(9, 0, 3, 3));
  empty.close();
  CHECK(empty.over());
}

TEST_CASE("a bracket may continue what is undecided or waits for its turn") {
  Bracket bracket(halving(6, 0, 2, 3));
  fill(bracket, 0, 5);
  CHECK(bracket.may_continue(0));
  bracket.begin();
  bracket.tell(standing_of(5, 5));
  CHECK(bracket.may_continue(5));
  CHECK(bracket.may_continue(4));
  CHECK_FALSE(bracket.may_continue(3));
  bracket.begin();
  CHECK_FALSE(bracket.may_continue(5));
  CHECK(bracket.may_continue(4));
  bracket.begin();
  bracket.tell({5, {{5}}, 6});
  CHECK_FALSE(bracket.may_continue(6));  // the last rung
}

namespace {

/// loss(id, budget) = ((7 id) mod 13) / 13 + 0.1 / budget: the worked example.
double example_fitness(int id, double budget) { return -((7 * id) % 13 / 13.0 + 0.1 / budget); }

}  // namespace

TEST_CASE("ASHA with a single worker proposes the jobs of the worked example") {
  const std::vector<double> all = budgets(9, 1, 3);
  AsynchronousRungs rungs(all.size(), 3);
  using Job = std::pair<int, double>;
  std::vector<Job> jobs;
  int configurations = 0;
  while (jobs.size() < 20) {
    const auto promotion = rungs.promote();
    const std::size_t level = promotion ? promotion->level : 0;
    const int id = promotion ? promotion->standing.genotype.answers[0] : configurations++;
    jobs.emplace_back(id, all[level]);
    rungs.tell(level, standing_of(id, example_fitness(id, all[level])));
  }
  CHECK(jobs == std::vector<Job>{{0, 1},  {1, 1},  {2, 1}, {0, 3},  {3, 1},  {4, 1}, {5, 1},
                                 {2, 3},  {6, 1},  {7, 1}, {8, 1},  {4, 3},  {0, 9}, {9, 1},
                                 {10, 1}, {11, 1}, {6, 3}, {12, 1}, {13, 1}, {13, 3}});
}

TEST_CASE("ASHA promotes what is in the top floor(n / eta) of n results, each once") {
  constexpr std::size_t levels = 4;
  AsynchronousRungs rungs(levels, 3);
  std::vector<std::vector<double>> told(levels);
  std::vector<std::set<int>> promoted(levels);
  Random random(1);
  for (int job = 0, next = 0; job < 500; ++job) {
    const auto promotion = rungs.promote();
    const std::size_t level = promotion ? promotion->level : 0;
    const int id = promotion ? promotion->standing.genotype.answers[0] : next++;
    if (promotion) {
      const auto& below = told[level - 1];
      const auto better = std::ranges::count_if(
          below, [&](double fitness) { return fitness > promotion->standing.fitness; });
      REQUIRE(promotion->standing.measured);
      REQUIRE(better < std::ssize(below) / 3);
      REQUIRE(promoted[level].insert(id).second);
    }
    const bool measured = random.chance(0.9);
    told[level].push_back(measured ? random.uniform() : -INFINITY);
    rungs.tell(level, standing_of(id, told[level].back(), measured));
  }
  CHECK(told.back().size() > 5);
}

TEST_CASE("ASHA may continue what is not promoted, as long as it may be") {
  AsynchronousRungs rungs(2, 3);
  for (int id = 0; id < 3; ++id) rungs.tell(0, standing_of(id, id));
  CHECK(rungs.may_continue(2));
  REQUIRE(rungs.promote()->standing.trial == 2);
  CHECK_FALSE(rungs.may_continue(2));
  CHECK(rungs.may_continue(0));
  rungs.tell(0, standing_of(3, -INFINITY, false));
  CHECK_FALSE(rungs.may_continue(3));
  rungs.tell(1, {1, {{1}}, 9});  // of an earlier session
  CHECK_FALSE(rungs.may_continue(1));
  CHECK_FALSE(rungs.may_continue(9));
}
