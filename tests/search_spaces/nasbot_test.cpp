#include "search_spaces/nasbot.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "search_spaces/nasbot_edits.hpp"
#include "search_spaces/nasbot_modifiers.hpp"
#include "search_spaces/nasbot_network.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using Catch::Matchers::Contains;
using Label = NasBotLabel;

namespace {

const NasBotLimits limits{.max_mass = 1e8, .max_strides = 6};

std::unique_ptr<SearchSpace> nasbot(const std::map<std::string, std::string>& options = {},
                                    const Task& task = cifar_task) {
  const SpaceEntry entry = nasbot_space();
  return entry.make(task, OptionValues("nasbot", entry.options, options));
}

NasBotLayer layer(Label label, std::vector<std::size_t> parents, int units = 0, int stride = 0) {
  return {.label = label, .units = units, .stride = stride, .parents = std::move(parents)};
}

/// Two branches of convolutions, one of which halves the image like the pool that follows the
/// other.
NasBotGraph branched() {
  return {layer(Label::input, {}),
          layer(Label::conv3, {0}, 16, 1),
          layer(Label::conv5, {1}, 24, 2),
          layer(Label::max_pool, {1}),
          layer(Label::fully_connected, {2, 3}, 32),
          layer(Label::softmax, {4}),
          layer(Label::output, {5})};
}

NasBotGraph perceptron(std::initializer_list<std::pair<Label, int>> layers) {
  NasBotGraph graph = {layer(Label::input, {})};
  for (const auto& [label, units] : layers) {
    graph.push_back(layer(label, {graph.size() - 1}, units));
  }
  graph.push_back(layer(Label::softmax, {graph.size() - 1}));
  graph.push_back(layer(Label::output, {graph.size() - 1}));
  return graph;
}

/// The same layers and edges in another topological order.
NasBotGraph shuffled(const NasBotGraph& graph, Random& random) {
  std::vector<std::size_t> place(graph.size());
  std::iota(place.begin(), place.end(), 0);
  random.shuffle(std::span(place));
  NasBotGraph result(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    result[place[i]] = graph[i];
    for (std::size_t& parent : result[place[i]].parents) parent = place[parent];
  }
  return sorted(result).value();
}

std::string problem(const NasBotGraph& graph, NasBotKind kind = NasBotKind::cnn) {
  return violation(graph, kind, limits).value_or("none");
}

}  // namespace

TEST_CASE("layers weigh what the published example says") {
  using Masses = std::vector<double>;
  CHECK(layer_masses(perceptron({{Label::relu, 16}, {Label::relu, 16}})) ==
        Masses{100, 16, 256, 100, 100});
  CHECK(layer_masses(perceptron({{Label::relu, 16}, {Label::relu, 32}})) ==
        Masses{100, 16, 512, 100, 100});
  // Convolutions 1*16 and 16*24, pool 16, a tenth of 40*32.
  CHECK(layer_masses(branched()) == Masses{100, 16, 384, 16, 128, 100, 100});
}

TEST_CASE("the pool has ten networks of each kind, which keep the limits and build") {
  for (const NasBotKind kind : {NasBotKind::cnn, NasBotKind::mlp}) {
    for (const int divisor : {1, 8}) {
      const std::vector<NasBotGraph> pool = nasbot_pool(kind, divisor);
      REQUIRE(pool.size() == 10);
      for (const NasBotGraph& graph : pool) {
        REQUIRE(problem(graph, kind) == "none");
        const Architecture net = build_nasbot(graph, kind, {{1, 28, 28}, 10});
        REQUIRE_NOTHROW(check_complete(net));
        REQUIRE(net.shape(net.outputs().at(0)) == Shape{10, 1, 1});
      }
    }
  }
}

