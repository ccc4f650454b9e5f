#include "core/base/processors.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sched.h>
#include <string>
#include <thread>

#include "core/base/executor.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

/// Processors of the affinity mask. The kernel refuses a set smaller than its own: try larger ones.
int processors_by_affinity() {
  constexpr int most_processors = 1 << 16;
  for (int size = CPU_SETSIZE; size <= most_processors; size *= 2) {
    cpu_set_t* const set = CPU_ALLOC(size);
    const bool known = sched_getaffinity(0, CPU_ALLOC_SIZE(size), set) == 0;
    const int count = known ? CPU_COUNT_S(CPU_ALLOC_SIZE(size), set) : 0;
    CPU_FREE(set);
    if (known) return count;
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

/// The group of this process in the unified hierarchy, the line "0::<path>"; empty if none.
std::string own_group() {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return {};
}

}  // namespace

std::optional<double> parse_cpu_quota(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto quota = parse_integer(text.substr(0, space));
  const auto period = parse_integer(text.substr(space + 1));
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<double> cpu_quota(const std::filesystem::path& mount,
                                const std::filesystem::path& group) {
  std::optional<double> tightest;
  const auto consider = [&](const std::filesystem::path& directory) {
    std::ifstream in(directory / "cpu.max");
    std::string line;
    if (!std::getline(in, line)) return;
    const auto quota = parse_cpu_quota(line);
    if (quota && (!tightest || *quota < *tightest)) tightest = quota;
  };
  std::filesystem::path directory = mount;
  consider(directory);
  for (const auto& part : group.relative_path()) {
    directory /= part;
    consider(directory);
  }
  return tightest;
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

int available_processors() {
  int count = processors_by_affinity();
  if (const auto quota = cpu_quota("/sys/fs/cgroup", own_group())) {
    count = std::min(count, static_cast<int>(std::ceil(std::min(*quota, 1e6))));
  }
  return std::max(count, 1);
}

}  // namespace nas
