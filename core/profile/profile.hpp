/// Makes a latency table: which networks to measure, and the measurement.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "core/profile/latency_table.hpp"
#include "core/profile/step_timing.hpp"

namespace nas {

/// Chooses networks so that every step seen that the table lacks is part of some of them: more than
/// one where that can be had, since what runs before and after a step tells on its time.
class ProfilePlan {
 public:
  /// `contexts`: how many networks each step should be part of.
  ProfilePlan(const LatencyTable& table, int contexts) : table_(table), contexts_(contexts) {}

  /// Whether the network has a step that the table lacks and no network before had. Takes it where
  /// one of its steps is in too few networks yet.
  bool offer(const Architecture& network);

  std::span<const Architecture> networks() const { return networks_; }
  /// Different steps to be measured.
  std::size_t steps() const { return uses_.size(); }

 private:
  const LatencyTable& table_;
  const int contexts_;
  std::map<StepKey, int> uses_;  ///< networks taken that have the step
  std::vector<Architecture> networks_;
};

struct ProfileSettings {
  TimingSettings timing = {};
  /// Times that all networks are measured, one after the other, so that a disturbance meets few of
  /// the measurements of a step; those of which steps were never undisturbed, up to as often again.
  int rounds = 5;
  /// Called with the networks done and the total; may be empty.
  std::function<void(std::size_t done, std::size_t total)> progress = {};
};

/// Adds to the table the steps of these networks that it lacks, at its reference pace: the median
/// over rounds, networks and occurrences, of the undisturbed measurements where there are any.
/// Where a table without steps turns out to have a disturbed pace for its reference, a calmer one
/// takes its place, and everything is measured again.
void measure_steps(std::span<const Architecture> networks, const ProfileSettings& settings,
                   LatencyTable& table);

}  // namespace nas
