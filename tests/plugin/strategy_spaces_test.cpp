/// What every strategy of the build tree has to satisfy on every kind of space: cells with
/// conditionals, stages, a plain table of answers, and graphs of free form, where it takes them.
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "tests/plugin/loaded.hpp"
#include "tests/search_spaces/make_space.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

const Task small_images{{1, 16, 16}, 4};
constexpr std::int64_t trials_of_a_run = 30;  // enough to leave every strategy's random start

const std::vector<Objective> accuracy = {{"val_accuracy", true}};
const std::vector<Objective> accuracy_and_macs = {{"val_accuracy", true}, {"macs", false}};

/// A limit that about half of the space's samples are over.
std::vector<Limit> halving_limit(const SearchSpace& space) {
  constexpr int samples = 31;
  Random random(5);
  std::vector<double> params;
  for (int i = 0; i < samples; ++i) {
    params.push_back(static_cast<double>(cost(space.build(space.sample(random))).params));
  }
  std::ranges::nth_element(params, params.begin() + samples / 2);
  return {{"params", params[samples / 2]}};
}

struct Ground {
  std::string name;
  std::shared_ptr<const SearchSpace> space;
  std::vector<Limit> limits;
};

std::vector<Ground> grounds() {
  const std::map<std::string, std::string> small_cell = {
      {"vertices", "5"}, {"edges", "7"}, {"channels", "8"}};
  std::vector<Ground> result = {
      {"nasbench101", test::make_space("nasbench101", small_cell, small_images), {}},
      {"mbconv", test::make_space("mbconv", {{"max_depth", "2"}}, small_images), {}},
      {"table", std::make_shared<fake::Space>(4, 5), {}},
      {"nasbot", test::make_space("nasbot", {}, small_images), {}}};
  for (Ground& ground : result) ground.limits = halving_limit(*ground.space);
  return result;
}

/// One run, of which only what differs between tests is said.
struct Run {
  int window = 8;
  int workers = 1;
  std::int64_t trials = trials_of_a_run;
  std::vector<Objective> objectives = accuracy;
  std::vector<Limit> limits = {};
  int patience = 1000;
  bool reuses = true;
  fake::Estimator::Estimate estimate = {};
};

/// Some trials fail; what the others give depends on seed and costs.
Measurement hard_estimate(const Candidate& candidate, const Fidelity&, std::uint64_t seed,
                          const EstimateServices&) {
  if (seed % 6 == 0) return {Measurement::Status::failed, "diverged", {}};
  return fake::Estimator::ok(fake::accuracy_of(seed) -
                             static_cast<double>(candidate.cost.params) / 10000);
}

Measurement fails(const Candidate&, const Fidelity&, std::uint64_t, const EstimateServices&) {
  return {Measurement::Status::failed, "diverged", {}};
}

/// Throws Error(config) where the strategy does not take such a space.
SearchOutcome search(const PluginLibrary& library, const SearchSpace& space, const Run& run,
                     std::span<const Trial> previous = {}) {
  const OptionValues options = options_of(library, {});
  const auto strategy = library.make_strategy({space, run.objectives, 3, run.window, options});
  fake::Estimator estimator(run.estimate ? run.estimate : hard_estimate);
  estimator.reuses = run.reuses;
  const auto executor =
      run.workers > 1 ? make_thread_executor(run.workers) : make_serial_executor();
  const CancelToken cancel;
  fake::Journal journal;
  SearchSettings settings;
  settings.seed = 11;
  settings.trials = run.trials;
  settings.window = run.window;
  settings.objectives = run.objectives;
  settings.limits = run.limits;
  settings.patience = run.patience;
  return run_search(settings, {space, *strategy, estimator, *executor, cancel, journal, {}, {}},
                    previous);
}

/// Whether the strategy takes the space; where it does not, it must say so as it is made.
bool takes(const PluginLibrary& library, const SearchSpace& space) {
  try {
    const OptionValues options = options_of(library, {});
    library.make_strategy({space, accuracy, 3, 8, options});
    return true;
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::config);
    CHECK_THAT(error.what(), Contains("'" + space.name() + "'"));
    CHECK(space.decisions().empty());  // only graphs of free form may be refused
    return false;
  }
}

void for_each_strategy_and_ground(
    const std::function<void(const PluginLibrary&, const Ground&)>& check) {
  const PluginRegistry registry = built_plugins();
  const std::vector<Ground> all = grounds();
  for (const std::string& name : registry.names(PluginKind::strategy)) {
    const auto library = registry.find(PluginKind::strategy, name);
    for (const Ground& ground : all) {
      INFO("strategy " << name << " on " << ground.name);
      if (takes(*library, *ground.space)) check(*library, ground);
    }
  }
}

