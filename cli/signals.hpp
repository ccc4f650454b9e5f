/// Ctrl-C and SIGTERM end a run without losing a finished trial.
#pragma once

#include <string>

#include "core/base/cancel_token.hpp"

namespace nas::cli {

/// Writing beyond a file size limit, or to a closed pipe, is an error to be reported, not a death.
void ignore_write_signals();

/// While it lives, SIGINT and SIGTERM raise its token and say so on stderr at once. One at a time.
class InterruptHandler {
 public:
  enum class Work {
    trials,  ///< the first signal starts no new trial, the second stops those that run
    single,  ///< the first signal stops what runs
  };

  explicit InterruptHandler(Work work);
  ~InterruptHandler();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;

  const CancelToken& token() const;
  /// What the next signal does. A signal that came before stays pending in the token.
  void set_work(Work work);
  /// The signal that came first; 0: none.
  int signal() const;
  /// 130 or 143.
  int exit_code() const;
};

}  // namespace nas::cli
