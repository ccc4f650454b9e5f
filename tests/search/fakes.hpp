/// Small stand-ins for the parts of a search.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/architecture.hpp"
#include "core/architecture/blocks.hpp"
#include "core/base/random.hpp"
#include "core/search/big_integer.hpp"
#include "core/search/search_loop.hpp"

namespace nas::fake {

/// `length` decisions of `options` options, each the width of a 1x1 convolution: 8 channels for
/// option 0, 8 more for each further one. With `depth`, decision 0 says how many of the others are
/// active. Every genotype is a network of its own.
class Space : public SearchSpace {
 public:
  explicit Space(int length = 3, int options = 4, bool depth = false) : depth_(depth) {
    for (int i = 0; i < length; ++i) {
      Decision decision{depth && i == 0 ? "depth" : fmt::format("width{}", i), {}, true};
      const int count = depth && i == 0 ? length : options;
      for (int option = 0; option < count; ++option) {
        decision.options.push_back(std::to_string(option));
      }
      decisions_.push_back(decision);
    }
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), true);
    if (depth_ && i > 0 && static_cast<int>(i) > genotype.answers[0]) {
      std::fill(open.begin() + 1, open.end(), false);
    }
    return open;
  }
  Architecture build(const Genotype& genotype) const override {
    ++*built;
    Architecture net;
    NodeId x = net.add(input_op({1, 4, 4}), {}, "image");
    for (std::size_t i = depth_ ? 1 : 0; i < genotype.answers.size(); ++i) {
      if (depth_ && static_cast<int>(i) > genotype.answers[0]) continue;
      x = net.add(convolution({.out_channels = 8 * (genotype.answers[i] + 1)}), {x},
                  fmt::format("layer{}", i));
    }
    net.mark_output(x);
    return net;
  }
  std::optional<BigInteger> size() const override { return completions({}, 0); }
  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    boost::multiprecision::cpp_int count = answered == 0 && depth_ ? 0 : 1;
    if (answered == 0 && depth_) {
      Genotype first{{0}};
      for (; first.answers[0] < static_cast<int>(decisions_.size()); ++first.answers[0]) {
        count += completions(first, 1)->value;
      }
      return BigInteger{count};
    }
    for (std::size_t i = answered; i < decisions_.size(); ++i) {
      const std::vector<bool> open = allowed(prefix, i);
      count *= std::count(open.begin(), open.end(), true);
    }
    return BigInteger{count};
  }

  /// Architectures so far, by this object and its copies.
  std::shared_ptr<std::atomic<int>> built = std::make_shared<std::atomic<int>>(0);

 private:
  std::string name_ = "fake";
  std::vector<Decision> decisions_;
  bool depth_;
};

/// Records what it is told; proposes what a function says. The default proposes what depends on
/// every result so far, so that any change of the schedule changes the trials.
class Strategy : public nas::Strategy {
 public:
  using Ask = std::function<std::optional<Proposal>(Strategy&)>;

  explicit Strategy(const SearchSpace& space, Ask ask = {}) : space_(space), ask_(std::move(ask)) {}

  std::optional<Proposal> ask() override {
    told_before_ask.push_back(results.size());
    return ask_ ? ask_(*this) : Proposal{dependent_on_all_results(), {}, {}};
  }
  void tell(const Result& result) override { results.push_back(result); }
  std::vector<std::string> take_notes() override { return std::exchange(notes, {}); }

  Genotype dependent_on_all_results() const {
    std::uint64_t state = told_before_ask.size();
    for (const Result& result : results) {
      state = derive_seed(state, result.genotype.text(), result.values.empty() ? 7 : 0);
      for (const double value : result.values) {
        state = derive_seed(state, "value", static_cast<std::uint64_t>(value * 1e6));
      }
    }
    Random random(state);
    return space_.sample(random);
  }

  std::vector<Result> results;
  std::vector<std::size_t> told_before_ask;
  std::vector<std::string> notes;  ///< to be taken

 private:
  const SearchSpace& space_;
  Ask ask_;
};

