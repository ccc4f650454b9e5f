#include "core/base/executor.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <omp.h>

#include "core/base/cancel_token.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

/// Far beyond what a loaded machine needs to start a thread; only a failing test waits so long.
constexpr std::chrono::seconds patience{30};

/// Opens when so many have arrived; tells whether that happened in time.
class Gate {
 public:
  explicit Gate(int count) : missing_(count) {}
  bool arrive_and_wait(std::chrono::milliseconds limit = patience) {
    std::unique_lock lock(mutex_);
    if (--missing_ <= 0) opened_.notify_all();
    return opened_.wait_for(lock, limit, [this] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  int missing_;
};

using Factory = std::unique_ptr<Executor> (*)(int);
std::unique_ptr<Executor> make_serial(int) { return make_serial_executor(); }
constexpr Factory factories[] = {make_tbb_executor, make_thread_executor, make_serial};
constexpr Factory parallel_factories[] = {make_tbb_executor, make_thread_executor};

TEST_CASE("every submitted task has run when wait returns") {
  for (const Factory make : factories) {
    const auto executor = make(3);
    std::atomic<int> done = 0;
    executor->wait();
    for (int round = 1; round <= 3; ++round) {
      for (int i = 0; i < 100; ++i) executor->submit([&] { ++done; });
      executor->wait();
      CHECK(done == 100 * round);
    }
  }
}

TEST_CASE("an executor that goes away waits for its tasks") {
  for (const Factory make : factories) {
    std::atomic<int> done = 0;
    {
      const auto executor = make(2);
      for (int i = 0; i < 50; ++i) executor->submit([&] { ++done; });
    }
    CHECK(done == 50);
  }
}

TEST_CASE("a task may submit another") {
  for (const Factory make : factories) {
    const auto executor = make(1);
    std::atomic<int> done = 0;
    executor->submit([&] {
      executor->submit([&] { ++done; });
      ++done;
    });
    executor->wait();
    CHECK(done == 2);
  }
}

TEST_CASE("what a task owns is gone when wait returns") {
  for (const Factory make : factories) {
    const auto executor = make(2);
    const auto owned = std::make_shared<int>(1);
    executor->submit([copy = owned] { static_cast<void>(*copy); });
    executor->wait();
    CHECK(owned.use_count() == 1);
  }
}

TEST_CASE("as many tasks run at once as there are workers, however few processors there are") {
  for (const Factory make : parallel_factories) {
    for (const int workers : {1, 4, 9}) {
      CAPTURE(workers);
      const auto executor = make(workers);
      CHECK(executor->workers() == workers);
      Gate gate(workers);
      std::atomic<int> met = 0;
      for (int i = 0; i < workers; ++i) {
        executor->submit([&] { met += gate.arrive_and_wait() ? 1 : 0; });
      }
      executor->wait();
      CHECK(met == workers);
    }
  }
}

TEST_CASE("no more tasks run at once than there are workers") {
  for (const Factory make : parallel_factories) {
    const auto executor = make(2);
    std::atomic<int> running = 0, most = 0;
    for (int i = 0; i < 200; ++i) {
      executor->submit([&] {
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --running;
      });
    }
    executor->wait();
    CHECK(most <= 2);
  }
}

TEST_CASE("a small executor does not hold a larger one back") {
  const auto small = make_tbb_executor(1);
  const auto large = make_tbb_executor(4);
  Gate gate(5);
  std::atomic<int> met = 0;
  const auto meet = [&] { met += gate.arrive_and_wait() ? 1 : 0; };
  small->submit(meet);
  for (int i = 0; i < 4; ++i) large->submit(meet);
  small->wait();
  large->wait();
  CHECK(met == 5);
}

TEST_CASE("a parallel loop runs each index once") {
  for (const Factory make : factories) {
    const auto executor = make(3);
    std::vector<std::atomic<int>> runs(1000);
    executor->parallel_for(runs.size(), [&](std::size_t i) { ++runs[i]; });
    CHECK(std::all_of(runs.begin(), runs.end(), [](const auto& count) { return count == 1; }));
    executor->parallel_for(0, [](std::size_t) { FAIL("there is no index"); });
  }
}

TEST_CASE("a parallel loop from outside uses the workers") {
  const auto executor = make_tbb_executor(3);
  Gate gate(3);
  std::atomic<int> met = 0;
  executor->parallel_for(3, [&](std::size_t) { met += gate.arrive_and_wait() ? 1 : 0; });
  CHECK(met == 3);
}

TEST_CASE("parallel loops nest in tasks and in each other") {
  for (const Factory make : factories) {
    const auto executor = make(2);
    std::atomic<int> done = 0;
    for (int task = 0; task < 5; ++task) {
      executor->submit([&] {
        executor->parallel_for(
            4, [&](std::size_t) { executor->parallel_for(3, [&](std::size_t) { ++done; }); });
      });
    }
    executor->wait();
    CHECK(done == 5 * 4 * 3);
  }
}

TEST_CASE("a parallel loop passes on the failure of the lowest index after all have ended") {
  for (const Factory make : factories) {
    const auto executor = make(3);
    std::atomic<int> ended = 0;
    const auto body = [&](std::size_t i) {
      ++ended;
      if (i % 10 == 7) throw Error(ErrorKind::data, "index " + std::to_string(i));
    };
    CHECK(rejection(ErrorKind::data, [&] { executor->parallel_for(100, body); }) == "index 7");
    CHECK(ended == 100);
  }
}

TEST_CASE("a task that waits in a parallel loop does not start another task on its stack") {
  const auto executor = make_tbb_executor(2);
  // Long enough for a thread that waits to find the other task, were it allowed to.
  constexpr std::chrono::milliseconds temptation{30};
  Gate both_bodies(2);
  std::promise<void> other_started;
  std::future<void> other = other_started.get_future();
  std::atomic<bool> parted = false, disturbed = false;
  executor->submit([&] {
    const auto caller = std::this_thread::get_id();
    executor->parallel_for(2, [&](std::size_t) {
      // One body in each worker: the caller's returns, and the caller waits for the other's.
      if (!both_bodies.arrive_and_wait() || std::this_thread::get_id() == caller) return;
      parted = true;
      executor->submit([&] { other_started.set_value(); });
      disturbed = other.wait_for(temptation) == std::future_status::ready;
    });
  });
  executor->wait();
  CHECK(parted);
  CHECK_FALSE(disturbed);
}

TEST_CASE("OpenMP has one thread in every worker and in a caller that joins them") {
  omp_set_num_threads(4);
  for (const Factory make : parallel_factories) {
    const auto executor = make(3);
    Gate gate(3);
    std::atomic<int> threads = 0;
    for (int i = 0; i < 3; ++i) {
      executor->submit([&] {
        gate.arrive_and_wait();
        threads += omp_get_max_threads();
      });
    }
    executor->wait();
    CHECK(threads == 3);
  }
  const auto executor = make_tbb_executor(3);
  Gate gate(3);
  std::atomic<int> threads = 0;
  executor->parallel_for(3, [&](std::size_t) {
    gate.arrive_and_wait();
    threads += omp_get_max_threads();
  });
  CHECK(threads == 3);
}

TEST_CASE("an executor without workers is a defect") {
  for (const Factory make : parallel_factories) {
    CHECK(rejection(ErrorKind::internal, [&] { make(0); }) ==
          "an executor needs at least 1 worker, not '0'");
  }
}

TEST_CASE("a cancel token only ever rises") {
  CancelToken token;
  CHECK_FALSE(token.soon());
  token.raise(CancelToken::Level::stop_now);
  token.raise(CancelToken::Level::stop_soon);
  CHECK(token.soon());
  CHECK(token.now());
}

}  // namespace
}  // namespace nas
