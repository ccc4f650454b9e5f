#include "search_spaces/staged/published.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/search/big_integer.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {

void soften_strides(SpaceDescription& description, const Shape& input, std::int64_t side) {
  std::vector<std::int64_t*> strides = {&description.stem.stride};
  for (Stage& stage : description.stages) strides.push_back(&stage.stride.values.front());
  const auto left = [&] {
    std::int64_t pixels = std::min(input.height, input.width);
    for (const std::int64_t* stride : strides) pixels = (pixels - 1) / *stride + 1;
    return pixels;
  };
  for (std::int64_t* stride : strides) {
    if (left() >= side) return;
    *stride = 1;
  }
}

Stage fixed_stage(int number, const StageRow& row, OpKind activation) {
  Stage stage;
  stage.name = fmt::format("stage{}", number);
  stage.depth = always(row.depth);
  stage.width = always(row.width);
  stage.stride = always(row.stride);
  stage.op = always(Block{"block", row.op});
  stage.kernel = always(row.kernel);
  stage.expansion = always(row.expansion);
  stage.se = always(row.se);
  stage.skip = always(row.skip);
  stage.activation = always(activation);
  return stage;
}

Architecture build_fixed(const SpaceDescription& description, const Task& task) {
  return StagedSpace(description.name, description, task).build({});
}

NamedArchitecture named_network(std::string name, std::string what,
                                const SpaceDescription& description) {
  return {std::move(name), std::move(what), imagenet,
          [description](const Task& task) { return build_fixed(description, task); }};
}

std::string power_digits(std::uint64_t base, unsigned exponent) {
  boost::multiprecision::cpp_int result = 1;
  for (unsigned i = 0; i < exponent; ++i) result *= base;
  return result.str();
}

}  // namespace nas
