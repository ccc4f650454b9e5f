#include "cli/disk_space.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

void check_disk_space(const fs::path& directory, std::uint64_t bytes) {
  std::error_code failed;
  fs::path existing = fs::absolute(directory, failed);
  while (!fs::exists(existing, failed) && existing != existing.parent_path()) {
    existing = existing.parent_path();
  }
  const fs::space_info space = fs::space(existing, failed);
  if (failed || space.available >= bytes) return;
  throw Error(ErrorKind::io,
              fmt::format("the run directory '{}' needs about {}, and its file system has {} free; "
                          "make room, or choose another place with --out",
                          directory.string(), human_bytes(static_cast<double>(bytes)),
                          human_bytes(static_cast<double>(space.available))));
}

std::uint64_t bytes_of_run(std::int64_t trials, double checkpoint_bytes) {
  // SQLite's write-ahead log grows to 1000 pages of 4 KiB before it is folded back.
  constexpr std::uint64_t fixed = 4U << 20U;
  constexpr std::uint64_t per_trial = 4U << 10U;  // a row of trials.sqlite and lines of log.txt
  return fixed + per_trial * static_cast<std::uint64_t>(trials) +
         static_cast<std::uint64_t>(checkpoint_bytes);
}

}  // namespace nas::cli
