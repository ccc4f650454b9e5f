/// The vote of several proxies on one network, by comparing it with a fixed sample of its space.
///
/// Abdelfattah et al. 2021 let jacob_cov, snip and synflow vote on which of two networks is better:
/// the majority decides. An estimator sees one network at a time, so it compares it with reference
/// networks, the same for all that it measures: the vote is the share of them that the majority
/// holds to be worse. That orders networks as a tournament with the references does, and means the
/// same in every trial.
///
/// Networks that beat equally many are told apart by how far they lie from the references, as the
/// mean over the voters of d / (1 + |d|), d the distance from the references' median in units of
/// their interquartile range: never worth more than one reference network.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "core/base/cancel_token.hpp"
#include "plugins/estimators/proxy/measure.hpp"

namespace nas::proxy {

inline constexpr std::array<Proxy, 3> voters = {Proxy::jacob_cov, Proxy::snip, Proxy::synflow};

/// In [0, 1]. `references` are not empty. A value that is no finite number loses against every one
/// that is, and is level with others of its kind; levels count half.
double vote(const Scores& network, const std::vector<Scores>& references);

/// The scores of reference networks, each measured by whoever comes first: all threads that want
/// them share the work, and none waits while there is some left.
class References {
 public:
  /// What it gives where it was cancelled does not matter.
  using Measure = std::function<Scores(std::size_t, const CancelToken&)>;
  References(std::size_t count, Measure measure);

  /// Null where it was cancelled. What `measure` throws leaves a network without scores.
  const std::vector<Scores>* scores(const CancelToken& cancel);

 private:
  const Measure measure_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> open_;  ///< which nobody has measured or measures
  std::vector<Scores> scores_;
  std::size_t done_ = 0;
};

}  // namespace nas::proxy
