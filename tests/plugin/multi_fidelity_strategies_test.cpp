#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "tests/plugin/loaded.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::string> strategies = {"successive-halving", "hyperband", "asha", "bohb"};

/// The papers'.
int eta_of(const std::string& strategy) { return strategy == "asha" ? 4 : 3; }

/// Better with more in the answers and more epochs, so that all fidelities agree.
double height(const Genotype& genotype, const Fidelity& fidelity) {
  double sum = 0;
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    sum += genotype.answers[i] * static_cast<double>(i + 1);
  }
  return sum - 1 / (fidelity.epochs * fidelity.data_share * fidelity.resolution);
}

Measurement measure(const Candidate& candidate, const Fidelity& fidelity, std::uint64_t,
                    const EstimateServices&) {
  return fake::Estimator::ok(height(candidate.genotype, fidelity));
}

struct MultiFidelity : fake::Search {
  explicit MultiFidelity(std::int64_t trials, int window = 4) : fake::Search({}, measure) {
    space = fake::Space(4, 5);
    settings.trials = trials;
    settings.window = window;
  }
  std::vector<Trial> run(const std::string& name, const Given& given = {},
                         Fidelity full = {81, 0.5}, std::uint64_t seed = 3) {
    const auto library = built_plugins().find(PluginKind::strategy, name);
    const OptionValues options = options_of(*library, given);
    const auto made =
        library->make_strategy({space, settings.objectives, seed, settings.window, options, full});
    return search_with(made, *this).trials;
  }
};

std::map<double, int> trials_by_epochs(const std::vector<Trial>& trials) {
  std::map<double, int> count;
  for (const Trial& trial : trials) ++count[trial.fidelity.epochs];
  return count;
}

}  // namespace

TEST_CASE("successive halving tries 81 configurations and leaves one") {
  MultiFidelity search(121);
  const auto trials = search.run("successive-halving");
  CHECK(trials_by_epochs(trials) ==
        std::map<double, int>{{1, 81}, {3, 27}, {9, 9}, {27, 3}, {81, 1}});
  const auto best = best_trial(trials, search.settings.objectives);
  CHECK(best == 120);  // rankings agree: the best of the first rung is the last
}

TEST_CASE("successive halving begins with as many configurations as it is told to") {
  MultiFidelity search(13);
  const auto trials = search.run("successive-halving", {{"configurations", "9"}}, {9, 1});
  CHECK(trials_by_epochs(trials) == std::map<double, int>{{1, 9}, {3, 3}, {9, 1}});
}

TEST_CASE("Hyperband runs its brackets one after the other, and again") {
  const std::map<double, int> sweep = {
      {1, 81}, {3, 27 + 34}, {9, 9 + 11 + 15}, {27, 3 + 3 + 5 + 8}, {81, 1 + 1 + 1 + 2 + 5}};
  CHECK(trials_by_epochs(MultiFidelity(206).run("hyperband")) == sweep);
  const auto more = MultiFidelity(206 + 81).run("hyperband");
  CHECK(trials_by_epochs(more).at(1) == 162);
}

TEST_CASE("BOHB's brackets are those of HpBandSter") {
  const std::map<double, int> sweep = {
      {1, 81}, {3, 27 + 27}, {9, 9 + 9 + 9}, {27, 3 + 3 + 3 + 6}, {81, 1 + 1 + 1 + 2 + 5}};
  CHECK(trials_by_epochs(MultiFidelity(187).run("bohb")) == sweep);
}

TEST_CASE("where rungs wait, the window changes nothing") {
  for (const char* name : {"successive-halving", "hyperband"}) {
    INFO(name);
    const auto one = MultiFidelity(150, 1).run(name);
    const auto eight = MultiFidelity(150, 8).run(name);
    CHECK(fake::same_trials(one, eight));
  }
}

TEST_CASE("over epochs a trial continues its configuration's trial of the rung before") {
  for (const std::string& name : strategies) {
    INFO(name);
    const auto trials = MultiFidelity(200).run(name);
    int continued = 0;
    for (const Trial& trial : trials) {
      if (!trial.parent) continue;
      ++continued;
      const Trial& parent = trials.at(static_cast<std::size_t>(*trial.parent));
      CHECK(parent.genotype == trial.genotype);
      CHECK(trial.fidelity.epochs == eta_of(name) * parent.fidelity.epochs);
      CHECK(trial.seed == parent.seed);
    }
    CHECK(continued > 20);
  }
}

TEST_CASE("over data or resolution trials start anew with more") {
  for (const std::string& name : strategies) {
    for (const std::string resource : {"data", "resolution"}) {
      INFO(name << " over " << resource);
      MultiFidelity search(60);
      std::set<double> shares;
      for (const Trial& trial : search.run(name, {{"resource", resource}})) {
        CHECK_FALSE(trial.parent);
        CHECK(trial.fidelity.epochs == 81);
        const bool is_data = resource == "data";
        CHECK((is_data ? trial.fidelity.resolution : trial.fidelity.data_share) ==
              (is_data ? 1 : 0.5));
        shares.insert(is_data ? trial.fidelity.data_share / 0.5 : trial.fidelity.resolution);
      }
      const double eta = eta_of(name);
      CHECK(shares == std::set<double>{1 / eta / eta, 1 / eta, 1});
    }
  }
}

TEST_CASE("the smallest budget is one epoch, unless that leaves fewer than three rungs") {
  const auto smallest = [](Fidelity full, Given given = {}) {
    given.try_emplace("eta", "3");
    return MultiFidelity(30).run("asha", given, full).front().fidelity.epochs;
  };
  CHECK(smallest({27, 1}) == 1);
  CHECK(smallest({3, 1}) == 1.0 / 3);
  CHECK(smallest({27, 1}, {{"smallest", "3"}}) == 3);
  CHECK(smallest({16, 1}, {{"eta", "4"}}) == 1);
  CHECK(smallest({}) == 1);  // the paper's 81 where the estimator has no epochs
  for (const std::string& name : strategies) {
    CHECK_THROWS_WITH(MultiFidelity(3).run(name, {{"smallest", "10"}}, {9, 1}),
                      Contains("'10', is more than the full one, 9"));
  }
}

TEST_CASE("no configuration begins twice, and all of a small space are seen") {
  for (const std::string& name : strategies) {
    INFO(name);
    MultiFidelity search(1000);
    search.space = fake::Space(2, 4);
    std::set<std::pair<Genotype, Fidelity>> seen;
    std::set<Genotype> genotypes;
    for (const Trial& trial : search.run(name)) {
      CHECK(seen.emplace(trial.genotype, trial.fidelity).second);
      genotypes.insert(trial.genotype);
    }
    CHECK(genotypes.size() == 16);
  }
}

TEST_CASE("BOHB draws better configurations than chance once its model has enough points") {
  constexpr int random_start = 81;
  const auto mean_of_new = [](const Given& given) {
    double sum = 0;
    double count = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      MultiFidelity search(187);
      search.space = fake::Space(6, 5);
      const auto trials = search.run("bohb", given, {81, 0.5}, seed);
      for (std::size_t i = random_start; i < trials.size(); ++i) {
        if (trials[i].parent) continue;
        sum += height(trials[i].genotype, {1, 1});
        ++count;
      }
    }
    return sum / count;
  };
  const double by_model = mean_of_new({});
  const double at_random = mean_of_new({{"random_fraction", "1"}});
  CHECK(at_random == Approx(41).margin(3));  // 2 * (1 + ... + 6) - 1
  CHECK(by_model > at_random + 8);
}