/// The kind and the words of the error that ends the search; nothing where there is none.
std::optional<Error> error_of(const PluginLibrary& library, const SearchSpace& space,
                              const Run& run) {
  try {
    search(library, space, run);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("every strategy repeats its proposals on every space, for windows of 1 and of 8") {
  for_each_strategy_and_ground([](const PluginLibrary& library, const Ground& ground) {
    for (const int window : {1, 8}) {
      INFO("window " << window);
      const auto first =
          search(library, *ground.space, {.window = window, .limits = ground.limits});
      const auto second =
          search(library, *ground.space, {.window = window, .workers = 3, .limits = ground.limits});
      CHECK(fake::same_trials(first.trials, second.trials));
      CHECK((first.trials.size() == trials_of_a_run || first.end == SearchEnd::strategy_finished));
    }
  });
}

TEST_CASE("every strategy's resumed run equals an uninterrupted one on every space") {
  for_each_strategy_and_ground([](const PluginLibrary& library, const Ground& ground) {
    for (const int window : {1, 8}) {
      INFO("window " << window);
      const Run run{.window = window, .limits = ground.limits};
      const auto whole = search(library, *ground.space, run).trials;
      // Killed while a trial that others have overtaken was under way.
      std::vector<Trial> previous(whole.begin(), whole.begin() + std::ssize(whole) * 2 / 3);
      if (window > 1 && previous.size() > 3) previous.erase(previous.end() - 3);
      CHECK(fake::same_trials(search(library, *ground.space, run, previous).trials, whole));
    }
  });
}

TEST_CASE("every strategy searches for several objectives") {
  for_each_strategy_and_ground([](const PluginLibrary& library, const Ground& ground) {
    const auto outcome = search(library, *ground.space, {.objectives = accuracy_and_macs});
    CHECK(
        (outcome.trials.size() == trials_of_a_run || outcome.end == SearchEnd::strategy_finished));
  });
}

TEST_CASE("every strategy goes on where every trial fails") {
  for_each_strategy_and_ground([](const PluginLibrary& library, const Ground& ground) {
    const auto outcome = search(library, *ground.space, {.estimate = fails});
    CHECK(
        (outcome.trials.size() == trials_of_a_run || outcome.end == SearchEnd::strategy_finished));
  });
}

TEST_CASE("where every answer is infeasible, every strategy's search names the limit") {
  for_each_strategy_and_ground([](const PluginLibrary& library, const Ground& ground) {
    // The loop's own patience where networks are quick to build.
    const int patience = ground.name == "table" ? 1000 : 100;
    const auto error = error_of(library, *ground.space,
                                {.limits = {{"macs", 1e15}, {"params", 1}}, .patience = patience});
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::infeasible);
    CHECK_THAT(error->what(), Contains("'params' <= 1"));
  });
}

TEST_CASE("every strategy ends, or names the limit, where a tiny space is infeasible") {
  const PluginRegistry registry = built_plugins();
  for (const auto& [decisions, options] : {std::pair(2, 1), std::pair(2, 2)}) {
    const fake::Space space(decisions, options);
    for (const std::string& name : registry.names(PluginKind::strategy)) {
      INFO("strategy " << name << ", " << decisions << " decisions of " << options);
      const auto error =
          error_of(*registry.find(PluginKind::strategy, name), space, {.limits = {{"params", 1}}});
      REQUIRE(error);
      CHECK(error->kind() == ErrorKind::infeasible);
      CHECK_THAT(error->what(), Contains("'params' <= 1"));
    }
  }
}

TEST_CASE("every strategy sees all of a space that is smaller than the budget") {
  // As over a table: every query counts and none is reused.
  const PluginRegistry registry = built_plugins();
  for (const auto& [options, genotypes] : {std::pair(1, 1u), std::pair(3, 9u)}) {
    const fake::Space space(2, options);
    for (const std::string& name : registry.names(PluginKind::strategy)) {
      INFO("strategy " << name << ", " << genotypes << " genotypes");
      const auto outcome =
          search(*registry.find(PluginKind::strategy, name), space,
                 {.trials = 200,
                  .reuses = false,
                  .estimate = [](const Candidate& candidate, const auto&...) {
                    return fake::Estimator::ok(static_cast<double>(candidate.cost.params));
                  }});
      std::set<Genotype> seen;
      for (const Trial& trial : outcome.trials) seen.insert(trial.genotype);
      CHECK(seen.size() == genotypes);
      CHECK((outcome.trials.size() == 200 || outcome.end == SearchEnd::strategy_finished));
    }
  }
}
