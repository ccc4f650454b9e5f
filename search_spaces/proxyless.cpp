#include "search_spaces/proxyless.hpp"

#include <array>

#include <fmt/format.h>

#include "search_spaces/staged/published.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {preset_option};
constexpr std::size_t stages = 6;
constexpr std::array<std::int64_t, stages> strides = {2, 2, 2, 1, 2, 1};

struct Sizes {
  std::int64_t stem;
  std::int64_t first;
  std::array<std::int64_t, stages> widths;
  std::array<std::int64_t, stages> depths;
  std::int64_t head;
};
constexpr Sizes published = {32, 16, {24, 40, 80, 96, 192, 320}, {4, 4, 4, 4, 4, 1}, 1280};
constexpr Sizes small = {8, 8, {8, 16, 24, 32, 48, 64}, {2, 2, 2, 2, 2, 1}, 192};

std::vector<Block> candidates() {
  std::vector<Block> blocks;
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t expansion : {3, 6}) {
      blocks.push_back({fmt::format("k{}e{}", kernel, expansion), BlockOp::inverted_bottleneck,
                        kernel, expansion});
    }
  }
  blocks.push_back({"zero", BlockOp::identity});
  return blocks;
}

std::unique_ptr<SearchSpace> make_proxyless(const Task& task, const OptionValues& options) {
  const bool is_small = options.text("preset") == "small";
  const Sizes& sizes = is_small ? small : published;
  SpaceDescription space;
  space.name = "proxyless";
  space.stem = {.width = always(sizes.stem), .activation = OpKind::relu6};
  space.stages.push_back(
      fixed_stage(0, {.op = BlockOp::separable, .width = sizes.first}, OpKind::relu6));
  space.stages.back().name = "first";
  for (std::size_t s = 0; s < stages; ++s) {
    Stage stage;
    stage.name = fmt::format("stage{}", s + 1);
    stage.depth = always(sizes.depths[s]);
    stage.width = always(sizes.widths[s]);
    stage.stride = always(strides[s]);
    stage.op = in_layer(candidates());
    stage.activation = always(OpKind::relu6);
    space.stages.push_back(std::move(stage));
  }
  space.head = {.width = sizes.head, .activation = OpKind::relu6};
  if (is_small) soften_strides(space, task.input);
  auto result = std::make_unique<StagedSpace>("proxyless", std::move(space), task);
  unsigned layers = 0;
  for (const std::int64_t depth : sizes.depths) layers += static_cast<unsigned>(depth);
  result->add_count({"with a zero op in every layer, as often quoted", fmt::format("7^{}", layers),
                     power_digits(7, layers)});
  return result;
}

}  // namespace

SpaceEntry proxyless_space() {
  return {
      "proxyless",
      "ProxylessNAS' space (Cai et al. 2018): kernel and expansion of every layer, or no layer.",
      option_table, make_proxyless};
}

}  // namespace nas