TEST_CASE("ten thousand random modifications keep all limits") {
  const NasBotKind kind = GENERATE(NasBotKind::cnn, NasBotKind::mlp);
  const bool cnn = kind == NasBotKind::cnn;
  constexpr int applications = 5000;
  const std::vector<NasBotGraph> pool = nasbot_pool(kind, 8);
  Random random(derive_seed(1, "modifications"));
  NasBotGraph graph = pool[0];
  std::map<NasBotModifier, int> kept;
  std::size_t most_layers = 0;
  for (int i = 0; i < applications; ++i) {
    if (i % 100 == 0) graph = pool[random.below(pool.size())];
    const NasBotModifier modifier = draw_modifier(random);
    const auto other = modified(graph, modifier, random);
    if (!other || violation(*other, kind, limits)) continue;
    graph = *other;
    ++kept[modifier];
    most_layers = std::max(most_layers, graph.size());
    REQUIRE(decode(encode(graph)) == graph);
    const NasBotGraph canonical = canonical_order(graph);
    REQUIRE_FALSE(violation(canonical, kind, limits));
    REQUIRE(canonical_order(canonical) == canonical);
  }
  CHECK(kept.size() == nasbot_modifiers);
  CHECK(most_layers > (cnn ? 30U : 40U));
}

TEST_CASE("modifiers are drawn by the published weights") {
  Random random(derive_seed(2, "weights"));
  std::map<NasBotModifier, int> seen;
  constexpr int draws = 12'000;
  for (int i = 0; i < draws; ++i) ++seen[draw_modifier(random)];
  for (const auto& [modifier, count] : seen) {
    const bool often =
        modifier == NasBotModifier::swap_label || modifier >= NasBotModifier::dup_path;
    CHECK(count == Approx(draws * (often ? 0.2 : 0.1) / 1.2).epsilon(0.1));
  }
}

TEST_CASE("the order of layers does not matter") {
  const auto space = nasbot();
  Random random(derive_seed(3, "orders"));
  for (int i = 0; i < 50; ++i) {
    Genotype genotype = space->sample(random);
    for (int step = 0; step < 5; ++step) genotype = space->mutate_one(genotype, random);
    const Genotype other = encode(shuffled(decode(genotype), random));
    REQUIRE(space->canonical(other) == space->canonical(genotype));
    REQUIRE(space->build(other) == space->build(genotype));
    REQUIRE(space->distance(other, genotype) == 0);
  }
}

TEST_CASE("parallel copies of one branch have one canonical form") {
  // Three branches of two alike layers each between the first convolution and the pool.
  NasBotGraph graph = {layer(Label::input, {}), layer(Label::conv3, {0}, 8, 1)};
  for (int branch = 0; branch < 3; ++branch) {
    graph.push_back(layer(Label::conv5, {1}, 8, 1));
    graph.push_back(layer(Label::conv3, {graph.size() - 1}, 8, 1));
  }
  graph.push_back(layer(Label::max_pool, {3, 5, 7}));
  graph.push_back(layer(Label::softmax, {8}));
  graph.push_back(layer(Label::output, {9}));
  REQUIRE(problem(graph) == "none");
  Random random(derive_seed(4, "twins"));
  for (int i = 0; i < 20; ++i) {
    REQUIRE(canonical_order(shuffled(graph, random)) == canonical_order(graph));
  }
  graph[7].parents = {2};  // two branches from one stem: another network
  graph[6].parents = {1};
  graph[8].parents = {3, 5, 6, 7};
  CHECK(canonical_order(graph) != canonical_order(branched()));
}

TEST_CASE("edits do what their names say") {
  const NasBotGraph graph = branched();
  CHECK(resized(graph, {1, 2}, true)[2].units == 27);
  CHECK(resized(graph, {1, 2}, false)[1].units == 14);
  CHECK(resized(graph, {4}, true)[2].units == 24);
  CHECK(swapped(graph, 2, Label::avg_pool, 0)[2] == layer(Label::avg_pool, {1}));

  const NasBotGraph longer = wedged(graph, {1, 2}, Label::res3, 1);
  CHECK(longer.size() == 8);
  const auto added = std::ranges::find(longer, Label::res3, &NasBotLayer::label);
  CHECK(added->units == 20);  // the mean of 16 and 24
  CHECK(problem(longer) == "none");

  const NasBotGraph shorter =
      removed(longer, static_cast<std::size_t>(added - longer.begin()), nullptr);
  CHECK(canonical_order(shorter) == canonical_order(graph));

  const NasBotGraph twice = with_branch(graph, 1, {2}, 4);
  CHECK(std::ranges::count(twice, Label::conv5, &NasBotLayer::label) == 2);
  CHECK(problem(twice) == "none");
}

