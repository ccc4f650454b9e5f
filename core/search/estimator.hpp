/// A performance estimator turns a candidate into a measurement.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/cancel_token.hpp"
#include "core/base/executor.hpp"
#include "core/base/options.hpp"
#include "core/base/precision.hpp"
#include "core/search/trial.hpp"

namespace nas {

struct Dataset;
class SearchSpace;

/// What is measured. For an estimator that needs no architecture there may be the genotype alone:
/// then the architecture has no nodes, the costs are 0 and the hash is empty.
struct Candidate {
  const Genotype& genotype;
  const Architecture& architecture;
  const Cost& cost;
  const std::string& hash;  ///< canonical hash of the architecture
};

/// What stays the same for all trials of a run.
struct EstimatorContext {
  std::shared_ptr<const Dataset> dataset;  ///< null for an estimator that needs none
  std::uint64_t seed = 0;                  ///< of the run: the validation split depends on it
  std::size_t memory_limit = 0;            ///< bytes for one trial; 0: none
  OptionValues options;
  Precision precision = Precision::float32;  ///< that networks are trained and measured in
  const SearchSpace* space = nullptr;        ///< of the candidates; outlives the estimator
  /// Whether a network is within the limits that candidates obey; empty: there are none.
  std::function<bool(const Genotype&, const Architecture&)> is_feasible = {};
};

/// How a trial that was told fared on the way.
struct LearningCurve {
  Fidelity fidelity;  ///< that it was to have
  std::vector<CurvePoint> points;
};

/// Files through which one trial goes on where another ended. What they hold is the estimator's.
struct TrialCheckpoints {
  /// Of the trial that this one continues; may be missing. Empty: it continues none.
  std::filesystem::path from;
  /// To be written, and durable, before `estimate` returns. Empty: not wanted.
  std::filesystem::path to;
};

/// What may differ from one call to the next.
struct EstimateServices {
  Executor& executor;
  const CancelToken& cancel;
  /// Progress within one estimate, 0 … 1; may be empty.
  std::function<void(double)> progress;
  TrialCheckpoints checkpoints = {};
  /// The fidelity of the trial that this one continues; nothing where it continues none.
  std::optional<Fidelity> continued = {};
  /// Of the successful trials told before this one was proposed, in the order of telling: the same
  /// for every number of jobs.
  std::span<const LearningCurve> told = {};
};

struct Measurement {
  enum class Status {
    ok,
    failed,     ///< a result like any other, with `reason`
    cancelled,  ///< no result; runs again on resume
  };
  Status status = Status::ok;
  std::string reason;
  Metrics metrics;  ///< without the cost model's, which the loop adds
  std::vector<CurvePoint> curve = {};
};

/// How the winner is trained at the end.
struct FinalTraining {
  double epochs = 0;
  std::uint64_t seed = 0;
  int shards = 1;
  /// Train on the whole training part; otherwise leave the validation part out, to choose by it.
  bool with_validation_part = true;
};

/// The outcome of a final training.
class TrainedNetwork {
 public:
  virtual ~TrainedNetwork() = default;
  /// `status` failed or cancelled: nothing below may be called. Metrics: "train_loss",
  /// "train_accuracy", and "val_accuracy", "val_loss" where the validation part was left out.
  virtual const Measurement& training() const = 0;
  /// "test_accuracy", "test_loss": the one place where test data is read.
  virtual Metrics test() = 0;
  /// Throws Error(io).
  virtual void save_weights(const std::filesystem::path& file) const = 0;
};

class Estimator {
 public:
  virtual ~Estimator() = default;

  /// Called once before the first estimate. Throws where the run cannot start.
  virtual void prepare(const EstimatorContext& context) = 0;
  virtual bool needs_data() const = 0;
  /// Whether `estimate` and `reuse_key` read more of a candidate than its genotype. If not, and
  /// nobody else asks what architectures cost, none is built.
  virtual bool needs_architecture() const { return true; }
  /// Whether `prepare` reads the seed of the run. If not, one prepared estimator serves runs of all
  /// seeds.
  virtual bool depends_on_run_seed() const { return true; }
  /// Whether `estimate` writes checkpoints, and goes on from them.
  virtual bool has_checkpoints() const { return false; }
  /// About so many bytes for one of a network that costs this.
  virtual double checkpoint_bytes(const Cost&) const { return 0; }
  virtual Fidelity default_fidelity() const = 0;
  /// Names of the metrics that `estimate` reports; the first is the default objective.
  virtual std::vector<std::string> metrics() const = 0;
  /// When an earlier result may stand in for this one; nothing: never. Default: the canonical hash,
  /// or the genotype of a candidate without an architecture.
  virtual std::optional<std::string> reuse_key(const Candidate& candidate) const;
  /// Called from several threads at once. A function of its first three arguments alone and, where
  /// it compares learning curves, of those told: a checkpoint saves time and changes no result.
  virtual Measurement estimate(const Candidate& candidate, const Fidelity& fidelity,
                               std::uint64_t seed, const EstimateServices& services) = 0;
  /// Epochs of final training unless the user says otherwise; 0 where there is none.
  virtual double default_final_epochs() const { return 0; }
  /// Throws Error(usage) by default.
  virtual std::unique_ptr<TrainedNetwork> train_final(const Candidate& candidate,
                                                      const FinalTraining& settings,
                                                      const EstimateServices& services);
  /// After `prepare`: why measurements may be worth little with these data and options, and what to
  /// set instead. One sentence each.
  virtual std::vector<std::string> warnings() const { return {}; }
};

}  // namespace nas
