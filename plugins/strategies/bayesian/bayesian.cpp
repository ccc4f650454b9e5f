/// Bayesian optimisation with a Gaussian process.
///
/// NASBOT (Kandasamy, Neiswanger, Schneider, Poczos, Xing 2018, arXiv 1802.07191): expected
/// improvement, GP-UCB or Thompson sampling, maximised by an evolutionary search; proposals while
/// results are awaited by hallucination. NASBOT's kernel compares networks by optimal transport
/// (otmann_kernel.hpp); spaces with decisions have a kernel of their own (categorical_kernel.hpp),
/// which is far faster.
///
/// Deviations:
/// - The kernel's parameters are found by gradient (hyperparameters.hpp), not by drawing at random.
/// - The mean of the process is the mean of what was measured.
/// - No genotype is proposed twice; a trial that failed, or is over a limit, tells nothing but
/// that.
///
/// With several objectives the first one decides. Results at another fidelity than the first that
/// was told are no observations.
#include <algorithm>
#include <cmath>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/unseen.hpp"
#include "plugins/strategies/bayesian/acquisition.hpp"
#include "plugins/strategies/bayesian/candidate_grid.hpp"
#include "plugins/strategies/bayesian/categorical_kernel.hpp"
#include "plugins/strategies/bayesian/model.hpp"
#include "plugins/strategies/bayesian/otmann_kernel.hpp"

namespace {

using namespace nas;

// Candidates that one sample of the function is drawn at: each takes O(n^2).
constexpr std::size_t most_sampled = 500;

// Networks that say whether those of a space are perceptrons.
constexpr int family_samples = 20;

// Of the confidence bound, where a kernel has no dimension of its own (the authors' Dragonfly).
constexpr double dimension_of_networks = 3;

NetworkFamily family_of(const SearchSpace& space) {
  Random random(derive_seed(0, "bayesian.family"));
  for (int i = 0; i < family_samples; ++i) {
    const Architecture network = space.build(space.sample(random));
    if (family_of(network) == NetworkFamily::convolutional) return NetworkFamily::convolutional;
  }
  return NetworkFamily::perceptron;
}

bool wants_otmann(const StrategyContext& context) {
  const std::string& kernel = context.options.text("kernel");
  const bool without_decisions = context.space.decisions().empty();
  if (kernel == "categorical" && without_decisions) {
    throw Error(
        ErrorKind::config,
        fmt::format("the kernel 'categorical' needs decisions, and the space '{}' has none; "
                    "take 'otmann'",
                    context.space.name()));
  }
  return kernel == "otmann" || without_decisions;
}

class Bayesian final : public Strategy {
 public:
  explicit Bayesian(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(derive_seed(context.seed, "bayesian")),
        acquisition_(context.options.text("acquisition")),
        initial_(static_cast<std::size_t>(context.options.integer("initial"))),
        evaluations_(static_cast<std::size_t>(context.options.integer("evaluations"))),
        pool_size_(static_cast<std::size_t>(context.options.integer("pool"))),
        dimension_(wants_otmann(context) ? dimension_of_networks
                                         : static_cast<double>(space_.decisions().size())),
        executor_(wants_otmann(context) ? make_tbb_executor(available_processors()) : nullptr),
        model_(kernel(), {static_cast<std::size_t>(context.options.integer("fit_points")),
                          {std::log(context.options.real("least_noise")),
                           std::log(context.options.real("most_noise")), std::log(0.01)}}) {
    model_.on_fit = [this](double smallest_eigenvalue, std::size_t points) {
      notes_.push_back(
          fmt::format("covariance of {} networks, smallest eigenvalue before projection {:.3g}",
                      points, smallest_eigenvalue));
    };
    if (context.options.text("candidates") == "all") grid_.emplace(every_genotype(space_));
  }

  std::optional<Proposal> ask() override {
    std::optional<Genotype> next;
    if (proposed_ >= initial_ && observations_.size() >= 2) next = by_model();
    if (!next) next = unseen(space_, seen_, random_);
    if (!next) return std::nullopt;
    seen_.insert(*next);
    awaited_.push_back(*next);
    ++proposed_;
    return Proposal{*next, {}, {}};
  }

  void tell(const Result& result) override {
    seen_.insert(result.genotype);
    const auto asked = std::ranges::find(awaited_, result.genotype);
    if (asked != awaited_.end()) {
      awaited_.erase(asked);
    } else {
      ++proposed_;
    }
    if (result.kind == Result::Kind::infeasible) --proposed_;
    if (result.kind != Result::Kind::measured) return;
    if (!fidelity_) fidelity_ = result.fidelity;
    if (result.fidelity != *fidelity_) return;
    observations_.push_back({result.genotype, fitness(result, objective_)});
  }

  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }

 private:
  std::unique_ptr<Kernel> kernel() {
    if (!executor_) return std::make_unique<CategoricalKernel>(space_.decisions());
    return std::make_unique<OtmannKernel>(space_, family_of(space_), *executor_);
  }

