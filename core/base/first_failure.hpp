/// Keeps one of several exceptions of parallel work, to be passed on when all of it has ended.
#pragma once

#include <cstddef>
#include <exception>
#include <mutex>

namespace nas {

/// Of all failures the one of the lowest index is kept, so that which one is passed on does not
/// depend on timing.
class FirstFailure {
 public:
  /// Runs `work`, and keeps what it throws. May be called from several threads at once.
  template <typename Work>
  void guard(std::size_t index, const Work& work) noexcept {
    try {
      work();
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!exception_ || index < index_) {
        exception_ = std::current_exception();
        index_ = index;
      }
    }
  }
  /// To be called when all work has ended.
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr exception_;
  std::size_t index_ = 0;
};

}  // namespace nas
