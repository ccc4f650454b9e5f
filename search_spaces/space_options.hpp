/// What the options of several spaces have in common.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/architecture/shape.hpp"
#include "core/base/options.hpp"

namespace nas {

/// The choices of the option `preset`: networks that train on a processor in minutes, or those of
/// the paper.
inline constexpr const char* preset_choices = "small|published";

/// What a whole-number option is in either preset.
struct PresetValues {
  std::int64_t small;
  std::int64_t published;
  std::int64_t least = 1;
};
/// The option's value; where it is 0, the one of the option `preset`. Throws Error(config) between
/// 0 and `least`.
std::int64_t preset_value(const OptionValues& options, std::string_view name,
                          const PresetValues& values);

/// The fewest pixels along a side of which every stride of 2 still halves something. `total_stride`
/// is the product of the strides, a power of 2.
std::int64_t smallest_side(std::int64_t total_stride);

/// Throws Error(space) for images with fewer than `pixels` along a side, or fewer than two classes.
void check_task(std::string_view space, const Task& task, std::int64_t pixels);

}  // namespace nas
