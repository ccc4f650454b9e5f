#include "core/profile/profile.hpp"

#include <algorithm>
#include <set>

namespace nas {
namespace {

std::set<StepKey> different_steps(const Architecture& network) {
  const std::vector<StepKey> keys = step_keys(network, {.batch = 1});
  return {keys.begin(), keys.end()};
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
  std::map<StepKey, std::vector<double>> times;
  const auto rounds = static_cast<std::size_t>(settings.rounds);
  for (std::size_t done = 0; done < rounds * networks.size(); ++done) {
    const Architecture& network = networks[done % networks.size()];
    const std::vector<StepKey> keys = step_keys(network, {.batch = 1});
    const std::vector<double> measured = time_steps(network, settings.timing);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!table.steps().contains(keys[i])) times[keys[i]].push_back(measured[i]);
    }
    if (settings.progress) settings.progress(done + 1, rounds * networks.size());
  }
  for (auto& [key, of_step] : times) {
    const auto samples = static_cast<std::int64_t>(of_step.size()) * settings.timing.runs;
    table.set(key, {median(of_step), samples});
  }
}

}  // namespace nas
