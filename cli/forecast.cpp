#include "cli/forecast.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "cli/no_journal.hpp"
#include "core/base/executor.hpp"
#include "core/base/random.hpp"

namespace nas::cli {

namespace {

/// Forward, gradient of the data, gradient of the weights.
constexpr double passes_of_a_step = 3;
constexpr int sample_size = 64;
constexpr std::int64_t most_rehearsed = 500;
constexpr std::int64_t rehearsed_under_budget = 200;

/// In epochs over the whole of the data, at full resolution.
double effort_of(const Fidelity& fidelity) {
  return fidelity.epochs * fidelity.data_share * fidelity.resolution * fidelity.resolution;
}

/// Measures by drawing lots.
class Lots final : public Estimator {
 public:
  explicit Lots(const Experiment& experiment)
      : objectives_(experiment.config.objectives),
        fidelity_(experiment.evaluator.estimator->default_fidelity()) {}

  void prepare(const EstimatorContext&) override {}
  bool needs_data() const override { return false; }
  bool needs_architecture() const override { return false; }
  bool has_checkpoints() const override { return true; }
  Fidelity default_fidelity() const override { return fidelity_; }
  std::vector<std::string> metrics() const override { return {}; }
  std::optional<std::string> reuse_key(const Candidate&) const override { return std::nullopt; }
  Measurement estimate(const Candidate&, const Fidelity& fidelity, std::uint64_t seed,
                       const EstimateServices& services) override {
    effort += effort_of(fidelity) - (services.continued ? effort_of(*services.continued) : 0);
    Random random(seed);
    Measurement result;
    for (const Objective& objective : objectives_) {
      result.metrics[objective.metric] = random.uniform();
    }
    return result;
  }

  double effort = 0;  ///< of all trials so far

 private:
  const std::vector<Objective> objectives_;
  const Fidelity fidelity_;
};

/// Counts the checkpoints that would be there.
class CheckpointCounter final : public CheckpointStore {
 public:
  std::filesystem::path file(std::int64_t trial) override {
    there_.insert(trial);
    most = std::max(most, std::ssize(there_));
    return std::to_string(trial);
  }
  void remove(std::int64_t trial) override { there_.erase(trial); }
  void clear() override { there_.clear(); }

  std::int64_t most = 0;

 private:
  std::set<std::int64_t> there_;
};

std::shared_ptr<Strategy> another_strategy(const Experiment& experiment) {
  const RunConfig& config = experiment.config;
  return experiment.strategy_library->make_strategy(
      {*experiment.evaluator.space, config.objectives, derive_seed(config.seed, "strategy"),
       config.window, experiment.strategy_options,
       experiment.evaluator.estimator->default_fidelity()});
}

bool leaves_fidelity_to_estimator(const Experiment& experiment) {
  const auto first = another_strategy(experiment)->ask();
  return !first || !first->fidelity;
}

/// All trainings of so many epochs over a share of the training data.
double training_macs(const Experiment& experiment, double epochs, double macs) {
  if (!experiment.evaluator.dataset) return 0;
  const auto samples = static_cast<double>(experiment.evaluator.dataset->train.count());
  return passes_of_a_step * epochs * samples * macs;
}

}  // namespace

Rehearsal rehearse(const Experiment& experiment) {
  Rehearsal rehearsal;
  if (leaves_fidelity_to_estimator(experiment)) return rehearsal;
  const RunConfig& config = experiment.config;
  SearchSettings settings;
  settings.seed = config.seed;
  settings.trials =
      config.trials > 0 ? std::min(config.trials, most_rehearsed) : rehearsed_under_budget;
  settings.window = config.window;
  settings.objectives = config.objectives;
  Lots lots(experiment);
  CheckpointCounter checkpoints;
  NoJournal journal;
  const CancelToken cancel;
  const auto strategy = another_strategy(experiment);
  const auto executor = make_serial_executor();
  const auto trials = std::ssize(run_search(settings, {*experiment.evaluator.space,
                                                       *strategy,
                                                       lots,
                                                       *executor,
                                                       cancel,
                                                       journal,
                                                       {},
                                                       {},
                                                       &checkpoints})
                                     .trials);
  if (trials == 0) return rehearsal;
  const double full = effort_of(lots.default_fidelity());
  if (full > 0) rehearsal.effort = lots.effort / static_cast<double>(trials) / full;
  rehearsal.checkpoints = checkpoints.most;
  if (config.trials > settings.trials) {
    rehearsal.checkpoints = checkpoints.most * config.trials / settings.trials;
  }
  return rehearsal;
}

double checkpoint_bytes(const Experiment& experiment) {
  // Without any, which is usual, there is no need to look at networks.
  if (!experiment.evaluator.estimator->has_checkpoints()) return 0;
  return rehearse(experiment).checkpoints == 0 ? 0 : forecast(experiment, 1).checkpoint_bytes;
}

CostForecast forecast(const Experiment& experiment, int jobs) {
  const RunConfig& config = experiment.config;
  const Evaluator& evaluator = experiment.evaluator;
  CostForecast cost;
  if (!builds_architectures(experiment)) return cost;
  Random random(derive_seed(config.seed, "plan"));
  double largest_checkpoint = 0;
  for (; cost.sampled < sample_size; ++cost.sampled) {
    const Genotype genotype = evaluator.space->sample(random);
    const Architecture architecture = evaluator.space->build(genotype);
    const Cost sample = nas::cost(architecture);
    if (exceeded(config.limits, all_costs(evaluator, genotype, architecture, sample))) continue;
    ++cost.feasible;
    cost.macs += static_cast<double>(sample.macs);
    largest_checkpoint =
        std::max(largest_checkpoint, evaluator.estimator->checkpoint_bytes(sample));
  }
  if (cost.feasible == 0) return cost;
  cost.macs /= cost.feasible;
  cost.rehearsal = rehearse(experiment);
  if (evaluator.estimator->has_checkpoints()) {
    cost.checkpoint_bytes = static_cast<double>(cost.rehearsal.checkpoints) * largest_checkpoint;
  }
  cost.search_macs =
      static_cast<double>(config.trials) * cost.rehearsal.effort *
      training_macs(experiment, effort_of(evaluator.estimator->default_fidelity()), cost.macs);
  cost.final_macs = config.finalists * config.final_seeds *
                    training_macs(experiment, config.final_epochs, cost.macs);
  cost.seconds = cost.search_macs / (assumed_rate * jobs) +
                 cost.final_macs / (assumed_rate * available_processors());
  return cost;
}

}  // namespace nas::cli