  std::optional<Genotype> by_model() {
    const std::vector<Genotype> awaited(awaited_.begin(), awaited_.end());
    model_.update(observations_, awaited);
    const Eligible is_new = [this](const Genotype& point) { return !seen_.contains(point); };
    std::optional<Genotype> next = grid_ ? best_of_all(is_new) : best_found(is_new);
    model_.forget_sample();
    return next;
  }

  std::optional<Genotype> best_found(const Eligible& is_new) {
    AcquisitionSearch search = published_acquisition_search(space_, proposed_);
    if (evaluations_ > 0) search.evaluations = evaluations_;
    return search.maximise(
        pool(), [this](std::span<const Genotype> points) { return value_of(points); }, is_new,
        random_);
  }

  std::optional<Genotype> best_of_all(const Eligible& is_new) {
    if (acquisition_ != "thompson") {
      return best_eligible(grid_->candidates(), values(grid_->predict(model_)), is_new);
    }
    std::vector<Genotype> drawn;
    std::ranges::copy_if(grid_->candidates(), std::back_inserter(drawn), is_new);
    random_.shuffle(std::span(drawn));
    drawn.resize(std::min(drawn.size(), most_sampled));
    return best_eligible(drawn, value_of(drawn), is_new);
  }

  Eigen::VectorXd value_of(std::span<const Genotype> points) {
    if (acquisition_ != "thompson") return values(model_.predict(points));
    return model_.sample(points, [this] { return random_.normal(); });
  }

  Eigen::VectorXd values(const Prediction& prediction) const {
    Eigen::VectorXd result = prediction.mean;
    const double factor = confidence_factor(dimension_, static_cast<double>(proposed_));
    for (Eigen::Index i = 0; i < result.size(); ++i) {
      const double variance = prediction.variance[i];
      result[i] = acquisition_ == "ei" ? expected_improvement(result[i], variance, model_.best())
                                       : result[i] + factor * std::sqrt(variance);
    }
    return result;
  }

  /// The best that were measured.
  std::vector<Genotype> pool() const {
    std::vector<const Observation*> ranked;
    ranked.reserve(observations_.size());
    for (const Observation& observation : observations_) ranked.push_back(&observation);
    std::ranges::sort(ranked, [](const Observation* a, const Observation* b) {
      return a->value != b->value ? a->value > b->value : a->genotype < b->genotype;
    });
    ranked.resize(std::min(ranked.size(), pool_size_));
    std::vector<Genotype> pool;
    pool.reserve(ranked.size());
    for (const Observation* observation : ranked) pool.push_back(observation->genotype);
    return pool;
  }

  const SearchSpace& space_;
  const Objective objective_;
  Random random_;
  const std::string acquisition_;
  const std::size_t initial_;
  const std::size_t evaluations_;  ///< 0: as published
  const std::size_t pool_size_;
  const double dimension_;                    ///< of the confidence bound
  const std::unique_ptr<Executor> executor_;  ///< null where networks are not compared
  SurrogateModel model_;
  std::optional<CandidateGrid> grid_;  ///< where all candidates are looked at

  std::vector<Observation> observations_;  ///< in the order in which they were told
  std::deque<Genotype> awaited_;           ///< in the order in which they were proposed
  std::set<Genotype> seen_;
  std::optional<Fidelity> fidelity_;
  std::size_t proposed_ = 0;  ///< without infeasible ones
  std::vector<std::string> notes_;
};

}  // namespace

NAS_STRATEGY(
    Bayesian, "bayesian", "1.0",
    "Bayesian optimisation with a Gaussian process (NASBOT, Kandasamy et al. 2018).",
    {"kernel", nas::OptionType::choice, "auto",
     "categorical: of the decisions; otmann: of the networks, by optimal transport (NASBOT); auto: "
     "categorical where there are decisions.",
     0, 0, "auto|categorical|otmann"},
    {"acquisition", nas::OptionType::choice, "ei",
     "ei: expected improvement; ucb: upper confidence bound; thompson: the best of one sample.", 0,
     0, "ei|ucb|thompson"},
    {"initial", nas::OptionType::integer, "20",
     "Proposals at random before the first by the model (NASBOT: 20).", 1, 1000000},
    {"candidates", nas::OptionType::choice, "evolution",
     "evolution: an evolutionary search for the best acquisition; all: every genotype of a small "
     "space, or for thompson 500 of them.",
     0, 0, "evolution|all"},
    {"evaluations", nas::OptionType::integer, "0",
     "Acquisitions in an evolutionary search; 0: NASBOT's 25 sqrt(trials), from 50 to 500, fewer "
     "from 548 trials on (150 after 1,000).",
     0, 1000000},
    {"pool", nas::OptionType::integer, "20",
     "Best measured genotypes that the evolutionary search starts from.", 1, 1000000},
    {"fit_points", nas::OptionType::integer, "250",
     "Observations, evenly spread, that the kernel's parameters are fitted to.", 2, 100000},
    {"least_noise", nas::OptionType::real, "0.0001",
     "Bound of the noise's variance, in variances of the objective (NASBOT: 0.005).", 1e-8, 1},
    {"most_noise", nas::OptionType::real, "0.2", "The other bound (NASBOT: 0.2).", 1e-8, 1});
