#include "search_spaces/spos.hpp"

#include <array>

#include <fmt/format.h>

#include "search_spaces/staged/published.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {
    preset_option,
    {"channels", OptionType::boolean, "false", "The channels inside the branches are decisions."},
    {"affine", OptionType::boolean, "false", "Batch norms have scale and shift."}};
constexpr std::size_t stages = 4;
constexpr std::array<std::int64_t, stages> depths = {4, 4, 8, 4};
constexpr int choices = 4;
constexpr double dropout = 0.1;
/// The released code's best path.
constexpr std::array<int, 20> found = {2, 1, 0, 1, 2, 0, 2, 0, 2, 0, 2, 3, 0, 0, 0, 0, 3, 2, 3, 3};

struct Sizes {
  std::int64_t stem;
  std::int64_t stem_stride;
  std::array<std::int64_t, stages> widths;
  std::int64_t head;
};
constexpr Sizes published = {16, 2, {64, 160, 320, 640}, 1024};
constexpr Sizes small = {8, 1, {16, 40, 80, 160}, 128};

std::vector<Block> units() {
  return {{"shuffle3", BlockOp::shuffle, 3},
          {"shuffle5", BlockOp::shuffle, 5},
          {"shuffle7", BlockOp::shuffle, 7},
          {"xception", BlockOp::shuffle_xception}};
}

SpaceDescription describe(const Sizes& sizes, bool affine, bool channels) {
  SpaceDescription space;
  space.name = "spos";
  space.affine = affine;
  if (channels) space.weights = WeightSharing::elastic;
  space.stem = {.width = always(sizes.stem), .stride = sizes.stem_stride};
  for (std::size_t s = 0; s < stages; ++s) {
    Stage stage;
    stage.name = fmt::format("stage{}", s + 1);
    stage.depth = always(depths[s]);
    stage.width = always(sizes.widths[s]);
    stage.stride = always<std::int64_t>(2);
    stage.op = in_layer(units());
    if (channels) {
      stage.branch = in_layer<double>({0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0});
    }
    space.stages.push_back(std::move(stage));
  }
  space.head = {.width = sizes.head, .dropout = dropout, .bias = false};
  return space;
}

std::unique_ptr<SearchSpace> make_spos(const Task& task, const OptionValues& options) {
  return std::make_unique<StagedSpace>(
      "spos",
      describe(options.text("preset") == "small" ? small : published, options.boolean("affine"),
               options.boolean("channels")),
      task);
}

NamedArchitecture path(std::string name, std::string what, std::vector<int> answers) {
  return {std::move(name), std::move(what), imagenet,
          [answers = std::move(answers)](const Task& task) {
            return StagedSpace("spos", describe(published, false, false), task).build({answers});
          }};
}

std::vector<NamedArchitecture> paths() {
  std::vector<NamedArchitecture> result;
  const auto units_by_choice = units();
  result.reserve(choices + 1);
  for (int choice = 0; choice < choices; ++choice) {
    result.push_back(path(fmt::format("spos-uniform-{}", choice),
                          fmt::format("SPOS' path with '{}' in all places (Guo et al. 2019).",
                                      units_by_choice[static_cast<std::size_t>(choice)].name),
                          std::vector<int>(found.size(), choice)));
  }
  result.push_back(path("spos-found", "The path that SPOS' search found (Guo et al. 2019).",
                        {found.begin(), found.end()}));
  return result;
}

}  // namespace

SpaceEntry spos_space() {
  return {
      "spos",
      "SPOS' space (Guo et al. 2019): one of four shuffle units in each of 20 places, by option "
      "also their channels.",
      option_table, make_spos, paths()};
}

}  // namespace nas
