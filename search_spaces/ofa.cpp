#include "search_spaces/ofa.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "search_spaces/staged/published.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {
    preset_option,
    {"resolutions", OptionType::boolean, "true",
     "The input resolution is a decision; otherwise it is the task's."}};
constexpr std::size_t units = 5;
constexpr std::array<std::int64_t, units> strides = {2, 2, 2, 1, 2};
constexpr std::array<bool, units> squeezed = {false, true, false, true, true};
constexpr std::array<OpKind, units> activations = {OpKind::relu, OpKind::relu, OpKind::h_swish,
                                                   OpKind::h_swish, OpKind::h_swish};
constexpr std::int64_t multiple = 8;  // of channels
constexpr std::int64_t resolution_step = 4;

struct Sizes {
  std::int64_t stem;
  std::int64_t first;
  std::array<std::int64_t, units> widths;
  std::vector<std::int64_t> depths;
  std::int64_t head;
  std::int64_t mix;
};
Sizes published() { return {16, 16, {24, 40, 80, 112, 160}, {2, 3, 4}, 960, 1280}; }
Sizes small() { return {8, 8, {16, 24, 32, 48, 64}, {1, 2}, 192, 256}; }

Choice<std::int64_t> steps(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> values;
  for (std::int64_t side = from; side <= to; side += resolution_step) values.push_back(side);
  return in_stage(values);
}

Choice<std::int64_t> resolutions(const Shape& input, bool is_small) {
  if (!is_small) return steps(128, 224);
  constexpr std::int64_t least = 16;
  const std::int64_t side = std::min(input.height, input.width);
  std::int64_t from = side;
  while (from - resolution_step >= std::max(least, side - 2 * resolution_step)) {
    from -= resolution_step;
  }
  return steps(from, side);
}

SpaceDescription describe(const Sizes& sizes) {
  SpaceDescription space;
  space.name = "ofa";
  space.weights = WeightSharing::elastic;
  space.squeeze = {.of_expanded = true, .divisor = multiple, .gate = OpKind::h_sigmoid};
  space.stem = {.width = always(sizes.stem), .activation = OpKind::h_swish};
  space.stages.push_back(
      fixed_stage(0, {.op = BlockOp::separable, .width = sizes.first}, OpKind::relu));
  space.stages.back().name = "first";
  for (std::size_t u = 0; u < units; ++u) {
    Stage unit;
    unit.name = fmt::format("unit{}", u + 1);
    unit.depth = in_stage(sizes.depths);
    unit.width = always(sizes.widths[u]);
    unit.stride = always(strides[u]);
    unit.kernel = in_layer<std::int64_t>({3, 5, 7});
    unit.expansion = in_layer<std::int64_t>({3, 4, 6});
    unit.se = always(squeezed[u] ? 0.25 : 0.0);
    unit.activation = always(activations[u]);
    space.stages.push_back(std::move(unit));
  }
  space.head = {.width = sizes.head, .mix = sizes.mix, .activation = OpKind::h_swish};
  return space;
}

std::unique_ptr<SearchSpace> make_ofa(const Task& task, const OptionValues& options) {
  const bool is_small = options.text("preset") == "small";
  SpaceDescription space = describe(is_small ? small() : published());
  if (is_small) soften_strides(space, task.input);
  if (options.boolean("resolutions")) space.resolution = resolutions(task.input, is_small);
  auto result = std::make_unique<StagedSpace>("ofa", std::move(space), task);
  std::uint64_t of_unit = 0;
  for (const std::int64_t depth : result->description().stages.back().depth.values) {
    of_unit += depth == 1 ? 9 : (depth == 2 ? 81 : (depth == 3 ? 729 : 6561));
  }
  result->add_count(
      {"at one resolution", fmt::format("{}^{}", of_unit, units), power_digits(of_unit, units)});
  return result;
}

/// Every decision at its first or its last option.
NamedArchitecture extreme(const char* name, const char* what, bool last) {
  return {name, what, imagenet, [last](const Task& task) {
            const StagedSpace space("ofa", describe(published()), task);
            Genotype genotype;
            for (const Decision& decision : space.decisions()) {
              genotype.answers.push_back(last ? static_cast<int>(decision.options.size()) - 1 : 0);
            }
            return space.build(space.canonical(genotype));
          }};
}

}  // namespace

SpaceEntry ofa_space() {
  return {"ofa",
          "Once-for-All's space (Cai et al. 2019): depth of units, kernel and expansion of layers, "
          "resolution; all networks are parts of one.",
          option_table,
          make_ofa,
          {extreme("ofa-largest",
                   "Once-for-All's largest network: 4 layers, kernel 7, expansion 6 (Cai et al. "
                   "2019).",
                   true),
           extreme("ofa-smallest",
                   "Once-for-All's smallest network: 2 layers, kernel 3, expansion 3 (Cai et al. "
                   "2019).",
                   false)}};
}

}  // namespace nas
