/// Counts tasks that have been submitted and have not ended.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace nas {

class PendingTasks {
 public:
  void begin() {
    const std::scoped_lock lock(mutex_);
    ++count_;
  }
  void end() {
    // Under the lock: the owner may destroy this object as soon as `wait` returns.
    const std::scoped_lock lock(mutex_);
    if (--count_ == 0) none_left_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    none_left_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_left_;
  std::size_t count_ = 0;
};

}  // namespace nas
