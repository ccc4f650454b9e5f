#include "cli/time_left.hpp"

#include <algorithm>

namespace nas::cli {

namespace {

double macs_of(const Trial& trial) {
  const auto macs = trial.metrics.find("macs");
  return macs == trial.metrics.end() ? 0 : macs->second;
}

}  // namespace

void TimeLeft::add(const Trial& trial) {
  if (trial.status != TrialStatus::ok) return;  // others took no time, or an unusual one
  ++measured_;
  seconds_ += trial.seconds;
  const Fidelity& fidelity = trial.fidelity;
  work_ += macs_of(trial) * fidelity.epochs * fidelity.data_share * fidelity.resolution *
           fidelity.resolution;
}

std::optional<double> TimeLeft::of_search(const Search& search) const {
  double under_way = 0;
  double least = 1;
  for (const SearchJournal::Running& trial : search.running) {
    under_way += trial.progress;
    least = std::min(least, trial.progress);
  }
  const double done = static_cast<double>(search.finished) + under_way;
  if (done < 1) return std::nullopt;
  const double at_this_pace =
      search.elapsed * (static_cast<double>(search.left) - under_way) / done;
  // The last trials do not run side by side with others.
  const double slowest =
      measured_ == 0 ? 0 : (1 - least) * seconds_ / static_cast<double>(measured_);
  return std::max({0.0, at_this_pace, slowest});
}

std::optional<double> TimeLeft::of_final_training(const Trial& best) const {
  if (work_ == 0 || macs_of(best) == 0) return std::nullopt;
  const double trainings = static_cast<double>(config_.finalists) * config_.final_seeds;
  const double work = macs_of(best) * config_.final_epochs * trainings;
  // A trial has one thread, the final training one for each of its shards.
  return work * seconds_ / work_ / std::min(config_.final_shards, processors_);
}

}  // namespace nas::cli