TEST_CASE("what halved the image before its removal is halved elsewhere") {
  // Without the pool, the convolution above it would have to halve the image for the other branch
  // too: it does, which the size check then finds. In a chain it works.
  NasBotGraph chain = {layer(Label::input, {}),     layer(Label::conv3, {0}, 8, 1),
                       layer(Label::max_pool, {1}), layer(Label::conv3, {2}, 8, 1),
                       layer(Label::avg_pool, {3}), layer(Label::softmax, {4}),
                       layer(Label::output, {5})};
  const NasBotGraph shorter = removed(chain, 2, nullptr);
  CHECK(shorter[2].stride == 2);
  CHECK(problem(shorter) == "none");
}

TEST_CASE("a skip past a pool is pooled") {
  NasBotGraph chain = {layer(Label::input, {}),        layer(Label::conv3, {0}, 8, 1),
                       layer(Label::conv3, {1}, 8, 1), layer(Label::max_pool, {2}),
                       layer(Label::conv3, {3}, 8, 1), layer(Label::softmax, {4}),
                       layer(Label::output, {5})};
  CHECK(skip_ends(chain, 1) == std::vector<std::size_t>{3, 4});
  const NasBotGraph skipped = with_skip(chain, {1, 4});
  CHECK(std::ranges::count(skipped, Label::avg_pool, &NasBotLayer::label) == 1);
  CHECK(problem(skipped) == "none");
  CHECK(with_skip(chain, {1, 3}).size() == chain.size());
}

TEST_CASE("every rule of a graph has its message") {
  const auto broken = [](std::size_t i, const NasBotLayer& other) {
    NasBotGraph graph = branched();
    graph[i] = other;
    return problem(graph);
  };
  CHECK(problem(branched()) == "none");
  CHECK_THAT(problem({layer(Label::input, {})}), Contains("1 layers; there must be 5 to 60"));
  CHECK_THAT(broken(6, layer(Label::softmax, {5})), Contains("one output, the last"));
  CHECK_THAT(broken(1, layer(Label::relu, {0}, 16)), Contains("not of this kind"));
  CHECK_THAT(broken(1, layer(Label::conv3, {0}, 7, 1)), Contains("7 units"));
  CHECK_THAT(broken(3, layer(Label::max_pool, {1}, 7)), Contains("7 units"));
  CHECK_THAT(broken(1, layer(Label::conv3, {0}, 8, 3)), Contains("stride 3"));
  CHECK_THAT(broken(3, layer(Label::max_pool, {})), Contains("nothing feeds layer 3 (max-pool)"));
  CHECK_THAT(broken(6, layer(Label::output, {4})), Contains("feed the output"));
  CHECK_THAT(broken(3, layer(Label::max_pool, {0})), Contains("convolutions only"));
  CHECK_THAT(broken(4, layer(Label::fully_connected, {2}, 32)),
             Contains("layer 3 (max-pool) feeds nothing"));
  CHECK_THAT(broken(2, layer(Label::conv5, {1}, 24, 1)), Contains("different size"));
  CHECK_THAT(broken(4, layer(Label::fully_connected, {2, 3}, 1024)), Contains("none"));

  NasBotLimits tight = limits;
  const auto within = [&] { return violation(branched(), NasBotKind::cnn, tight).value_or(""); };
  tight.max_mass = 800;
  CHECK_THAT(within(), Contains("the mass 844 is more than 800"));
  tight.max_strides = 0;
  CHECK_THAT(within(), Contains("halved more than 0 times"));
  NasBotGraph pools = {layer(Label::input, {}), layer(Label::conv3, {0}, 16, 1)};
  while (pools.size() < 50) pools.push_back(layer(Label::max_pool, {pools.size() - 1}));
  for (const Label label : {Label::softmax, Label::output}) {
    pools.push_back(layer(label, {pools.size() - 1}));
  }
  CHECK_THAT(problem(pools), Contains("halved more than 6 times"));
  tight.max_edges = 6;
  CHECK_THAT(within(), Contains("7 edges, more than 6"));
  tight.max_out_degree = 1;
  CHECK_THAT(within(), Contains("feeds 2 layers, more than 1"));
  tight.max_in_degree = 1;
  CHECK_THAT(within(), Contains("2 layers feed layer 4 (fc), more than 1"));
}

