/// The processors of this machine, and how many of them a container leaves to this process.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace nas {

/// Reads cgroup v2's `cpu.max`, "<quota> <period>" in microseconds: the processors' worth of time
/// that it allows. Nothing for "max", or for text of another form.
std::optional<double> parse_cpu_quota(std::string_view text);

/// The tightest quota of the group `group` ("/a/b") below `mount` and of the groups that it is in.
std::optional<double> cpu_quota(const std::filesystem::path& mount,
                                const std::filesystem::path& group);

/// "AMD EPYC 7763", from /proc/cpuinfo; "unknown" where that says nothing.
std::string cpu_model();

}  // namespace nas
