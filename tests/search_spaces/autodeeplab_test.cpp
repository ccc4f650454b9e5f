#include "search_spaces/autodeeplab.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "search_spaces/autodeeplab_path.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

const Task small{{3, 32, 32}, 4};
const Task cityscapes{{3, 321, 321}, 19};

std::unique_ptr<SearchSpace> autodeeplab(const std::map<std::string, std::string>& options = {},
                                         const Task& task = small) {
  const SpaceEntry entry = autodeeplab_space();
  return entry.make(task, OptionValues("autodeeplab", entry.options, options));
}

/// The published example: sin(1 + 0.7 l + 1.3 s + 2.1 d).
LevelLogits example(std::size_t transitions) {
  constexpr std::size_t levels = 4;
  LevelLogits logits(transitions, std::vector<std::array<double, level_moves>>(levels));
  for (std::size_t l = 0; l < transitions; ++l) {
    for (std::size_t s = 0; s < levels; ++s) {
      for (std::size_t d = 0; d < level_moves; ++d) {
        logits[l][s][d] = std::sin(1 + 0.7 * static_cast<double>(l) + 1.3 * static_cast<double>(s) +
                                   2.1 * static_cast<double>(d));
      }
    }
  }
  return logits;
}

/// Calls `visit` with every path from level 0 and its log-probability.
void walk(const LevelLogits& steps, std::vector<std::size_t>& levels, double log_probability,
          const std::function<void(const std::vector<std::size_t>&, double)>& visit) {
  const std::size_t t = levels.size() - 1;
  if (t == steps.size()) {
    visit(levels, log_probability);
    return;
  }
  const std::size_t level = levels.back();
  for (std::size_t move = 0; move < level_moves; ++move) {
    if (level + move < 1 || level + move > steps[t].size()) continue;
    levels.push_back(level + move - 1);
    walk(steps, levels, log_probability + steps[t][level][move], visit);
    levels.pop_back();
  }
}

}  // namespace

