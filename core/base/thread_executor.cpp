#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <omp.h>

#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/base/first_failure.hpp"
#include "core/base/pending_tasks.hpp"

namespace nas {
namespace {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int workers) {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  }
  ~ThreadExecutor() override {
    pending_.wait();
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  int workers() const override { return static_cast<int>(threads_.size()); }

  void submit(std::function<void()> task) override {
    pending_.begin();
    {
      const std::scoped_lock lock(mutex_);
      queue_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

  void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) override {
    FirstFailure failure;
    for (std::size_t i = 0; i < count; ++i) failure.guard(i, [&] { body(i); });
    failure.rethrow();
  }

  void wait() override { pending_.wait(); }

 private:
  void work() noexcept {
    omp_set_num_threads(1);
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
      if (queue_.empty()) return;
      std::function<void()> task = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      task();
      task = nullptr;  // what it owns goes before `wait` returns
      pending_.end();
      lock.lock();
    }
  }

  PendingTasks pending_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(int workers) {
  if (workers < 1) {
    throw Error(ErrorKind::internal,
                fmt::format("an executor needs at least 1 worker, not '{}'", workers));
  }
  return std::make_unique<ThreadExecutor>(workers);
}

}  // namespace nas
