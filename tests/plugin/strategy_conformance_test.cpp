/// What every strategy of the build tree has to satisfy, whatever it does.
#include <catch2/catch.hpp>

#include "tests/plugin/loaded.hpp"

using namespace nas;

namespace {

/// Failures and infeasible proposals among the trials, over a space with inactive decisions.
struct HardSearch : fake::Search {
  HardSearch() : fake::Search({}, estimate) {
    space = fake::Space(5, 4, true);
    settings.trials = 40;
    settings.limits = {{"params", 1500}};
  }
  static Measurement estimate(const Candidate& candidate, const Fidelity&, std::uint64_t seed,
                              const EstimateServices&) {
    if (seed % 6 == 0) return {Measurement::Status::failed, "diverged", {}};
    return fake::Estimator::ok(fake::accuracy_of(seed) -
                               static_cast<double>(candidate.cost.params) / 1000);
  }
};

/// Every strategy and, so that a message can tell, its name.
template <typename Check>
void for_each_strategy(Check check) {
  const PluginRegistry registry = built_plugins();
  const std::vector<std::string> names = registry.names(PluginKind::strategy);
  for (const char* name :
       {"asha", "bananas", "bayesian", "bohb", "evolution", "grid", "hyperband", "local-search",
        "nsga2", "random", "reinforce", "successive-halving", "tpe"}) {
    INFO("built: " << name);
    REQUIRE(std::ranges::find(names, name) != names.end());
  }
  for (const std::string& name : names) {
    INFO("strategy " << name);
    check(*registry.find(PluginKind::strategy, name));
  }
}

}  // namespace

TEST_CASE("every strategy describes itself and its options, whose defaults are valid") {
  for_each_strategy([](const PluginLibrary& library) {
    CHECK(library.description().size() > 20);
    CHECK_NOTHROW(options_of(library, {}));
    for (const OptionSpec& option : library.options()) {
      CHECK(std::string(option.description).size() > 10);
    }
  });
}

TEST_CASE("every strategy completes a search with failures and limits") {
  for_each_strategy([](const PluginLibrary& library) {
    HardSearch search;
    const SearchOutcome outcome = search_with(make_strategy(library, search.space), search);
    CHECK(outcome.end == SearchEnd::trials_done);
    CHECK(outcome.trials.size() == 40);
  });
}

TEST_CASE("every strategy repeats its trials, for any number of workers, and follows its seed") {
  for_each_strategy([](const PluginLibrary& library) {
    HardSearch one, five, other_seed;
    five.executor = make_thread_executor(5);
    const auto trials = search_with(make_strategy(library, one.space), one).trials;
    CHECK(fake::same_trials(search_with(make_strategy(library, five.space), five).trials, trials));
    if (library.name() == "grid") return;  // has no randomness
    const auto others =
        search_with(make_strategy(library, other_seed.space, {}, 99), other_seed).trials;
    CHECK_FALSE(fake::same_trials(others, trials));
  });
}

TEST_CASE("every strategy resumes to the same trials") {
  for_each_strategy([](const PluginLibrary& library) {
    HardSearch whole;
    const auto trials = search_with(make_strategy(library, whole.space), whole).trials;
    for (const std::size_t done : {1u, 7u, 20u, 39u}) {
      HardSearch resumed;
      const auto previous = std::span(trials).first(done);
      const auto again = search_with(make_strategy(library, resumed.space), resumed, previous);
      CHECK(fake::same_trials(again.trials, trials));
    }
  });
}

TEST_CASE("every strategy ends a search over a space smaller than the number of trials") {
  for_each_strategy([](const PluginLibrary& library) {
    fake::Search search;
    search.space = fake::Space(2, 2);
    search.settings.trials = 100000;
    search.settings.patience = 100;
    const SearchOutcome outcome = search_with(make_strategy(library, search.space), search);
    CHECK((outcome.end == SearchEnd::only_reused || outcome.end == SearchEnd::strategy_finished));
    std::set<Genotype> seen;
    for (const Trial& trial : outcome.trials) seen.insert(trial.genotype);
    CHECK(seen.size() == 4);
  });
}

TEST_CASE("every strategy works with a space that has a single network") {
  for_each_strategy([](const PluginLibrary& library) {
    fake::Search search;
    search.space = fake::Space(2, 1);
    search.settings.patience = 100;
    CHECK_FALSE(search_with(make_strategy(library, search.space), search).trials.empty());
  });
}

TEST_CASE("every strategy takes results that it never asked for") {
  for_each_strategy([](const PluginLibrary& library) {
    fake::Search search;
    search.settings.async = true;
    std::vector<Trial> previous =
        search_with(make_strategy(library, search.space, {}, 1), search).trials;
    previous.resize(9);
    fake::Search again;
    again.settings.async = true;
    const auto strategy = make_strategy(library, again.space, {}, 2);
    CHECK(search_with(strategy, again, previous).trials.size() == 20);
  });
}
