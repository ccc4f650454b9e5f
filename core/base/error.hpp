/// The one exception type of the project.
///
/// Throw `Error` with a kind and a message that names what was being done, the offending value in
/// quotes, what is allowed and how to fix it. It is caught in two places only: in `main`, which
/// turns the kind into an exit code, and at the plugin seam. What happens to a *trial* (diverged,
/// over the memory limit, cancelled) is a value, never an exception.
#pragma once

#include <stdexcept>
#include <string>

namespace nas {

enum class ErrorKind {
  internal,           ///< a defect of this program
  usage,              ///< wrong command line
  config,             ///< bad value in the configuration
  data,               ///< dataset missing, truncated or inconsistent
  space,              ///< invalid genotype, architecture or search space
  plugin,             ///< plugin missing, broken, incompatible or throwing
  infeasible,         ///< nothing satisfies the limits
  mismatch,           ///< verification or an asserted comparison failed
  run_directory,      ///< run directory busy, damaged or of another version
  io,                 ///< reading or writing failed
  not_deterministic,  ///< a strategy proposed something else on resume
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace nas