TEST_CASE("there are as many paths as the Fibonacci numbers say") {
  boost::multiprecision::cpp_int before = 0, fibonacci = 1;  // F(0), F(1)
  for (std::size_t transitions = 0; transitions <= 20; ++transitions) {
    REQUIRE(count_level_paths(4, transitions, 0).value == fibonacci);
    for (int i = 0; i < 2; ++i) {
      const boost::multiprecision::cpp_int next = before + fibonacci;
      before = fibonacci;
      fibonacci = next;
    }
  }
  CHECK(count_level_paths(4, 11, 0).value == 28'657);
  CHECK(count_level_paths(4, 12, 0).value == 75'025);
}

TEST_CASE("the most probable path of the published example is that of brute force") {
  const LevelPath best = most_probable_path(example(11));
  CHECK(best.log_probability == Approx(-4.9456835143).epsilon(0).margin(5e-11));
  CHECK(best.levels == std::vector<std::size_t>{0, 0, 1, 2, 2, 2, 1, 1, 0, 0, 0, 1});

  std::size_t paths = 0;
  LevelPath brute{-1e9, {}};
  std::vector<std::size_t> levels = {0};
  walk(level_log_probabilities(example(11)), levels, 0,
       [&](const std::vector<std::size_t>& path, double log_probability) {
         ++paths;
         if (log_probability > brute.log_probability) brute = {log_probability, path};
       });
  CHECK(paths == 28'657);
  CHECK(brute.levels == best.levels);
}

TEST_CASE("the probabilities of all paths add up to one") {
  double total = 0;
  std::vector<std::size_t> levels = {0};
  walk(level_log_probabilities(example(8)), levels, 0,
       [&](const std::vector<std::size_t>&, double log_probability) {
         total += std::exp(log_probability);
       });
  CHECK(total == Approx(1).epsilon(1e-12));
}

TEST_CASE("Auto-DeepLab has the published sizes") {
  const auto fixed = autodeeplab({{"preset", "published"}}, cityscapes);
  const auto counts = fixed->counts();
  CHECK(counts.at(0).digits == "556627761561600");
  CHECK(counts.at(1).digits == "28657");
  CHECK(counts.at(2).digits == "75025");
  CHECK(fixed->size()->value == boost::multiprecision::cpp_int("556627761561600") * 28'657);
  const auto open = autodeeplab({{"preset", "published"}, {"first", "free"}}, cityscapes);
  CHECK(open->size()->value == boost::multiprecision::cpp_int("556627761561600") * 75'025);
}

TEST_CASE("Auto-DeepLab's size equals the number enumerated, and its completions what follows") {
  const auto space = autodeeplab(
      {{"blocks", "1"}, {"layers", "3"}, {"levels", "3"}, {"first", GENERATE("fixed", "free")}});
  CHECK(count_by_enumeration(*space) == space->size()->value);
  Genotype prefix{{0, 0, 0, 0, 0, 1, 2}};
  CHECK(space->completions(prefix, 6)->value == 3);
  CHECK(space->completions(prefix, 7)->value == 1);
}

TEST_CASE("a block's two halves may change places") {
  const auto space = autodeeplab();
  const Genotype one{{0, 2, 1, 0, 1, 5, 2, 3, 0, 0, 1, 2}};
  const Genotype other{{1, 0, 0, 2, 2, 3, 1, 5, 0, 0, 1, 2}};
  CHECK(space->canonical(other) == space->canonical(one));
  CHECK(space->canonical(one) == one);
  CHECK(space->build(other) == space->build(one));
}

TEST_CASE("uniform samples of Auto-DeepLab are canonical and reach all paths alike") {
  const auto space = autodeeplab({{"blocks", "1"}, {"first", "free"}});
  const auto paths = static_cast<std::size_t>(count_level_paths(3, 4, 0).value);
  std::map<std::vector<int>, int> seen;
  Random random(derive_seed(1, "paths"));
  constexpr int draws_each = 100;
  for (std::size_t i = 0; i < paths * draws_each; ++i) {
    const Genotype genotype = space->sample_uniform(random);
    REQUIRE(space->canonical(genotype) == genotype);
    ++seen[{genotype.answers.begin() + 4, genotype.answers.end()}];
  }
  CHECK(seen.size() == paths);
  for (const auto& [path, count] : seen) CHECK(count > draws_each / 2);
}

TEST_CASE("segmentation has a class for every pixel, whatever the path") {
  const Task task = GENERATE(Task{{3, 32, 32}, 4}, Task{{1, 28, 28}, 10}, Task{{3, 45, 33}, 2});
  const auto space = autodeeplab({{"first", "free"}}, task);
  Random random(derive_seed(2, "builds"));
  for (int i = 0; i < 30; ++i) {
    const Architecture net = space->build(space->sample(random));
    REQUIRE_NOTHROW(check_complete(net));
    REQUIRE(net.shape(net.outputs().at(0)) ==
            Shape{task.classes, task.input.height, task.input.width});
  }
}

TEST_CASE("blocks have filters in proportion to the stride of their level") {
  const auto space = autodeeplab();
  // All skips of the last layer; levels 4, 8, 16, 16.
  const Architecture net = space->build({{1, 6, 1, 6, 1, 6, 1, 6, 0, 1, 2, 2}});
  std::map<std::string, Shape> cells;
  for (NodeId node = 0; node < net.size(); ++node) {
    const std::string& name = net.name(node);
    if (name.starts_with("layer") && name.ends_with(".concat")) cells[name] = net.shape(node);
  }
  CHECK(cells == std::map<std::string, Shape>{{"layer1.s4.concat", {8, 8, 8}},
                                              {"layer2.s8.concat", {16, 4, 4}},
                                              {"layer3.s16.concat", {32, 2, 2}},
                                              {"layer4.s16.concat", {32, 2, 2}}});
}

TEST_CASE("layers that nothing reads are left out") {
  const auto space = autodeeplab();
  // All skips of the layer before the last: layers 4 and 2 alone count.
  const Architecture net = space->build({{0, 6, 0, 6, 0, 6, 0, 6, 0, 0, 0, 0}});
  std::set<std::string> layers;
  for (NodeId node = 0; node < net.size(); ++node) {
    const std::string& name = net.name(node);
    if (name.starts_with("layer")) layers.insert(name.substr(0, name.find('.')));
  }
  CHECK(layers == std::set<std::string>{"layer2", "layer4"});
}

TEST_CASE("Auto-DeepLab refuses leaps between levels and images that are too small") {
  CHECK_THROWS_WITH(autodeeplab()->build({{0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2}}),
                    Contains("layer2.level"));
  CHECK_THROWS_WITH(autodeeplab()->build({{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}}),
                    Contains("layer1.level"));
  CHECK_THROWS_WITH(autodeeplab({}, {{3, 15, 32}, 4}), Contains("16x16") && Contains("3x15x32"));
}
