/// A made-up landscape whose optimum is known, on any space, with learning curves and noise: for
/// comparing strategies, for tests and for teaching. Nothing is built or trained.
///
/// A genotype's quality is 1 at the optimum, a genotype of the space that `landscape` draws, and
/// less elsewhere: each decision costs what its answer is away from the optimum's, times a weight;
/// `ruggedness` mixes in a value of the genotype as a whole, which nothing predicts. Its accuracy
/// after all epochs is chance + (1 - chance) * quality. On the way there it follows
///
///     chance + (accuracy - chance) * (1 - exp(-rate * effort)) / (1 - exp(-rate))
///
/// where `effort` is epochs * data share * resolution^2 of the full amount. With equal rates all
/// curves keep their order. `crossing` lets the logarithms of the rates differ: then those that
/// learn fast lead early and may lose.
#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"

namespace {

using namespace nas;

constexpr double chance = 0.1;  ///< accuracy without training: ten classes
/// A curve of this rate has 95 % of its accuracy after all epochs of one that never ends.
constexpr double usual_rate = 3;
/// Of the least wrong answer of a decision without order, as a share of the most wrong.
constexpr double least_wrong = 0.25;
constexpr double least_weight = 0.1;  ///< of a decision, where the largest is 1
/// Modifications after which a free-form graph has half the quality.
constexpr double half_distance = 4;

/// Uniform in (0, 1], a function of its arguments.
double uniform_of(std::uint64_t seed, const std::string& what) {
  return 1 - Random(derive_seed(seed, what)).uniform();
}

class Landscape {
 public:
  Landscape(const SearchSpace& space, std::uint64_t seed, double ruggedness)
      : space_(space), seed_(seed), ruggedness_(ruggedness) {
    Random random(derive_seed(seed, "optimum"));
    optimum_ = space.sample(random);
    for (const Decision& decision : space.decisions()) {
      weights_.push_back(least_weight +
                         (1 - least_weight) * uniform_of(seed, "weight " + decision.name));
      total_ += weights_.back();
    }
  }

  bool has(const Genotype& genotype) const {
    return weights_.empty() ? !genotype.answers.empty()
                            : genotype.answers.size() == weights_.size();
  }
  /// In [0, 1], and 1 at the optimum alone.
  double quality(const Genotype& genotype) const {
    if (genotype == optimum_) return 1;
    const double rough = uniform_of(seed_, "rough " + genotype.text());
    return 1 - (1 - ruggedness_) * wrong(genotype) - ruggedness_ * rough;
  }

 private:
  double wrong(const Genotype& genotype) const {
    if (weights_.empty()) {
      const auto distance = static_cast<double>(space_.distance(genotype, optimum_));
      return distance / (distance + half_distance);
    }
    double sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      sum += weights_[i] * wrong(i, genotype.answers[i]);
    }
    return sum / total_;
  }
  double wrong(std::size_t i, int answer) const {
    const int right = optimum_.answers[i];
    if (answer == right) return 0;
    const Decision& decision = space_.decisions()[i];
    if (decision.ordered) {
      return std::abs(answer - right) / static_cast<double>(decision.options.size() - 1);
    }
    const std::string what =
        decision.name + '=' + decision.options[static_cast<std::size_t>(answer)];
    return least_wrong + (1 - least_wrong) * uniform_of(seed_, what);
  }

  const SearchSpace& space_;
  const std::uint64_t seed_;
  const double ruggedness_;
  Genotype optimum_;
  std::vector<double> weights_;  ///< by decision
  double total_ = 0;
};

/// In epochs at full data and resolution.
double effort(const Fidelity& fidelity) {
  return fidelity.epochs * fidelity.data_share * fidelity.resolution * fidelity.resolution;
}

class SyntheticEstimator final : public Estimator {
 public:
  void prepare(const EstimatorContext& context) override {
    if (context.space == nullptr) {
      throw Error(ErrorKind::config, "the estimator 'synthetic' needs to know the search space");
    }
    options_ = context.options;
    const std::int64_t landscape = options_.integer("landscape");
    seed_ = landscape < 0 ? context.seed : static_cast<std::uint64_t>(landscape);
    landscape_.emplace(*context.space, seed_, options_.real("ruggedness"));
  }
  bool needs_data() const override { return false; }
  bool needs_architecture() const override { return false; }
  Fidelity default_fidelity() const override { return {options_.real("epochs")}; }
  std::vector<std::string> metrics() const override { return {"val_accuracy", "regret", "cost"}; }
  /// Each proposal is measured, with noise of its own, and paid for.
  std::optional<std::string> reuse_key(const Candidate&) const override { return std::nullopt; }

  Measurement estimate(const Candidate& candidate, const Fidelity& fidelity, std::uint64_t seed,
                       const EstimateServices& services) override {
    if (!landscape_->has(candidate.genotype)) {
      return {Measurement::Status::failed,
              "'synthetic' measures genotypes of the space, not architectures by themselves",
              {}};
    }
    const double quality = landscape_->quality(candidate.genotype);
    const double reached = progress(candidate.genotype, effort(fidelity) / options_.real("epochs"));
    Random noise(derive_seed(derive_seed(seed, "noise"), std::to_string(effort(fidelity))));
    const double accuracy =
        chance + (1 - chance) * quality * reached + options_.real("noise") * noise.normal();
    const double paid = services.continued ? effort(*services.continued) : 0;
    return {Measurement::Status::ok,
            {},
            {{"val_accuracy", accuracy},
             {"regret", (1 - chance) * (1 - quality)},
             {"cost", effort(fidelity) - paid}}};
  }

 private:
  /// The share of its accuracy, less chance, that a network has after a share of the full effort.
  double progress(const Genotype& genotype, double share) const {
    Random random(derive_seed(seed_, "rate " + genotype.text()));
    const double rate = usual_rate * std::exp(options_.real("crossing") * random.normal());
    return std::expm1(-rate * share) / std::expm1(-rate);
  }

  OptionValues options_;
  std::uint64_t seed_ = 0;
  std::optional<Landscape> landscape_;
};

}  // namespace

NAS_ESTIMATOR(
    SyntheticEstimator, "synthetic", "1.0",
    "A made-up landscape with a known optimum, learning curves and noise; reports the regret.",
    {"landscape", nas::OptionType::integer, "0",
     "Seed of the landscape and its optimum; -1: the run's own.", -1, 1e15},
    {"epochs", nas::OptionType::real, "81",
     "Epochs of a trial at full fidelity (Li et al. 2016: R = 81).", 1e-3, 1e6},
    {"ruggedness", nas::OptionType::real, "0.2",
     "Share of the quality that is a network's own, so that similar ones differ.", 0, 1},
    {"crossing", nas::OptionType::real, "0.5",
     "Standard deviation of the logarithm of the learning curves' rates; 0: no curves cross.", 0,
     3},
    {"noise", nas::OptionType::real, "0.005",
     "Standard deviation of the measured accuracy, drawn from the trial's seed.", 0, 10});
