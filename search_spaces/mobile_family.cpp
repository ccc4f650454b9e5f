#include "search_spaces/mobile_family.hpp"

namespace nas {

const MobileFamily& mcunet_family() {
  static const MobileFamily family{
      .stem_width = 32,
      .first_width = 16,
      .stages = {{24, 2, {2, 3, 4}},
                 {40, 2, {2, 3, 4}},
                 {80, 2, {2, 3, 4}},
                 {96, 1, {2, 3, 4}},
                 {192, 2, {2, 3, 4}},
                 {320, 1, {1}}},
      .mix_width = 1280,
      .kernels = {3, 5, 7},
      .expansions = {3, 4, 6},
      .multipliers = {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0},
      .resolutions = {48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224},
  };
  return family;
}

std::int64_t MobileMember::width(std::int64_t base) const {
  return round_channels(multiplier * static_cast<double>(base));
}

MobileNetwork draw_network(const MobileFamily& family, Random& random) {
  MobileNetwork network;
  std::size_t layers = 0;
  for (const MobileStage& stage : family.stages) {
    network.depths.push_back(stage.depths[random.below(stage.depths.size())]);
    layers += static_cast<std::size_t>(network.depths.back());
  }
  network.layers.reserve(layers);
  for (std::size_t i = 0; i < layers; ++i) {
    const std::int64_t kernel = family.kernels[random.below(family.kernels.size())];
    const std::int64_t expansion = family.expansions[random.below(family.expansions.size())];
    network.layers.push_back({kernel, expansion});
  }
  return network;
}

ChainCost::Sums network_cost(const MobileFamily& family, const MobileMember& member,
                             const MobileNetwork& network) {
  ChainCost chain({member.channels, member.resolution, member.resolution});
  chain.add_convolution_block(
      {.out_channels = member.width(family.stem_width), .kernel = 3, .stride = 2});
  chain.add_inverted_bottleneck(
      {.out_channels = member.width(family.first_width), .residual = false});
  auto layer = network.layers.begin();
  for (std::size_t s = 0; s < family.stages.size(); ++s) {
    const MobileStage& stage = family.stages[s];
    for (int i = 0; i < network.depths[s]; ++i, ++layer) {
      chain.add_inverted_bottleneck({.out_channels = member.width(stage.width),
                                     .expansion = layer->expansion,
                                     .kernel = layer->kernel,
                                     .stride = i == 0 ? stage.stride : 1});
    }
  }
  if (member.mix) chain.add_convolution_block({.out_channels = member.width(family.mix_width)});
  chain.add_classifier(member.classes);
  return chain.cost();
}

}  // namespace nas
