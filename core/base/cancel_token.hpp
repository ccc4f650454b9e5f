/// How work that is under way learns that it should end.
#pragma once

#include <atomic>

namespace nas {

/// Set from a signal handler or another thread, polled by training between two steps.
class CancelToken {
 public:
  enum class Level {
    none = 0,
    stop_soon = 1,  ///< start no new trial, let those that run end
    stop_now = 2,   ///< end what runs after the step it is in
  };

  /// Safe in a signal handler. A level never goes down.
  void raise(Level level) noexcept {
    int seen = level_.load();
    while (seen < static_cast<int>(level) &&
           !level_.compare_exchange_weak(seen, static_cast<int>(level))) {
    }
  }
  Level level() const noexcept {
    return static_cast<Level>(level_.load(std::memory_order_relaxed));
  }
  bool soon() const noexcept { return level() >= Level::stop_soon; }
  bool now() const noexcept { return level() >= Level::stop_now; }

 private:
  std::atomic<int> level_{0};
  static_assert(std::atomic<int>::is_always_lock_free);
};

}  // namespace nas
