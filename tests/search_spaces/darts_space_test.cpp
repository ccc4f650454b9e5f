#include "search_spaces/darts_space.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "tests/search_spaces/make_space.hpp"
#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;

TEST_CASE("a DARTS cell has the published number of forms") {
  const auto space = make_space("darts");
  CHECK(count_of(*space, "one cell") == "1037664180");
  CHECK(size_digits(*space) == "1076746950455072400");
  CHECK(count_of(*space, "one cell, as in Radosavovic et al. 2019") == "241591910400");
}

TEST_CASE("the size of small DARTS cells equals the number enumerated") {
  const auto space = make_space("darts", {{"nodes", "1"}});
  CHECK(space->size()->value == 49 * 49);
  CHECK(count_by_enumeration(*space) == 49 * 49);
  CHECK(count_enumerated(*space) == 49 * 49);
}

TEST_CASE("DARTS' published cells lie in the space") {
  const auto space = make_space("darts", {{"preset", "published"}});
  const SpaceEntry& entry = search_space("darts");
  for (const auto& [name, cells] : {std::pair("darts-v1", darts_v1()), {"darts-v2", darts_v2()}}) {
    const Genotype genotype = darts_answers(cells);
    space->validate(genotype);
    const Architecture named = named_architecture(entry, name).build(cifar10);
    CHECK(cost(space->build(genotype)) == cost(named));
  }
  const auto params = [&](const char* name) {
    return cost(named_architecture(entry, name).build(cifar10)).params;
  };
  CHECK(params("darts-v2") == 3349342);
  CHECK(params("darts-search") == 1930618);
  // Counted by the authors' code without its auxiliary classifier.
  CHECK(params("darts-v1") == 3169414);
}

TEST_CASE("DARTS' networks build at any resolution from 4x4 on") {
  Random random(derive_seed(1, "darts"));
  for (const Task& task : {Task{{1, 28, 28}, 10}, Task{{2, 9, 17}, 3}, Task{{1, 4, 4}, 2}}) {
    const auto space = make_space("darts", {}, task);
    for (int i = 0; i < 10; ++i) {
      const Architecture net = space->build(space->sample(random));
      check_complete(net);
      CHECK(net.shape(net.outputs().front()) == Shape{task.classes, 1, 1});
    }
  }
  CHECK_THROWS_WITH(make_space("darts", {}, {{3, 3, 32}, 10}), Catch::Contains("at least 4x4"));
  CHECK_THROWS_WITH(make_space("darts", {}, {{3, 32, 32}, 1}), Catch::Contains("2 classes"));
}

TEST_CASE("a derived DARTS network uses the searched network's names where it has its ops") {
  const auto names = [](const Architecture& net) {
    std::vector<std::string> all;
    for (NodeId node = 0; node < net.size(); ++node) {
      if (net.op(node).kind() == OpKind::convolution) all.push_back(net.name(node));
    }
    std::ranges::sort(all);
    return all;
  };
  const DartsSettings small{.channels = 4, .cells = 3};
  const auto derived = names(darts_network(darts_v2(), small, cifar10));
  const auto searched = names(darts_search_network(small, cifar10));
  CHECK(std::ranges::includes(searched, derived));
}

TEST_CASE("the relaxed network trains, its coefficients along with its weights") {
  const Architecture net =
      darts_search_network({.channels = 4, .cells = 3}, {image_shape, classes});
  ParameterStore store;
  store.prepare(net, 1);
  const auto coefficients = [&store](std::string_view name) {
    const auto values = store.at(std::string(name)).value.values();
    return std::vector<float>(values.begin(), values.end());
  };
  const auto normal = coefficients(darts_normal_coefficients);
  const auto reduction = coefficients(darts_reduction_coefficients);
  const Samples samples = striped_images(16);
  const TrainingSettings settings{.epochs = 15, .batch_size = 16, .learning_rate = 0.1};
  const auto executor = make_serial_executor();
  const TrainingOutcome outcome = train(net, store, samples, settings, 7, *executor, CancelToken());
  CHECK(outcome.status == TrainingOutcome::Status::finished);
  CHECK(outcome.train_loss < 0.7 * std::log(classes));
  CHECK(coefficients(darts_normal_coefficients) != normal);
  CHECK(coefficients(darts_reduction_coefficients) != reduction);
}

TEST_CASE("a DARTS genotype is written as the authors write it") {
  const auto space = make_space("darts");
  CHECK_THAT(space->text(darts_answers(darts_v2())),
             Catch::StartsWith("normal sep_conv_3x3(0)+sep_conv_3x3(1) ") &&
                 Catch::Contains("skip_connect(0)+dil_conv_3x3(2) | reduction max_pool_3x3(0)"));
}
