/// The defaults that decide how long a run without options takes, as a user would type them.
#pragma once

namespace nas::cli {

inline constexpr const char* default_trials = "48";
/// The limit on `macs` unless the user gives one; `--max macs=none` lifts it. Chosen so that the
/// default run takes minutes on a laptop.
inline constexpr const char* default_macs_limit = "3M";

}  // namespace nas::cli
