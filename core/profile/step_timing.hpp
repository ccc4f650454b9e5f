/// Measures inference, step by step and as a whole, in one thread on an otherwise idle machine.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

struct TimingSettings {
  int warm_up = 3;  ///< runs that are not counted
  int runs = 30;    ///< runs that are
  /// Microseconds since some moment; the steady clock if empty.
  std::function<double()> clock = {};
};

/// What each step of `forward` takes, in microseconds, for one sample: the mean over the middle
/// half of the runs, in the order of their whole length. So the steps add up to the length of a
/// typical run; medians of each step do not, since few steps are slow in one run, but in each run
/// some are.
///
/// Steps are measured while the whole network runs: what they read lies where it does in use, in
/// the cache or out of it.
std::vector<double> time_steps(const Architecture& architecture, const TimingSettings& settings);

/// The median over the runs of what the network takes as a whole, in microseconds.
double time_network(const Architecture& architecture, const TimingSettings& settings);

/// Sorts `values`, of which there is at least one; the mean of the middle two of an even number.
double median(std::vector<double>& values);

}  // namespace nas
