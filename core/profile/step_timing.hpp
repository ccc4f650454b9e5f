/// Measures inference, step by step and as a whole, in one thread on an otherwise idle machine.
///
/// A run counts where nothing disturbed it, the run before it, or the moment after it (see
/// core/profile/pace.hpp), and what it took is expressed at the clock of a reference: so that
/// measurements of different moments can be compared and added up.
#pragma once

#include <functional>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/profile/pace.hpp"

namespace nas {

struct TimingSettings {
  int warm_up = 3;  ///< runs that are not counted
  int runs = 30;    ///< runs that are
  /// Microseconds since some moment; the steady clock if empty.
  std::function<double()> clock = {};
  /// The pace at the moment; measured with a PaceMeter if empty.
  std::function<Pace()> pace = {};
};

struct StepTimes {
  std::vector<double> microseconds;  ///< of each step of `forward`
  /// Whether enough undisturbed runs were to be had. If not, the times are of the runs that were
  /// disturbed the least, and too long.
  bool undisturbed = false;
};

/// For one sample: of each step the mean over the middle half of the runs, in the order of their
/// whole length. So the steps add up to the length of a typical run; medians of each step do not,
/// since few steps are slow in one run, but in each run some are.
///
/// Steps are measured while the whole network runs: what they read lies where it does in use, in
/// the cache or out of it. Times are those at the pace `reference`, an undisturbed one.
StepTimes time_steps(const Architecture& architecture, const Pace& reference,
                     const TimingSettings& settings);

struct NetworkTime {
  double microseconds = 0;
  bool undisturbed = false;  ///< as of StepTimes
};

/// The median over the runs of what the network takes as a whole.
NetworkTime time_network(const Architecture& architecture, const Pace& reference,
                         const TimingSettings& settings);

}  // namespace nas
