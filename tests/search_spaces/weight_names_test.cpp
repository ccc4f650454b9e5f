// Training over one store: what has one name in two networks of a space must have one shape.
#include <map>

#include <catch2/catch.hpp>

#include "core/architecture/architecture.hpp"
#include "search_spaces/registry.hpp"

using namespace nas;

TEST_CASE("weights of one name have one shape in all networks of a space") {
  const char* const name = GENERATE("anynet", "autodeeplab", "efficientnet", "nasbot", "nasfpn",
                                    "nasrl", "nds", "regnet");
  CAPTURE(name);
  const SpaceEntry& entry = search_space(name);
  const auto space = entry.make({{3, 33, 28}, 10}, OptionValues(name, entry.options, {}));
  std::map<std::string, std::vector<std::int64_t>> shapes;
  Random random(derive_seed(1, name));
  constexpr int samples = 60;
  for (int i = 0; i < samples; ++i) {
    const Genotype genotype = i % 2 == 0 ? space->sample(random) : space->sample_uniform(random);
    const Architecture net = space->build(genotype);
    for (NodeId node = 0; node < net.size(); ++node) {
      for (const ParameterSpec& parameter : net.parameters(node)) {
        const ParameterReference reference = net.reference(node, parameter);
        CAPTURE(reference.name);
        REQUIRE(shapes.emplace(reference.name, reference.shape).first->second == reference.shape);
      }
    }
  }
}
