#include <algorithm>

#include <fmt/format.h>
#include <omp.h>
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_scheduler_observer.h>

#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/base/first_failure.hpp"
#include "core/base/pending_tasks.hpp"

namespace nas {
namespace {

/// Holds OpenMP to one thread in every thread that enters the arena, a caller of `parallel_for`
/// included. It stays so when the thread leaves: nothing in this process wants OpenMP's own
/// parallelism.
class OneOpenMpThread final : public tbb::task_scheduler_observer {
 public:
  explicit OneOpenMpThread(tbb::task_arena& arena) : tbb::task_scheduler_observer(arena) {
    observe(true);
  }
  ~OneOpenMpThread() override { observe(false); }

  void on_scheduler_entry(bool) override { omp_set_num_threads(1); }
};

/// TBB takes the lowest of all limits that are in force, so every executor asks for the same, far
/// more threads than the machine has; what runs is bounded by the arenas.
constexpr std::size_t thread_limit = 1024;

class TbbExecutor final : public Executor {
 public:
  explicit TbbExecutor(int workers)
      : parallelism_(tbb::global_control::max_allowed_parallelism, thread_limit),
        // No slot is kept for an outside thread: it waits without taking part.
        arena_(workers, 0) {
    arena_.initialize();
  }
  ~TbbExecutor() override { pending_.wait(); }

  int workers() const override { return arena_.max_concurrency(); }

  void submit(std::function<void()> task) override {
    pending_.begin();
    // TBB calls a const copy, hence the pointer.
    arena_.enqueue([this, shared = std::make_shared<Task>(std::move(task))]() noexcept {
      (*shared)();
      *shared = nullptr;  // what it owns goes before `wait` returns
      pending_.end();
    });
  }

  void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) override {
    FirstFailure failure;
    const auto run_each = [&](const tbb::blocked_range<std::size_t>& range) {
      for (std::size_t i = range.begin(); i != range.end(); ++i) {
        failure.guard(i, [&] { body(i); });
      }
    };
    arena_.execute([&] {
      // Isolated: a thread that waits here must not start another submitted task on its stack.
      tbb::this_task_arena::isolate([&] {
        tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, 1), run_each,
                          tbb::simple_partitioner());
      });
    });
    failure.rethrow();
  }

  void wait() override { pending_.wait(); }

 private:
  using Task = std::function<void()>;

  PendingTasks pending_;
  tbb::global_control parallelism_;
  tbb::task_arena arena_;
  OneOpenMpThread one_openmp_thread_{arena_};
};

}  // namespace

std::unique_ptr<Executor> make_tbb_executor(int workers) {
  if (workers < 1) {
    throw Error(ErrorKind::internal,
                fmt::format("an executor needs at least 1 worker, not '{}'", workers));
  }
  return std::make_unique<TbbExecutor>(workers);
}

}  // namespace nas
