/// What the published staged spaces have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search_spaces/registry.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

/// The spaces' own presets, as an option: small is scaled for 28x28 and 32x32 pixels, published is
/// the paper's.
inline constexpr OptionSpec preset_option = {
    "preset",
    OptionType::choice,
    "small",
    "Scaled for images of about 30 pixels, or as in the paper.",
    0,
    0,
    "small|published"};

/// 224x224 colour images of 1,000 classes.
inline const Task imagenet{{3, 224, 224}, 1000};

/// Takes strides of 2 away, from the stem on, until at least `side` pixels are left at the end.
void soften_strides(SpaceDescription& description, const Shape& input, std::int64_t side = 4);

/// A row of a table of stages as papers print them; every layer of the stage is alike.
struct StageRow {
  BlockOp op = BlockOp::inverted_bottleneck;
  std::int64_t expansion = 1;
  std::int64_t width = 0;
  std::int64_t depth = 1;
  std::int64_t stride = 1;
  std::int64_t kernel = 3;
  double se = 0;
  Skip skip = Skip::identity;
};
/// "stage<number>", without decisions.
Stage fixed_stage(int number, const StageRow& row, OpKind activation);

/// The network of a description without decisions.
Architecture build_fixed(const SpaceDescription& description, const Task& task);
/// The same, for a registry.
NamedArchitecture named_network(std::string name, std::string what,
                                const SpaceDescription& description);

/// Exact digits of base^exponent.
std::string power_digits(std::uint64_t base, unsigned exponent);

}  // namespace nas
