#include "core/profile/profile.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "core/profile/median.hpp"

namespace nas {
namespace {

std::set<StepKey> different_steps(const Architecture& network) {
  const std::vector<StepKey> keys = step_keys(network, {.batch = 1});
  return {keys.begin(), keys.end()};
}

/// Of the steps that a table lacks.
class Measurements {
 public:
  Measurements(const LatencyTable& table, const TimingSettings& timing)
      : table_(table), timing_(timing) {}

  void measure(const Architecture& network) {
    const std::vector<StepKey> keys = step_keys(network, {.batch = 1});
    const StepTimes measured = time_steps(network, table_.reference(), timing_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (table_.steps().contains(keys[i])) continue;
      Times& of_step = times_[keys[i]];
      (measured.undisturbed ? of_step.undisturbed : of_step.disturbed)
          .push_back(measured.microseconds[i]);
    }
  }

  /// Whether a step of the network has been measured, but never undisturbed.
  bool wants(const Architecture& network) const {
    return std::ranges::any_of(different_steps(network), [&](const StepKey& key) {
      const auto found = times_.find(key);
      return found != times_.end() && found->second.undisturbed.empty();
    });
  }

  void add_to(LatencyTable& table) {
    for (auto& [key, of_step] : times_) {
      const bool undisturbed = !of_step.undisturbed.empty();
      std::vector<double>& counted = undisturbed ? of_step.undisturbed : of_step.disturbed;
      const auto samples = static_cast<std::int64_t>(counted.size()) * timing_.runs;
      table.set(key, {median(counted), samples, undisturbed});
    }
  }

 private:
  /// In microseconds.
  struct Times {
    std::vector<double> undisturbed;
    std::vector<double> disturbed;
  };

  const LatencyTable& table_;
  const TimingSettings& timing_;
  std::map<StepKey, Times> times_;
};

/// Stops where `calmer` gives something.
std::optional<Pace> measure_rounds(std::span<const Architecture> networks,
                                   const ProfileSettings& settings,
                                   const std::function<std::optional<Pace>()>& calmer,
                                   Measurements& measurements) {
  const auto rounds = static_cast<std::size_t>(settings.rounds);
  for (std::size_t done = 0; done < rounds * networks.size(); ++done) {
    measurements.measure(networks[done % networks.size()]);
    if (const auto found = calmer()) return found;
    if (settings.progress) settings.progress(done + 1, rounds * networks.size());
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const Architecture& network : networks) {
      if (!measurements.wants(network)) continue;
      measurements.measure(network);
      if (const auto found = calmer()) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

bool ProfilePlan::offer(const Architecture& network) {
  bool brings_new = false;
  std::vector<int*> uses;
  for (const StepKey& key : different_steps(network)) {
    if (table_.steps().contains(key)) continue;
    const auto [entry, inserted] = uses_.emplace(key, 0);
    brings_new = brings_new || inserted;
    uses.push_back(&entry->second);
  }
  if (std::ranges::none_of(uses, [&](const int* use) { return *use < contexts_; })) return false;
  for (int* use : uses) ++*use;
  networks_.push_back(network);
  return brings_new;
}

void measure_steps(std::span<const Architecture> networks, const ProfileSettings& settings,
                   LatencyTable& table) {
  const bool is_new = table.steps().empty();
  const std::function<Pace()> pace =
      settings.timing.pace ? settings.timing.pace : PaceMeter(steady_microseconds);
  while (true) {
    Measurements measurements(table, settings.timing);
    const auto calmer = measure_rounds(
        networks, settings,
        [&]() -> std::optional<Pace> {
          if (!is_new) return std::nullopt;
          const Pace now = typical_pace(pace);
          return is_calmer(now, table.reference()) ? std::optional(now) : std::nullopt;
        },
        measurements);
    if (!calmer) {
      measurements.add_to(table);
      return;
    }
    table = LatencyTable(table.machine(), *calmer);
  }
}

}  // namespace nas
