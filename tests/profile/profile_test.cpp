#include "core/profile/profile.hpp"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "tests/profile/networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

std::set<StepKey> steps_of(const Architecture& net) {
  const std::vector<StepKey> keys = step_keys(net, {.batch = 1});
  return {keys.begin(), keys.end()};
}

std::set<StepKey> steps_of(const LatencyTable& table) {
  std::set<StepKey> keys;
  for (const auto& [key, latency] : table.steps()) keys.insert(key);
  return keys;
}

const Pace calm{.chain = 2, .stream = 1};
const Pace crowded{.chain = 2, .stream = 1.5};

/// A tick of a microsecond at every reading.
ProfileSettings ticking(int runs = 2) {
  auto now = std::make_shared<double>(0);
  return {.timing = {.warm_up = 1,
                     .runs = runs,
                     .clock = [now] { return *now += 1; },
                     .pace = [] { return calm; }},
          .rounds = 2};
}

}  // namespace

TEST_CASE("a plan takes the networks that bring steps, until they are in enough of them") {
  const LatencyTable empty{Machine{}, calm};
  ProfilePlan plan(empty, 2);
  CHECK(plan.offer(convolution_network(8)));
  CHECK_FALSE(plan.offer(convolution_network(8)));  // nothing new, but a second context
  CHECK(plan.networks().size() == 2);
  CHECK_FALSE(plan.offer(convolution_network(8)));  // enough of them
  CHECK(plan.networks().size() == 2);
  CHECK(plan.offer(convolution_network(24)));
  CHECK(plan.networks().size() == 3);
  std::set<StepKey> all = steps_of(convolution_network(8));
  all.merge(steps_of(convolution_network(24)));
  CHECK(plan.steps() == all.size());
}

TEST_CASE("a plan needs nothing that the table has") {
  LatencyTable table{Machine{}, calm};
  measure_steps(std::vector{convolution_network(8)}, ticking(), table);
  ProfilePlan plan(table, 2);
  CHECK_FALSE(plan.offer(convolution_network(8)));
  CHECK(plan.networks().empty());
  CHECK(plan.steps() == 0);
}

TEST_CASE("measuring adds every step of the networks, and how often it was measured") {
  LatencyTable table{Machine{}, calm};
  ProfileSettings settings = ticking(4);
  std::vector<std::size_t> progress;
  settings.progress = [&](std::size_t done, std::size_t total) {
    CHECK(total == 4);
    progress.push_back(done);
  };
  measure_steps(std::vector{convolution_network(8), deep_network()}, settings, table);
  CHECK(progress == std::vector<std::size_t>{1, 2, 3, 4});
  std::set<StepKey> all = steps_of(convolution_network(8));
  all.merge(steps_of(deep_network()));
  CHECK(steps_of(table) == all);
  const auto occurrences = std::ranges::count(step_keys(deep_network(), {.batch = 1}),
                                              *steps_of(deep_network()).begin());
  CHECK(table.steps().at(*steps_of(deep_network()).begin()).samples == 2 * 4 * occurrences);
}

TEST_CASE("measuring leaves alone what the table has") {
  LatencyTable table{Machine{}, calm};
  measure_steps(std::vector{convolution_network(8)}, ticking(), table);
  const StepKey known = table.steps().begin()->first;
  table.set(known, {123, 7});
  measure_steps(std::vector{convolution_network(8), convolution_network(24)}, ticking(), table);
  CHECK(table.steps().at(known) == StepLatency{123, 7});
  CHECK(table.estimate(convolution_network(24)).missing.empty());
}

TEST_CASE("a step that was measured undisturbed once is known by that, others are marked") {
  ProfileSettings settings = ticking();
  const int first_round = settings.timing.runs + 1;  // paces: one before, one after each run
  int paces = 0;
  settings.timing.pace = [&] { return paces++ < first_round ? calm : crowded; };
  LatencyTable table{Machine{}, calm};
  measure_steps(std::vector{convolution_network(8)}, settings, table);
  for (const auto& [key, latency] : table.steps()) {
    CHECK(latency.undisturbed);
    CHECK(latency.samples % settings.timing.runs == 0);
  }
  measure_steps(std::vector{convolution_network(8), convolution_network(24)}, settings, table);
  const std::set<StepKey> known = steps_of(convolution_network(8));
  for (const auto& [key, latency] : table.steps()) {
    CHECK(latency.undisturbed == known.contains(key));
  }
}

TEST_CASE(
    "a new table gets a calmer reference as soon as there is one, and an old one keeps its own") {
  ProfileSettings settings = ticking();
  const int crowded_first = 100;
  int paces = 0;
  settings.timing.pace = [&] { return paces++ < crowded_first ? crowded : calm; };
  LatencyTable table{Machine{}, crowded};
  measure_steps(std::vector{convolution_network(8), deep_network()}, settings, table);
  CHECK(table.reference() == calm);
  for (const auto& [key, latency] : table.steps()) CHECK(latency.undisturbed);

  LatencyTable old{Machine{}, crowded};
  old.set({"add", "1x1:ab"}, {1, 1});
  measure_steps(std::vector{convolution_network(8)}, settings, old);
  CHECK(old.reference() == crowded);
}
