#include "search_spaces/regnet.hpp"

#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/anynet_network.hpp"
#include "tests/search_spaces/tasks.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

std::unique_ptr<SearchSpace> regnet(const std::map<std::string, std::string>& options,
                                    const Task& task = cifar_task) {
  const SpaceEntry entry = regnet_space();
  return entry.make(task, OptionValues("regnet", entry.options, options));
}

Architecture named(const std::string& name) {
  const SpaceEntry entry = regnet_space();
  const NamedArchitecture& found = named_architecture(entry, name);
  return found.build(found.task);
}

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("RegNetX-200MF has the published widths, parameters, MACs and activations") {
  const RegNetWidths shape =
      regnet_widths({.depth = 13, .initial_width = 24, .slope = 36.44, .multiplier = 2.49});
  CHECK(shape.widths == Numbers{24, 56, 152, 368});
  CHECK(shape.depths == Numbers{1, 1, 4, 7});
  CHECK(shape.levels == 4);
  const Architecture net = named("regnetx-200mf");
  CHECK(cost(net).params == 2'684'792);
  CHECK(cost(net).macs == 199'039'872);
  CHECK(convolution_activations(net) == 2'163'056);
}

TEST_CASE("RegNetY-400MF has the published widths and parameters") {
  const RegNetWidths shape =
      regnet_widths({.depth = 16, .initial_width = 48, .slope = 27.89, .multiplier = 2.09});
  CHECK(shape.widths == Numbers{48, 104, 208, 440});
  CHECK(shape.depths == Numbers{1, 3, 6, 6});
  const Architecture net = named("regnety-400mf");
  CHECK(cost(net).params == 4'344'144);
  CHECK(cost(net).macs == Approx(400e6).epsilon(0.02));
}

TEST_CASE("the size of RegNet is a product, and the paper's count stands beside it") {
  const auto published = regnet({{"preset", "published"}}, imagenet_task);
  CHECK(size_digits(*published) == "150994944");
  CHECK(published->counts().at(0).digits == "301989888");
  const auto small = regnet({{"max_depth", "4"}});
  CHECK(count_by_enumeration(*small) == small->size()->value);
}

TEST_CASE("the values of a RegNet's line are distinct, ascending and end where the paper's do") {
  const auto space = regnet({{"preset", "published"}}, imagenet_task);
  for (const std::size_t i : {2, 3}) {
    std::vector<double> values;
    for (const std::string& option : space->decisions()[i].options) {
      values.push_back(std::stod(option));
    }
    CHECK(std::set<double>(values.begin(), values.end()).size() == 64);
    CHECK(std::is_sorted(values.begin(), values.end()));
    CHECK(values.front() == (i == 2 ? 8.0 : 1.5));
    CHECK(values.back() == (i == 2 ? 256.0 : 3.0));
  }
}

TEST_CASE("samples of RegNet have four stages, or as many as asked for") {
  const auto check = [](const char* stages, std::size_t expected) {
    const auto space = regnet({{"stages", stages}});
    Random random(derive_seed(1, "samples"));
    for (int i = 0; i < 20; ++i) {
      const Architecture net = space->build(space->sample(random));
      std::set<std::string> seen;
      for (NodeId node = 0; node < net.size(); ++node) {
        const std::string& name = net.name(node);
        if (name.starts_with("stage")) seen.insert(name.substr(0, name.find('.')));
      }
      CHECK(seen.size() == expected);
    }
  };
  check("4", 4);
  check("2", 2);
}

TEST_CASE("uniform samples of RegNet build whatever the number of stages") {
  const auto space = regnet({{"se", "true"}}, {{1, 28, 28}, 10});
  Random random(derive_seed(2, "uniform"));
  for (int i = 0; i < 50; ++i) {
    const Architecture net = space->build(space->sample_uniform(random));
    CHECK(net.shape(net.outputs().at(0)) == Shape{10, 1, 1});
  }
}

TEST_CASE("more stages than blocks are refused") {
  CHECK_THROWS_WITH(regnet({{"max_depth", "3"}}), Contains("max_depth '3'") && Contains("'4'"));
}
