#include "search_spaces/space_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {

std::int64_t preset_value(const OptionValues& options, std::string_view name,
                          const PresetValues& values) {
  const std::int64_t given = options.integer(name);
  if (given > 0 && given < values.least) {
    throw Error(ErrorKind::config, fmt::format("option '{}' is '{}' but must be 0 or at least {}",
                                               name, given, values.least));
  }
  if (given != 0) return given;
  return options.text("preset") == "published" ? values.published : values.small;
}

std::int64_t smallest_side(std::int64_t total_stride) { return total_stride / 2 + 1; }

void check_task(std::string_view space, const Task& task, std::int64_t pixels) {
  if (std::min(task.input.height, task.input.width) < pixels) {
    throw Error(ErrorKind::space,
                fmt::format("space '{0}' needs images of at least {1}x{1} pixels, not '{2}'", space,
                            pixels, task.input.text()));
  }
  if (task.classes < 2) {
    throw Error(ErrorKind::space,
                fmt::format("space '{}' needs at least 2 classes, not '{}'", space, task.classes));
  }
}

}  // namespace nas
