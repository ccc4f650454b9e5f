#include "search_spaces/mcunet.hpp"

#include <array>

#include <fmt/format.h>

#include "search_spaces/mobilenet_v2.hpp"
#include "search_spaces/staged/published.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {
    preset_option,
    {"width", OptionType::real, "0", "Factor on all channel counts; 0: the preset's.", 0, 4},
    {"resolution", OptionType::integer, "0", "Side of the input in pixels; 0: the task's.", 0,
     4096},
    {"mix", OptionType::boolean, "true", "A 1x1 convolution to 1,280 channels at the end."}};
constexpr std::size_t stages = 6;
constexpr std::array<std::int64_t, stages> widths = {24, 40, 80, 96, 192, 320};
constexpr std::array<std::int64_t, stages> strides = {2, 2, 2, 1, 2, 1};
constexpr std::int64_t stem = 32, first = 16, mixed = 1280;
constexpr double small_width = 0.3;

std::unique_ptr<SearchSpace> make_mcunet(const Task& task, const OptionValues& options) {
  const bool is_small = options.text("preset") == "small";
  double width = options.real("width");
  if (width == 0) width = is_small ? small_width : 1;
  const auto scaled = [&](std::int64_t channels) {
    return round_channels(width * static_cast<double>(channels));
  };
  const std::vector<std::int64_t> depths =
      is_small ? std::vector<std::int64_t>{1, 2} : std::vector<std::int64_t>{2, 3, 4};

  SpaceDescription space;
  space.name = "mcunet";
  space.weights = WeightSharing::elastic;
  space.stem = {.width = always(scaled(stem)), .activation = OpKind::relu6};
  space.stages.push_back(
      fixed_stage(0, {.op = BlockOp::separable, .width = scaled(first)}, OpKind::relu6));
  space.stages.back().name = "first";
  for (std::size_t s = 0; s < stages; ++s) {
    Stage stage;
    stage.name = fmt::format("stage{}", s + 1);
    if (s + 1 < stages) stage.depth = in_stage(depths);
    stage.width = always(scaled(widths[s]));
    stage.stride = always(strides[s]);
    stage.kernel = in_layer<std::int64_t>({3, 5, 7});
    stage.expansion = in_layer<std::int64_t>({3, 4, 6});
    stage.activation = always(OpKind::relu6);
    space.stages.push_back(std::move(stage));
  }
  space.head.activation = OpKind::relu6;
  if (options.boolean("mix")) space.head.width = scaled(mixed);
  Shape input = task.input;
  if (const std::int64_t side = options.integer("resolution"); side > 0) {
    space.resolution = always(side);
    input = {input.channels, side, side};
  }
  if (is_small) soften_strides(space, input);
  return std::make_unique<StagedSpace>("mcunet", std::move(space), task);
}

}  // namespace

SpaceEntry mcunet_space() {
  return {
      "mcunet",
      "MCUNet's space (Lin et al. 2020): depth of stages, kernel and expansion of layers, for a "
      "width and a resolution.",
      option_table, make_mcunet, mobilenet_v2_networks()};
}

}  // namespace nas