TEST_CASE("genotypes that are no graphs are refused with the place") {
  const auto space = nasbot();
  const Genotype good = encode(branched());
  CHECK(good.text() ==
        "[7,0,0,0,0,4,16,1,1,0,5,24,2,1,1,10,0,0,1,1,3,32,0,2,2,3,2,0,0,1,4,1,0,0,1,5]");
  CHECK_NOTHROW(space->validate(good));
  CHECK_THROWS_WITH(space->validate({}), Contains("ends after 0 numbers"));
  CHECK_THROWS_WITH(space->validate({{5, 0, 0, 0, 0, 4, 16, 1}}), Contains("number of parents"));
  CHECK_THROWS_WITH(space->validate({{5, 18, 0, 0, 0}}), Contains("number 1 is '18'"));
  CHECK_THROWS_WITH(space->validate({{5, 0, 0, 0, 0, 4, 16, 1, 1, 1}}), Contains("a parent"));
  Genotype longer = good;
  longer.answers.push_back(0);
  CHECK_THROWS_WITH(space->validate(longer), Contains("goes on behind"));
}

TEST_CASE("mutation, crossover and neighbours give other valid networks") {
  const auto space = nasbot({{"kind", GENERATE("cnn", "mlp")}});
  Random random(derive_seed(5, "children"));
  Genotype parent = space->sample(random);
  for (int i = 0; i < 30; ++i) {
    const Genotype child = space->mutate_one(parent, random);
    REQUIRE(child != parent);
    REQUIRE(space->canonical(child) == child);
    REQUIRE(space->distance(parent, child) == space->distance(child, parent));
    space->validate(space->crossover(parent, child, random));
    space->validate(space->mutate_each(parent, 0.2, random));
    REQUIRE(space->mutate_each(parent, 0, random) == parent);
    parent = child;
  }
  const std::vector<Genotype> near = space->neighbours(parent);
  CHECK(near.size() > 20);
  CHECK(std::is_sorted(near.begin(), near.end()));
  for (const Genotype& genotype : near) REQUIRE(space->canonical(genotype) == genotype);
  CHECK(std::ranges::find(near, parent) == near.end());
}

TEST_CASE("networks of odd and of tiny images build") {
  const Task task = GENERATE(Task{{1, 28, 28}, 10}, Task{{3, 31, 17}, 3}, Task{{1, 1, 1}, 2});
  const auto space = nasbot({{"kind", GENERATE("cnn", "mlp")}}, task);
  Random random(derive_seed(6, "builds"));
  for (int i = 0; i < 10; ++i) {
    const Architecture net = space->build(space->sample_uniform(random));
    REQUIRE_NOTHROW(check_complete(net));
    REQUIRE(net.shape(net.outputs().at(0)) == Shape{task.classes, 1, 1});
  }
}

TEST_CASE("free-form graphs cannot be enumerated, and limits that exclude the pool are refused") {
  CHECK(size_digits(*nasbot()) == "unknown");
  CHECK_THROWS_WITH(nasbot()->enumerate([](const Genotype&) { return true; }),
                    Contains("not enumerable"));
  CHECK_THROWS_WITH(nasbot({{"max_layers", "12"}}),
                    Contains("starting pool") && Contains("5 to 12"));
}
