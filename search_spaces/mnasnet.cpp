#include "search_spaces/mnasnet.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "search_spaces/staged/published.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {preset_option};
constexpr std::size_t blocks = 5;
constexpr std::array<double, 3> width_factors = {0.75, 1.0, 1.25};
constexpr std::array<std::int64_t, blocks> strides = {2, 2, 2, 1, 2};

struct Sizes {
  std::int64_t stem;
  std::int64_t first;
  std::array<std::int64_t, blocks> widths;
  std::array<std::int64_t, blocks> depths;
  std::int64_t last;  ///< 0: no such layer
  std::int64_t head;
  std::int64_t multiple;  ///< of channels
};
constexpr Sizes published = {32, 16, {24, 32, 64, 96, 160}, {2, 3, 4, 3, 3}, 320, 1280, 8};
constexpr Sizes small = {16, 8, {16, 24, 32, 48, 64}, {2, 2, 2, 2, 2}, 0, 192, 4};

std::int64_t nearest_multiple(double channels, std::int64_t multiple) {
  const auto step = static_cast<double>(multiple);
  return static_cast<std::int64_t>(std::floor(channels / step + 0.5)) * multiple;
}

Stage block(std::size_t b, const Sizes& sizes) {
  std::vector<std::int64_t> widths;
  widths.reserve(width_factors.size());
  for (const double factor : width_factors) {
    widths.push_back(
        nearest_multiple(factor * static_cast<double>(sizes.widths[b]), sizes.multiple));
  }
  const std::int64_t depth = sizes.depths[b];
  Stage stage;
  stage.name = fmt::format("block{}", b + 1);
  stage.depth = in_stage<std::int64_t>({depth - 1, depth, depth + 1});
  stage.width = in_stage(widths);
  stage.stride = always(strides[b]);
  stage.op = in_stage<Block>({{"conv", BlockOp::convolution},
                              {"separable", BlockOp::separable},
                              {"mbconv3", BlockOp::inverted_bottleneck, std::nullopt, 3},
                              {"mbconv6", BlockOp::inverted_bottleneck, std::nullopt, 6}});
  stage.kernel = in_stage<std::int64_t>({3, 5});
  stage.se = in_stage<double>({0, 0.25});
  stage.skip = in_stage<Skip>({Skip::none, Skip::identity, Skip::pool});
  return stage;
}

std::unique_ptr<SearchSpace> make_mnasnet(const Task& task, const OptionValues& options) {
  const bool is_small = options.text("preset") == "small";
  const Sizes& sizes = is_small ? small : published;
  SpaceDescription space;
  space.name = "mnasnet";
  space.stem = {.width = always(sizes.stem)};
  space.stages.push_back(
      fixed_stage(0, {.op = BlockOp::separable, .width = sizes.first}, OpKind::relu));
  space.stages.back().name = "first";
  for (std::size_t b = 0; b < blocks; ++b) space.stages.push_back(block(b, sizes));
  if (sizes.last > 0) {
    space.stages.push_back(fixed_stage(0, {.expansion = 6, .width = sizes.last}, OpKind::relu));
    space.stages.back().name = "last";
  }
  space.head = {.width = sizes.head};
  if (is_small) soften_strides(space, task.input);
  auto result = std::make_unique<StagedSpace>("mnasnet", std::move(space), task);
  constexpr unsigned layers_in_a_flat_space = 15;
  result->add_count({"flat, with 3 layers in each of the 5 blocks, each decided by itself",
                     "432^15", power_digits(432, layers_in_a_flat_space)});
  return result;
}

SpaceDescription network(const char* name, const std::vector<StageRow>& rows) {
  SpaceDescription net;
  net.name = name;
  net.stem = {.width = always<std::int64_t>(published.stem)};
  int number = 0;
  for (const StageRow& row : rows) {
    net.stages.push_back(fixed_stage(++number, row, OpKind::relu));
  }
  net.head = {.width = published.head};
  return net;
}

/// As the authors' code decodes its strings of blocks.
SpaceDescription a1() {
  return network("mnasnet-a1",
                 {{.op = BlockOp::separable, .width = 16, .skip = Skip::none},
                  {.expansion = 6, .width = 24, .depth = 2, .stride = 2},
                  {.expansion = 3, .width = 40, .depth = 3, .stride = 2, .kernel = 5, .se = 0.25},
                  {.expansion = 6, .width = 80, .depth = 4, .stride = 2},
                  {.expansion = 6, .width = 112, .depth = 2, .se = 0.25},
                  {.expansion = 6, .width = 160, .depth = 3, .stride = 2, .kernel = 5, .se = 0.25},
                  {.expansion = 6, .width = 320}});
}

SpaceDescription b1() {
  return network("mnasnet-b1",
                 {{.op = BlockOp::separable, .width = 16, .skip = Skip::none},
                  {.expansion = 3, .width = 24, .depth = 3, .stride = 2},
                  {.expansion = 3, .width = 40, .depth = 3, .stride = 2, .kernel = 5},
                  {.expansion = 6, .width = 80, .depth = 3, .stride = 2, .kernel = 5},
                  {.expansion = 6, .width = 96, .depth = 2},
                  {.expansion = 6, .width = 192, .depth = 4, .stride = 2, .kernel = 5},
                  {.expansion = 6, .width = 320}});
}

}  // namespace

SpaceEntry mnasnet_space() {
  return {"mnasnet",
          "MnasNet's factorised hierarchical space (Tan et al. 2018): op, kernel, "
          "squeeze-and-excitation, skip, width and depth of five blocks.",
          option_table,
          make_mnasnet,
          {named_network("mnasnet-a1", "MnasNet-A1 (Tan et al. 2018).", a1()),
           named_network("mnasnet-b1",
                         "MnasNet-B1, without squeeze-and-excitation (Tan et al. 2018).", b1())}};
}

}  // namespace nas
