/// The tree-structured Parzen estimator over categorical decisions (Bergstra, Bardenet, Bengio,
/// Kégl 2011), with the defaults and the estimator of Optuna's univariate sampler (Akiba et al.
/// 2019).
///
/// After 10 results at random, the best min(ceil(0.1 n), 25) of the n results are the good ones.
/// For each decision in order, 24 answers are drawn from the estimator of the good results, and the
/// one where it exceeds that of the others by the largest ratio is taken; ties go to the lower
/// answer. The estimators are those of parzen.hpp.
///
/// Only answers that are open after the ones before are drawn, and a decision learns from the
/// results in which it was a choice, as in Optuna's conditional spaces.
///
/// Deviations: the genotype that results is made canonical. Where it was proposed before, as it
/// often was, since the best of 24 is nearly certain, another is drawn from half as many
/// candidates, up to 20 times, then from a quarter, down to one, then at random: a trial that
/// repeats exactly teaches nothing. `avoid_duplicates` false is Optuna's behaviour. An infeasible
/// proposal counts among the bad results and not in n; a failed one is ignored, as by Optuna. With
/// several objectives the first one decides. Graphs of free form have no decisions: Error(config).
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/unseen.hpp"
#include "plugins/strategies/tpe/parzen.hpp"

namespace {

using namespace nas;

constexpr std::size_t most_good = 25;
constexpr int draws_before_fewer = 20;

constexpr int no_choice = -1;

struct Observation {
  double fitness;  ///< lowest where infeasible
  Genotype genotype;
  std::vector<int> answers;  ///< `no_choice` where no other was open
};

/// How likely each answer to a decision is to be good, and to be not.
struct Model {
  std::vector<double> good, bad;
};

class Tpe final : public Strategy {
 public:
  explicit Tpe(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(derive_seed(context.seed, "tpe")),
        startup_(static_cast<std::size_t>(context.options.integer("startup"))),
        gamma_(context.options.real("gamma")),
        candidates_(context.options.integer("candidates")),
        avoid_duplicates_(context.options.boolean("avoid_duplicates")) {
    if (space_.decisions().empty()) {
      throw Error(ErrorKind::config,
                  fmt::format("strategy 'tpe' learns about decisions, and the space '{}' has none, "
                              "being one of free-form graphs; take another strategy",
                              space_.name()));
    }
  }

  std::optional<Proposal> ask() override {
    const auto genotype = next();
    if (!genotype) return std::nullopt;
    seen_.insert(*genotype);
    return Proposal{*genotype, {}, {}};
  }

  void tell(const Result& result) override {
    seen_.insert(result.genotype);
    if (result.kind == Result::Kind::failed) return;
    measured_ += result.kind == Result::Kind::measured;
    observations_.push_back(
        {fitness(result, objective_), result.genotype, choices(result.genotype)});
  }

 private:
  std::optional<Genotype> next() {
    if (measured_ >= startup_) {
      const std::vector<Model> models = learn();
      Genotype best = propose(models, candidates_);
      if (!avoid_duplicates_ || !seen_.contains(best)) return best;
      for (std::int64_t fewer = candidates_ / 2; fewer > 0; fewer /= 2) {
        const auto modelled = [&] { return propose(models, fewer); };
        if (auto found = draw_unseen(seen_, modelled, draws_before_fewer)) return found;
      }
    }
    if (!avoid_duplicates_) return space_.sample(random_);
    return unseen(space_, seen_, random_);
  }

  std::vector<int> choices(const Genotype& genotype) const {
    std::vector<int> answers = genotype.answers;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (std::ranges::count(space_.allowed(genotype, i), true) < 2) answers[i] = no_choice;
    }
    return answers;
  }

  /// One for each decision.
  std::vector<Model> learn() const {
    const std::vector<bool> good = good_ones();
    std::vector<Model> models;
    for (std::size_t i = 0; i < space_.decisions().size(); ++i) {
      std::vector<int> of_good, of_bad;
      for (std::size_t k = 0; k < observations_.size(); ++k) {
        const int answer = observations_[k].answers[i];
        if (answer != no_choice) (good[k] ? of_good : of_bad).push_back(answer);
      }
      const std::size_t answers = space_.decisions()[i].options.size();
      models.push_back({tpe::parzen(of_good, answers), tpe::parzen(of_bad, answers)});
    }
    return models;
  }

  /// Which observations are among the best of those that were measured; ties by encoding.
  std::vector<bool> good_ones() const {
    const auto wanted =
        static_cast<std::size_t>(std::ceil(gamma_ * static_cast<double>(measured_)));
    std::vector<std::size_t> order(observations_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [this](std::size_t a, std::size_t b) {
      const Observation& left = observations_[a];
      const Observation& right = observations_[b];
      return std::tie(right.fitness, left.genotype) < std::tie(left.fitness, right.genotype);
    });
    std::vector<bool> good(observations_.size(), false);
    for (std::size_t k = 0; k < std::min(wanted, most_good); ++k) good[order[k]] = true;
    return good;
  }

  /// Each answer the best of so many candidates.
  Genotype propose(const std::vector<Model>& models, std::int64_t candidates) {
    Genotype genotype{std::vector<int>(models.size(), 0)};
    for (std::size_t i = 0; i < models.size(); ++i) {
      const std::vector<bool> open = space_.allowed(genotype, i);
      const auto first = std::ranges::find(open, true);
      genotype.answers[i] = static_cast<int>(first - open.begin());
      if (std::ranges::count(open, true) > 1)
        genotype.answers[i] = choose(models[i], open, candidates);
    }
    return space_.canonical(genotype);
  }

  int choose(const Model& model, const std::vector<bool>& open, std::int64_t candidates) {
    std::vector<double> cumulative(open.size());
    double total = 0;
    for (std::size_t answer = 0; answer < open.size(); ++answer) {
      cumulative[answer] = total += open[answer] ? model.good[answer] : 0;
    }
    const auto ratio = [&](std::size_t answer) { return model.good[answer] / model.bad[answer]; };
    std::optional<std::size_t> best;
    for (std::int64_t drawn = 0; drawn < candidates; ++drawn) {
      const auto place = std::ranges::upper_bound(cumulative, random_.uniform(0, total));
      const auto answer = static_cast<std::size_t>(place - cumulative.begin());
      if (!best || std::pair(-ratio(answer), answer) < std::pair(-ratio(*best), *best)) {
        best = answer;
      }
    }
    return static_cast<int>(*best);
  }

  const SearchSpace& space_;
  const Objective objective_;
  Random random_;
  const std::size_t startup_;
  const double gamma_;
  const std::int64_t candidates_;
  const bool avoid_duplicates_;

  std::vector<Observation> observations_;  ///< as told, without failed ones
  std::size_t measured_ = 0;               ///< of them, without infeasible ones
  std::set<Genotype> seen_;
};

}  // namespace

NAS_STRATEGY(
    Tpe, "tpe", "1.0",
    "Tree-structured Parzen estimator over categorical decisions (Bergstra et al. 2011), as "
    "Optuna's defaults.",
    {"startup", nas::OptionType::integer, "10",
     "Results at random before the model is used (Optuna: 10).", 1, 1000000},
    {"gamma", nas::OptionType::real, "0.1",
     "Share of the results that count as good, 25 at most (Optuna: 0.1).", 0.001, 1},
    {"candidates", nas::OptionType::integer, "24", "Answers drawn for each decision (Optuna: 24).",
     1, 100000},
    {"avoid_duplicates", nas::OptionType::boolean, "true",
     "Draw again what was proposed before (Optuna: false)."});
