#include <map>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/architecture/architecture_json.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/hash.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/registry.hpp"
#include "search_spaces/staged/staged_space.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;

namespace {

const Task tiny{{1, 16, 16}, 3};

/// Every kind of decision, of a size that can be walked.
SpaceDescription everything() {
  SpaceDescription space;
  space.name = "everything";
  space.resolution = in_stage<std::int64_t>({12, 16});
  space.stem = {.width = in_stage<std::int64_t>({4, 8}), .stride = 1};
  Stage first;
  first.name = "first";
  first.depth = in_stage<std::int64_t>({1, 2});
  first.width = in_stage<std::int64_t>({8, 12});
  first.stride = in_stage<std::int64_t>({1, 2});
  first.op = in_layer<Block>({{"conv", BlockOp::convolution},
                              {"mb", BlockOp::inverted_bottleneck, 3},
                              {"off", BlockOp::identity}});
  first.kernel = in_layer<std::int64_t>({1, 3});
  first.expansion = in_layer<std::int64_t>({2, 3, 4});
  first.skip = in_layer<Skip>({Skip::none, Skip::pool});
  space.stages.push_back(first);
  Stage second;
  second.name = "second";
  second.op =
      in_stage<Block>({{"separable", BlockOp::separable}, {"fixed", BlockOp::convolution, 1}});
  second.depth = in_stage<std::int64_t>({1, 3});
  second.width = always<std::int64_t>(8);
  second.kernel = in_stage<std::int64_t>({3, 5});
  second.se = in_stage<double>({0, 0.5});
  second.activation = in_stage<OpKind>({OpKind::relu, OpKind::swish});
  space.stages.push_back(second);
  return space;
}

SpaceDescription shuffles(WeightSharing weights) {
  SpaceDescription space;
  space.name = "shuffles";
  space.weights = weights;
  space.stem = {.width = always<std::int64_t>(8), .stride = 1};
  Stage stage;
  stage.name = "stage1";
  stage.depth = in_stage<std::int64_t>({1, 2});
  stage.width = always<std::int64_t>(16);
  stage.stride = always<std::int64_t>(2);
  stage.op =
      in_layer<Block>({{"shuffle", BlockOp::shuffle}, {"xception", BlockOp::shuffle_xception}});
  stage.kernel = in_layer<std::int64_t>({3, 7});
  stage.branch = in_layer<double>({0.5, 1.5});
  space.stages.push_back(stage);
  return space;
}

void check_completions(const SearchSpace& space, const Genotype& genotype) {
  std::map<std::vector<int>, int> with_prefix;
  for (std::size_t length = 0; length <= genotype.answers.size(); ++length) {
    Genotype prefix = genotype;
    const auto completions = space.completions(prefix, length)->value;
    boost::multiprecision::cpp_int sum = 0;
    if (length == genotype.answers.size()) {
      CHECK(completions == 1);
      continue;
    }
    const std::vector<bool> open = space.allowed(prefix, length);
    for (std::size_t answer = 0; answer < open.size(); ++answer) {
      if (!open[answer]) continue;
      prefix.answers[length] = static_cast<int>(answer);
      sum += space.completions(prefix, length + 1)->value;
    }
    CAPTURE(length);
    CHECK(completions == sum);
  }
}

}  // namespace

TEST_CASE("the size of a description equals the number enumerated") {
  for (const SpaceDescription& description :
       {everything(), shuffles(WeightSharing::by_choice), shuffles(WeightSharing::elastic)}) {
    const StagedSpace space(description.name, description, tiny);
    CAPTURE(description.name);
    CHECK(space.size()->value == count_by_enumeration(space));
  }
}

TEST_CASE("the completions of a prefix are those of what may follow it") {
  const StagedSpace space("everything", everything(), tiny);
  Random random(derive_seed(3, "completions"));
  for (int i = 0; i < 20; ++i) check_completions(space, space.sample(random));
}

TEST_CASE("samples of every description build, and canonical forms stay") {
  for (const SpaceDescription& description :
       {everything(), shuffles(WeightSharing::by_choice), shuffles(WeightSharing::elastic)}) {
    const StagedSpace space(description.name, description, tiny);
    Random random(derive_seed(4, description.name));
    for (int i = 0; i < 50; ++i) {
      const Genotype genotype = space.sample_uniform(random);
      CHECK(space.canonical(genotype) == genotype);
      const Architecture net = space.build(genotype);
      CHECK(architecture_from_json(to_json(net)) == net);
    }
  }
}

TEST_CASE("uniform samples are as frequent as each other") {
  const StagedSpace space("shuffles", shuffles(WeightSharing::by_choice), tiny);
  // 6 layers of one kind or another: 6 networks of one layer, 36 of two.
  REQUIRE(space.size()->value == 42);
  Random random(derive_seed(5, "frequencies"));
  std::map<Genotype, int> seen;
  constexpr int draws = 42'000;
  for (int i = 0; i < draws; ++i) ++seen[space.sample_uniform(random)];
  CHECK(seen.size() == 42);
  // 1,000 are expected of each, with a deviation of 31; beyond six of them once in 10^9.
  for (const auto& [genotype, count] : seen) CHECK(std::abs(count - 1000) < 190);
}

TEST_CASE("equal names of weights in a space mean equal tensors") {
  std::vector<SpaceDescription> descriptions = {everything(), shuffles(WeightSharing::by_choice),
                                                shuffles(WeightSharing::elastic)};
  SpaceDescription elastic = everything();
  elastic.weights = WeightSharing::elastic;
  descriptions.push_back(elastic);
  for (const SpaceDescription& description : descriptions) {
    const StagedSpace space(description.name, description, tiny);
    Random random(derive_seed(6, description.name));
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (int i = 0; i < 200; ++i) {
      const Architecture net = space.build(space.sample(random));
      for (NodeId node = 0; node < net.size(); ++node) {
        for (const ParameterSpec& spec : net.parameters(node)) {
          const ParameterReference reference = net.reference(node, spec);
          const auto [place, is_new] = shapes.emplace(reference.name, reference.shape);
          CAPTURE(reference.name);
          REQUIRE(place->second == reference.shape);
        }
      }
    }
  }
}

TEST_CASE("the networks of mbconv are those of its first version") {
  const SpaceEntry& entry = search_space("mbconv");
  const auto digest = [&](const Task& of, const std::map<std::string, std::string>& options) {
    const auto space = entry.make(of, OptionValues("mbconv", entry.options, options));
    Random random(derive_seed(7, "mbconv"));
    std::string all;
    for (const Decision& decision : space->decisions()) {
      all += decision.name;
      for (const std::string& option : decision.options) all += " " + option;
    }
    for (int i = 0; i < 10; ++i) all += to_json(space->build(space->sample(random))).dump();
    return hash_bytes(all).text();
  };
  CHECK(digest({{1, 28, 28}, 10}, {}) == "2bd4aaed6f7eb36e42bcc10548e0f045");
  CHECK(digest({{3, 224, 224}, 1000}, {{"max_depth", "3"}, {"activation", "swish"}}) ==
        "792f4852b7af6aeda9acd41271a56d96");
  CHECK(digest({{3, 8, 8}, 4}, {{"max_depth", "1"}, {"width", "0.25"}}) ==
        "9f9326afd980ea7008e8c534891eaea6");
}
