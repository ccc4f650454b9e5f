/// What a run will take, foreseen without training: its computation and its checkpoints.
#pragma once

#include <cstdint>

#include "cli/experiment.hpp"

namespace nas::cli {

/// How the strategy goes about its trials, by a rehearsal with made-up results.
struct Rehearsal {
  /// A trial's training on average, in full trainings: the fidelity that the estimator has by
  /// itself. Trials that continue others count with what they add.
  double effort = 1;
  std::int64_t checkpoints = 0;  ///< that are there at once, at most
};
/// Of as many trials as the run is to have, 500 at most, and 200 under a budget alone; for more
/// trials checkpoints are in proportion. A strategy that leaves the fidelity to the estimator needs
/// no rehearsal.
Rehearsal rehearse(const Experiment& experiment);

/// From architectures drawn at random, unless the run builds none; nothing is trained.
struct CostForecast {
  int sampled = 0;
  int feasible = 0;
  double macs = 0;         ///< mean over the feasible ones, of one sample's forward pass
  double search_macs = 0;  ///< all trials, forward and backward
  double final_macs = 0;   ///< final training, likewise
  double seconds = 0;      ///< at `assumed_rate` on the jobs asked for
  Rehearsal rehearsal;
  double checkpoint_bytes = 0;  ///< all that are there at once, each as large as the largest drawn
};
/// Multiply-accumulates per second and processor in training, a rough figure: the default space
/// reaches some 19e9 on an AMD EPYC with AVX-512.
inline constexpr double assumed_rate = 15e9;
CostForecast forecast(const Experiment& experiment, int jobs);
/// That of the forecast alone.
double checkpoint_bytes(const Experiment& experiment);

}  // namespace nas::cli
