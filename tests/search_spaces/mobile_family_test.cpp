#include "search_spaces/mobile_family.hpp"

#include <map>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"

namespace nas {
namespace {

/// The graph of a member's network, from blocks.hpp.
Architecture graph(const MobileFamily& family, const MobileMember& member,
                   const MobileNetwork& network) {
  const Activation activation{.kind = OpKind::relu6};
  Architecture net;
  NodeId x = net.add(input_op({3, member.resolution, member.resolution}), {});
  x = add_convolution_block(
      net, x, "stem", {.out_channels = member.width(family.stem_width), .kernel = 3, .stride = 2},
      activation);
  x = add_inverted_bottleneck(
      net, x, "first", {.out_channels = member.width(family.first_width), .residual = false});
  std::size_t layer = 0;
  for (std::size_t s = 0; s < family.stages.size(); ++s) {
    for (int i = 0; i < network.depths[s]; ++i, ++layer) {
      x = add_inverted_bottleneck(net, x, fmt::format("stage{}.layer{}", s + 1, i + 1),
                                  {.out_channels = member.width(family.stages[s].width),
                                   .expansion = network.layers[layer].expansion,
                                   .kernel = network.layers[layer].kernel,
                                   .stride = i == 0 ? family.stages[s].stride : 1});
    }
  }
  if (member.mix) {
    x = add_convolution_block(net, x, "mix", {.out_channels = member.width(family.mix_width)},
                              activation);
  }
  add_classifier(net, x, member.classes);
  return net;
}

TEST_CASE("MCUNet's family has 108 members") {
  const MobileFamily& family = mcunet_family();
  CHECK(family.multipliers.size() * family.resolutions.size() == 108);
  CHECK(family.multipliers.front() == 0.2);
  CHECK(family.multipliers.back() == 1.0);
  CHECK(family.resolutions.front() == 48);
  CHECK(family.resolutions.back() == 224);
}

TEST_CASE("widths are rounded to multiples of 8, never more than a tenth down") {
  CHECK(MobileMember{.multiplier = 0.2}.width(32) == 8);
  CHECK(MobileMember{.multiplier = 0.2}.width(96) == 24);
  CHECK(MobileMember{.multiplier = 0.5}.width(40) == 24);
  CHECK(MobileMember{.multiplier = 1.0}.width(1280) == 1280);
}

TEST_CASE("the arithmetic of shapes gives what the graph costs") {
  const MobileFamily& family = mcunet_family();
  Random random(1);
  for (int i = 0; i < 150; ++i) {
    const MobileMember member{
        .multiplier = family.multipliers[random.below(family.multipliers.size())],
        .resolution = family.resolutions[random.below(family.resolutions.size())],
        .classes = random.chance(0.5) ? 100 : 1000,
        .mix = random.chance(0.5)};
    const MobileNetwork network = draw_network(family, random);
    const Cost found = cost(graph(family, member, network));
    const ChainCost::Sums expected = network_cost(family, member, network);
    CHECK(expected.params == found.params);
    CHECK(expected.macs == found.macs);
    CHECK(expected.ram_int8 == found.ram_int8);
    CHECK(expected.ram_mcunet == found.ram_mcunet);
    CHECK(expected.flash_int8 == found.flash_int8);
  }
}

TEST_CASE("the memory peaks of a network are counted independently") {
  // Smallest member and answers: 48 pixels, widths 8, 8, 8, ...; the first strided block expands 8
  // channels to 24 at 24x24, and its depthwise convolution leads to 12x12.
  const MobileFamily& family = mcunet_family();
  MobileNetwork network{.depths = {2, 2, 2, 2, 2, 1}, .layers = {}};
  network.layers.assign(11, {.kernel = 3, .expansion = 3});
  const ChainCost::Sums sums =
      network_cost(family, {.multiplier = 0.2, .resolution = 48, .classes = 10}, network);
  const std::int64_t expand = (8 + 24) * 24 * 24;
  const std::int64_t depthwise = 24 * 24 * 24 + 24 * 12 * 12;
  CHECK(expand > depthwise);
  CHECK(sums.ram_int8 == expand);
  CHECK(sums.ram_mcunet == expand);
}

TEST_CASE("depths, kernels and expansions are drawn uniformly") {
  const MobileFamily& family = mcunet_family();
  Random random(2);
  std::map<int, int> depths;
  std::map<std::int64_t, int> kernels, expansions;
  constexpr int draws = 3000;
  for (int i = 0; i < draws; ++i) {
    const MobileNetwork network = draw_network(family, random);
    REQUIRE(network.depths.size() == 6);
    ++depths[network.depths[2]];
    CHECK(network.depths[5] == 1);
    ++kernels[network.layers.front().kernel];
    ++expansions[network.layers.back().expansion];
  }
  for (const int depth : {2, 3, 4}) CHECK(depths[depth] == Approx(draws / 3).epsilon(0.1));
  for (const std::int64_t kernel : {3, 5, 7}) {
    CHECK(kernels[kernel] == Approx(draws / 3).epsilon(0.1));
  }
  for (const std::int64_t expansion : {3, 4, 6}) {
    CHECK(expansions[expansion] == Approx(draws / 3).epsilon(0.1));
  }
}

}  // namespace
}  // namespace nas
