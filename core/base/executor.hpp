/// All parallelism goes through this interface.
///
/// Results never depend on the number of workers: whoever submits work reduces what comes back in
/// an order of its own. The program uses the TBB executor; tests that look for data races use
/// plain threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace nas {

class Executor {
 public:
  virtual ~Executor() = default;

  /// How many tasks run at the same time at most.
  virtual int workers() const = 0;
  /// Starts `task` in the background. It must not throw. May be called from any thread.
  virtual void submit(std::function<void()> task) = 0;
  /// Runs `body(0)` … `body(count - 1)`, in parallel and in any order, and waits for all of them.
  /// May be called from inside a task. The first exception is passed on after all have ended.
  virtual void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) = 0;
  /// Waits until every submitted task has ended.
  virtual void wait() = 0;
};

/// A TBB arena with `workers` slots, in each of which OpenMP (and so oneDNN) is held to one thread.
/// The destructor waits for submitted tasks.
std::unique_ptr<Executor> make_tbb_executor(int workers);
/// `std::thread`s and a queue; for tests under ThreadSanitizer. `parallel_for` runs in the caller.
std::unique_ptr<Executor> make_thread_executor(int workers);
/// Everything in the calling thread, at once.
std::unique_ptr<Executor> make_serial_executor();

/// The number of processors that this process may use.
int available_processors();

}  // namespace nas
