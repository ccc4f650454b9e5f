// Programs that take some of their parameters from elsewhere than the store.
#include <algorithm>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "core/parameters/snapshot.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/elastic_networks.hpp"
#include "tests/engine/program_checks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

std::vector<float> output_of(const Architecture& net, ParameterStore& store,
                             ParameterStore* overlay) {
  Program program(net, store, {.batch = 2, .overlay = overlay});
  std::ranges::copy(random_values(program.input().size(), 1), program.input().begin());
  program.forward();
  return {program.output().begin(), program.output().end()};
}

/// Statistics as one evaluation might have measured them.
void recalibrate(ParameterStore& overlay, std::uint64_t seed) {
  for (const auto& [name, parameter] : overlay.all()) {
    Random random(derive_seed(seed, name));
    for (float& value : parameter->value.values()) {
      value = static_cast<float>(random.uniform(0.5, 1.5));
    }
  }
}

}  // namespace

TEST_CASE("statistics of an overlay are used instead of the store's, which stay as they were") {
  const Architecture net = elastic_network({.width = 11, .kernel = 5});
  ParameterStore store = random_store(net, 1);
  const Snapshot before(store, [](const Parameter&) { return true; });
  const std::vector<float> with_own = output_of(net, store, nullptr);

  ParameterStore overlay = copy_of(store, is_statistic);
  CHECK(overlay.all().size() == 4);
  CHECK(output_of(net, store, &overlay) == with_own);
  recalibrate(overlay, 7);
  const std::vector<float> with_others = output_of(net, store, &overlay);
  CHECK(with_others != with_own);
  CHECK(output_of(net, store, nullptr) == with_own);

  // The same in a store of its own.
  ParameterStore changed = random_store(net, 1);
  for (const auto& [name, parameter] : overlay.all()) {
    std::ranges::copy(parameter->value.values(), changed.at(name).value.data());
  }
  CHECK(output_of(net, changed, nullptr) == with_others);
}

TEST_CASE("several evaluations run at once over one store, each with statistics of its own") {
  ParameterStore store = random_store(elastic_network({.kernel = 3}), 1);
  std::vector<std::vector<float>> serial(4), parallel(4);
  const auto evaluate = [&](std::size_t i) {
    const Architecture net =
        elastic_network({.width = 8 + static_cast<std::int64_t>(i), .kernel = i % 2 == 0 ? 3 : 7});
    ParameterStore overlay = copy_of(store, is_statistic);
    recalibrate(overlay, i);
    return output_of(net, store, &overlay);
  };
  for (std::size_t i = 0; i < 4; ++i) serial[i] = evaluate(i);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] { parallel[i] = evaluate(i); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(parallel == serial);
}

TEST_CASE("what a batch norm sees goes to the overlay's statistics, in the range that it uses") {
  const Architecture net = elastic_network({.width = 11});
  ParameterStore store = random_store(net, 1);
  ParameterStore overlay = copy_of(store, is_statistic);
  Program program(net, store, {.batch = 2, .mode = Mode::training, .overlay = &overlay});
  REQUIRE(program.batch_statistics().size() == 2);
  for (const BatchStatistics& each : program.batch_statistics()) {
    CHECK(each.running_mean == &overlay.at(each.running_mean->name));
    CHECK(each.running_variance == &overlay.at(each.running_variance->name));
    CHECK(std::ranges::equal(each.mean_elements, ElementRuns{{0, 11}}));
    CHECK(std::ranges::equal(each.variance_elements, ElementRuns{{0, 11}}));
    CHECK(each.mean.size() == 11);
  }
}

TEST_CASE("weights of an overlay are used, and get the gradients") {
  const Architecture net = elastic_network({.width = 11, .kernel = 3});
  ParameterStore store = random_store(net, 1);
  ParameterStore overlay =
      copy_of(store, [](const Parameter& each) { return each.name == "dw.7to5"; });
  Program program(net, store, {.batch = 2, .mode = Mode::training, .overlay = &overlay});
  const std::vector<float> before = results_of_a_step(program);
  overlay.at("dw.7to5").value.data()[12 * 25 + 12] += 1;  // the kernels' middle
  CHECK(results_of_a_step(program) != before);
  for (const ParameterGradient& each : program.gradients()) {
    const bool overlaid = each.parameter->name == "dw.7to5";
    CHECK((each.parameter == &store.at(each.parameter->name)) == !overlaid);
  }
}

TEST_CASE("an overlay with a parameter of another shape is refused") {
  const Architecture net = elastic_network({.width = 11});
  ParameterStore store = random_store(net, 1), overlay;
  overlay.create("dw.norm.running_mean", {11}, ParameterRole::running_mean);
  CHECK_THAT(
      rejection(ErrorKind::space, [&] { Program(net, store, {.batch = 2, .overlay = &overlay}); }),
      Catch::Contains("'dw.norm.running_mean' with shape (11)") && Catch::Contains("(24)"));
}
