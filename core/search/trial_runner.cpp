#include "core/search/trial_runner.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <utility>

#include <fmt/format.h>

namespace nas {
namespace {

using Clock = std::chrono::steady_clock;

Measurement failure(std::string reason) {
  return {Measurement::Status::failed, std::move(reason), {}};
}

Measurement estimate(Estimator& estimator, const TrialJob& job, const EstimateServices& services) {
  try {
    return estimator.estimate(job.blueprint->candidate(), job.fidelity, job.seed, services);
  } catch (const std::bad_alloc&) {
    return failure("out of memory");
  } catch (const std::exception& error) {
    return failure(error.what());
  } catch (...) {
    return failure("the estimator threw something that is no std::exception");
  }
}

}  // namespace

struct TrialRunner::Shared {
  Shared(Estimator& estimator_, Executor& executor_, const CancelToken& cancel_)
      : estimator(estimator_), executor(executor_), cancel(cancel_) {}

  Estimator& estimator;
  Executor& executor;
  const CancelToken& cancel;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<TrialJob> queue;
  std::map<std::int64_t, std::shared_ptr<std::atomic<double>>> progress;  ///< of those that run
  std::vector<TrialCompletion> completed;
  bool stopped = false;

  void run_next();
  TrialCompletion measure(const TrialJob& job, std::atomic<double>& progress_of_job);
};

void TrialRunner::Shared::run_next() {
  std::unique_lock lock(mutex);
  TrialJob job = std::move(queue.front());
  queue.pop_front();
  TrialCompletion completion{job.id, {Measurement::Status::cancelled, {}, {}}, 0};
  if (!stopped && !cancel.soon()) {
    const auto done = std::make_shared<std::atomic<double>>(0.0);
    progress.emplace(job.id, done);
    lock.unlock();
    completion = measure(job, *done);
    job.blueprint.reset();
    lock.lock();
    progress.erase(job.id);
  }
  completed.push_back(std::move(completion));
  changed.notify_one();
}

TrialCompletion TrialRunner::Shared::measure(const TrialJob& job,
                                             std::atomic<double>& progress_of_job) {
  EstimateServices services{
      executor, cancel,
      [&progress_of_job](double share) { progress_of_job.store(share, std::memory_order_relaxed); },
      job.checkpoints, job.continued};
  if (job.told) services.told = *job.told;
  const Clock::time_point start = Clock::now();
  Measurement measurement = estimate(estimator, job, services);
  // An estimator that gives up unasked would be waited for without end.
  if (measurement.status == Measurement::Status::cancelled && !cancel.soon()) {
    measurement = failure("the estimator reports 'cancelled', but nobody cancelled it");
  }
  return {job.id, std::move(measurement),
          std::chrono::duration<double>(Clock::now() - start).count()};
}

TrialRunner::TrialRunner(Estimator& estimator, Executor& executor, const CancelToken& cancel)
    : shared_(std::make_shared<Shared>(estimator, executor, cancel)), executor_(executor) {}

TrialRunner::~TrialRunner() {
  stop_beginning();
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [&] { return shared_->completed.size() == outstanding_; });
}

void TrialRunner::start(TrialJob job) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->queue.push_back(std::move(job));
  }
  ++outstanding_;
  executor_.submit([shared = shared_] { shared->run_next(); });
}

void TrialRunner::stop_beginning() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stopped = true;
}

void TrialRunner::wait_for(Clock::duration patience) {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait_for(lock, patience, [&] { return !shared_->completed.empty(); });
}

std::vector<TrialCompletion> TrialRunner::take() {
  const std::lock_guard lock(shared_->mutex);
  outstanding_ -= shared_->completed.size();
  return std::exchange(shared_->completed, {});
}

std::vector<SearchJournal::Running> TrialRunner::running() const {
  const std::lock_guard lock(shared_->mutex);
  std::vector<SearchJournal::Running> result;
  for (const auto& [id, share] : shared_->progress) result.push_back({id, share->load()});
  return result;
}

}  // namespace nas
