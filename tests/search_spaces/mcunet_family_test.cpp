// The space that searches one member of MCUNet's family costs what the family's arithmetic says.

#include <map>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "search_spaces/mcunet.hpp"
#include "search_spaces/mobile_family.hpp"

namespace nas {
namespace {

std::unique_ptr<SearchSpace> space_of(const MobileMember& member) {
  const SpaceEntry entry = mcunet_space();
  const OptionValues options("mcunet", entry.options,
                             {{"preset", "published"},
                              {"width", fmt::format("{}", member.multiplier)},
                              {"resolution", std::to_string(member.resolution)},
                              {"mix", member.mix ? "true" : "false"}});
  return entry.make(
      {{member.channels, member.resolution, member.resolution}, static_cast<int>(member.classes)},
      options);
}

/// The answers by the names of the decisions.
MobileNetwork network_of(const SearchSpace& space, const Genotype& genotype,
                         const MobileFamily& family) {
  std::map<std::string, int> answers;
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    const Decision& decision = space.decisions()[i];
    answers[decision.name] =
        std::stoi(decision.options[static_cast<std::size_t>(genotype.answers[i])]);
  }
  MobileNetwork network;
  for (std::size_t s = 0; s < family.stages.size(); ++s) {
    const std::string stage = fmt::format("stage{}.", s + 1);
    const bool chooses = family.stages[s].depths.size() > 1;
    network.depths.push_back(chooses ? answers.at(stage + "depth")
                                     : family.stages[s].depths.front());
    for (int layer = 1; layer <= network.depths.back(); ++layer) {
      const std::string name = fmt::format("{}layer{}.", stage, layer);
      network.layers.push_back({answers.at(name + "kernel"), answers.at(name + "expansion")});
    }
  }
  return network;
}

TEST_CASE("the space 'mcunet' builds what the family's arithmetic counts, in all 108 members") {
  const MobileFamily& family = mcunet_family();
  Random random(1);
  for (const double multiplier : family.multipliers) {
    for (const std::int64_t resolution : family.resolutions) {
      const MobileMember member{.multiplier = multiplier,
                                .resolution = resolution,
                                .classes = 100,
                                .mix = random.chance(0.5),
                                .channels = random.chance(0.5) ? 1 : 3};
      const auto space = space_of(member);
      const Genotype genotype = space->sample(random);
      const Cost found = cost(space->build(genotype));
      const ChainCost::Sums expected =
          network_cost(family, member, network_of(*space, genotype, family));
      INFO("width " << multiplier << ", resolution " << resolution);
      CHECK(expected.params == found.params);
      CHECK(expected.macs == found.macs);
      CHECK(expected.ram_int8 == found.ram_int8);
      CHECK(expected.ram_mcunet == found.ram_mcunet);
      CHECK(expected.flash_int8 == found.flash_int8);
    }
  }
}

}  // namespace
}  // namespace nas
