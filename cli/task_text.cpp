#include "cli/task_text.hpp"

#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

constexpr std::int64_t largest_extent = 65536;

}  // namespace

Shape parse_shape(const std::string& text) {
  std::vector<std::int64_t> extents;
  bool valid = !text.ends_with('x');
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, 'x');) {
    const std::int64_t extent = parse_integer(part).value_or(0);
    valid = valid && extent >= 1 && extent <= largest_extent;
    extents.push_back(extent);
  }
  if (!valid || extents.size() != 3) {
    throw Error(ErrorKind::usage,
                fmt::format("--input '{}': must be channels x height x width, each from 1 to {}, "
                            "such as 1x28x28",
                            text, largest_extent));
  }
  return {extents[0], extents[1], extents[2]};
}

Task parse_task(const std::string& input, const std::string& classes) {
  constexpr std::int64_t most_classes = 1'000'000;
  const auto count = parse_integer(classes);
  if (!count || *count < 2 || *count > most_classes) {
    throw Error(ErrorKind::usage, fmt::format("--classes '{}': must be a whole number from 2 to {}",
                                              classes, most_classes));
  }
  return {parse_shape(input), static_cast<int>(*count)};
}

}  // namespace nas::cli
