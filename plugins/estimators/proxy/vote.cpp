#include "plugins/estimators/proxy/vote.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <utility>

namespace nas::proxy {
namespace {

/// How often a thread that waits for others looks whether it was cancelled.
constexpr std::chrono::milliseconds patience{50};

/// Minus infinity where there is no finite value.
double value_of(const Scores& scores, Proxy proxy) {
  const auto found = scores.find(proxy);
  if (found == scores.end() || !std::isfinite(found->second)) {
    return -std::numeric_limits<double>::infinity();
  }
  return found->second;
}

/// 1 where most voters hold `a` to be better than `b`, 0 where most hold the contrary, else 1/2.
double duel(const Scores& a, const Scores& b) {
  int votes = 0;
  for (const Proxy proxy : voters) {
    const double ours = value_of(a, proxy), theirs = value_of(b, proxy);
    votes += ours > theirs ? 1 : ours < theirs ? -1 : 0;
  }
  return votes > 0 ? 1 : votes < 0 ? 0 : 0.5;
}

/// In [-1, 1].
double distance(const Scores& network, const std::vector<Scores>& references, Proxy proxy) {
  const double value = value_of(network, proxy);
  if (!std::isfinite(value)) return -1;
  std::vector<double> values;
  for (const Scores& reference : references) {
    const double other = value_of(reference, proxy);
    if (std::isfinite(other)) values.push_back(other);
  }
  if (values.empty()) return 1;
  std::ranges::sort(values);
  const auto quantile = [&](std::size_t quarters) {
    return values[(values.size() - 1) * quarters / 4];
  };
  const double range = quantile(3) - quantile(1);
  const double far = (value - quantile(2)) / (range > 0 ? range : 1);
  return far / (1 + std::abs(far));
}

}  // namespace

double vote(const Scores& network, const std::vector<Scores>& references) {
  double wins = 0;
  for (const Scores& reference : references) wins += duel(network, reference);
  double far = 0;
  for (const Proxy proxy : voters) far += distance(network, references, proxy);
  // In steps of halves: the tie-break must stay within one.
  const double tie_break = (1 + far / static_cast<double>(voters.size())) / 4;
  return (wins + tie_break) / (static_cast<double>(references.size()) + 0.5);
}

References::References(std::size_t count, Measure measure)
    : measure_(std::move(measure)), open_(count), scores_(count) {
  std::iota(open_.begin(), open_.end(), std::size_t{0});
}

const std::vector<Scores>* References::scores(const CancelToken& cancel) {
  std::unique_lock lock(mutex_);
  while (done_ < scores_.size()) {
    if (cancel.now()) return nullptr;
    if (open_.empty()) {
      changed_.wait_for(lock, patience);
      continue;
    }
    const std::size_t mine = open_.back();
    open_.pop_back();
    lock.unlock();
    Scores measured;
    try {
      measured = measure_(mine, cancel);
    } catch (const std::exception&) {
      measured.clear();
    }
    lock.lock();
    if (cancel.now()) {
      open_.push_back(mine);
    } else {
      scores_[mine] = std::move(measured);
      ++done_;
    }
    changed_.notify_all();
  }
  return &scores_;
}

}  // namespace nas::proxy
