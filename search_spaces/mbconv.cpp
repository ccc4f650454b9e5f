#include "search_spaces/mbconv.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr std::array<std::int64_t, 6> base_widths = {24, 40, 64, 96, 160, 256};
constexpr std::int64_t base_stem_width = 16;
constexpr std::array<double, 3> width_factors = {0.5, 1.0, 1.5};
constexpr std::int64_t smallest_resolution = 4;
constexpr std::int64_t final_resolution = 7;
constexpr int halvings_with_strided_stem = 3;

constexpr OptionSpec option_table[] = {
    {"max_depth", OptionType::integer, "4", "Most layers in a stage.", 1, 8},
    {"width", OptionType::real, "1", "Factor on all channel counts.", 0.25, 4},
    {"activation", OptionType::choice, "relu",
     "Activation after every batch norm but the linear ones.", 0, 0, "relu|relu6|swish|h_swish"},
};

int halvings(const Shape& input) {
  const auto side = static_cast<double>(std::min(input.height, input.width));
  return std::max(0, static_cast<int>(std::floor(std::log2(side / final_resolution))));
}

SpaceDescription description_for(const Task& task, const OptionValues& options) {
  const double width_factor = options.real("width");
  const OpKind activation = op_kind(options.text("activation"));
  const auto widths = [&](std::int64_t base) {
    std::vector<std::int64_t> result;
    result.reserve(width_factors.size());
    for (const double factor : width_factors) {
      result.push_back(round_channels(factor * width_factor * static_cast<double>(base)));
    }
    return in_stage(result);
  };
  std::vector<std::int64_t> depths(static_cast<std::size_t>(options.integer("max_depth")));
  std::iota(depths.begin(), depths.end(), 1);

  const int n = halvings(task.input);
  const bool strided_stem = n >= halvings_with_strided_stem;
  const std::size_t strided_stages =
      std::min(static_cast<std::size_t>(n) - (strided_stem ? 1 : 0), base_widths.size() - 1);
  SpaceDescription space;
  space.name = "mbconv";
  space.weights = WeightSharing::by_position;
  space.stem = {
      .width = widths(base_stem_width), .stride = strided_stem ? 2 : 1, .activation = activation};
  for (std::size_t s = 0; s <= strided_stages; ++s) {
    space.stages.push_back({.name = fmt::format("stage{}", s + 1),
                            .depth = in_stage(depths),
                            .width = widths(base_widths[s]),
                            .stride = always<std::int64_t>(s < strided_stages ? 2 : 1),
                            .kernel = in_layer<std::int64_t>({3, 5, 7}),
                            .expansion = in_layer<std::int64_t>({1, 3, 6}),
                            .se = in_layer<double>({0, 0.25}),
                            .skip = in_layer<Skip>({Skip::none, Skip::identity}),
                            .activation = always(activation)});
  }
  space.head = {.factor = 2, .least = 64, .activation = activation};
  return space;
}

}  // namespace

std::span<const OptionSpec> mbconv_options() { return option_table; }

std::unique_ptr<SearchSpace> make_mbconv(const Task& task, const OptionValues& options) {
  if (std::min(task.input.height, task.input.width) < smallest_resolution) {
    throw Error(ErrorKind::space,
                fmt::format("space 'mbconv' needs images of at least {0}x{0} pixels, not '{1}'",
                            smallest_resolution, task.input.text()));
  }
  return std::make_unique<StagedSpace>("mbconv", description_for(task, options), task);
}

}  // namespace nas