/// Proposes the genotypes of a list, then nothing.
inline Strategy::Ask list(std::vector<Genotype> genotypes) {
  return [genotypes, next = std::size_t{0}](Strategy&) mutable -> std::optional<Proposal> {
    if (next == genotypes.size()) return std::nullopt;
    return Proposal{genotypes[next++], {}, {}};
  };
}

inline double accuracy_of(std::uint64_t seed) { return Random(seed).uniform(); }

/// val_accuracy is a function of the seed, unless a function says otherwise.
class Estimator : public nas::Estimator {
 public:
  using Estimate = std::function<Measurement(const Candidate&, const Fidelity&, std::uint64_t,
                                             const EstimateServices&)>;

  explicit Estimator(Estimate estimate = {}) : estimate_(std::move(estimate)) {}

  void prepare(const EstimatorContext&) override {}
  bool needs_data() const override { return false; }
  bool needs_architecture() const override { return needs; }
  Fidelity default_fidelity() const override { return {1, 0.5}; }
  std::vector<std::string> metrics() const override { return {"val_accuracy"}; }
  Measurement estimate(const Candidate& candidate, const Fidelity& fidelity, std::uint64_t seed,
                       const EstimateServices& services) override {
    ++calls;
    if (estimate_) return estimate_(candidate, fidelity, seed, services);
    return ok(accuracy_of(seed));
  }
  static Measurement ok(double accuracy) {
    return {Measurement::Status::ok, {}, {{"val_accuracy", accuracy}}};
  }

  std::optional<std::string> reuse_key(const Candidate& candidate) const override {
    return reuses ? nas::Estimator::reuse_key(candidate) : std::nullopt;
  }

  bool needs = true;
  bool reuses = true;
  std::atomic<int> calls = 0;

 private:
  Estimate estimate_;
};

/// Keeps what it is given, in the order in which it came.
class Journal : public SearchJournal {
 public:
  void finished(std::span<const Trial> trials) override {
    if (on_finished) on_finished(trials);
    batches.push_back(trials.size());
    for (const Trial& trial : trials) saved.push_back(trial);
  }
  void started(std::int64_t id) override { begun.push_back(id); }
  void waiting(std::span<const Running> running) override {
    if (on_waiting) on_waiting(running);
  }
  void noted(const std::string& note) override { notes.push_back(note); }

  std::set<std::int64_t> saved_ids() const {
    std::set<std::int64_t> ids;
    for (const Trial& trial : saved) ids.insert(trial.id);
    return ids;
  }

  std::function<void(std::span<const Trial>)> on_finished;
  std::function<void(std::span<const Running>)> on_waiting;
  std::vector<Trial> saved;
  std::vector<std::size_t> batches;
  std::vector<std::int64_t> begun;
  std::vector<std::string> notes;
};

/// A search with a part or two replaced.
struct Search {
  Space space;
  Strategy strategy{space};
  Estimator estimator;
  std::unique_ptr<Executor> executor = make_serial_executor();
  CancelToken cancel;
  Journal journal;
  SearchSettings settings;
  std::function<double()> clock;
  std::function<Metrics(const Genotype&, const Architecture&)> more_costs;

  explicit Search(Strategy::Ask ask = {}, Estimator::Estimate estimate = {})
      : strategy(space, std::move(ask)), estimator(std::move(estimate)) {
    settings.seed = 11;
    settings.trials = 20;
    settings.window = 4;
    settings.objectives = {{"val_accuracy", true}};
  }

  SearchOutcome run(std::span<const Trial> previous = {}) {
    return run_search(settings,
                      {space, strategy, estimator, *executor, cancel, journal, clock, more_costs},
                      previous);
  }
};

/// Every trial in `a` equals the one of its place in `b`.
inline bool same_trials(const std::vector<Trial>& a, const std::vector<Trial>& b) {
  return std::ranges::equal(a, b, same_result);
}

/// A door that threads wait at until it is opened.
class Latch {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

}  // namespace nas::fake
