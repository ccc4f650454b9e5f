/// BANANAS: Bayesian optimisation with an ensemble of neural predictors (White, Neiswanger, Savani
/// 2019, arXiv 1910.11858), with the settings of the authors' code (naszilla).
///
/// After 10 networks at random, an ensemble of 5 predictors (predictor.hpp) is trained on what was
/// measured; candidates are 100 mutations of the best, or of the five best if not enough of these
/// are new; one draw from a normal distribution with the ensemble's mean and deviation for each
/// (independent Thompson sampling); the 10 best draws are proposed, one after another, before the
/// next turn. Encodings: encoding.hpp.
///
/// Deviations:
/// - Targets are centred at their median and divided by their median absolute deviation, so that
/// the
///   published learning rate suits any objective.
/// - Predictors are trained again when a tenth more has been measured, where that is more than the
///   10 of a turn: training takes time in proportion to the number of trials.
/// - A turn begins as soon as the proposals of the last one are used up, whatever of them has been
///   measured; no genotype is proposed twice.
///
/// With several objectives the first one decides. Results at another fidelity than the first that
/// was told are not learnt from.
#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/unseen.hpp"
#include "plugins/strategies/bananas/encoding.hpp"
#include "plugins/strategies/bananas/ensemble.hpp"

namespace {

using namespace nas;

constexpr std::size_t retraining_share = 10;  // a tenth more than the last time
constexpr std::size_t parents = 5;            // the best, whose mutations are candidates
constexpr double second_modification = 0.5;   // of a free-form network: 1.5 changes here too

class Bananas final : public Strategy {
 public:
  explicit Bananas(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(derive_seed(context.seed, "bananas")),
        initial_(static_cast<std::size_t>(context.options.integer("initial"))),
        turn_(static_cast<std::size_t>(context.options.integer("turn"))),
        candidates_(static_cast<std::size_t>(context.options.integer("candidates"))),
        redraws_(context.options.real("redraws")),
        encoding_(encoding_of(context)),
        ensemble_(
            encoding_->size(),
            {static_cast<std::size_t>(context.options.integer("ensemble")),
             {static_cast<int>(context.options.integer("epochs")), context.options.real("rate")}},
            derive_seed(context.seed, "bananas.ensemble")) {}

  std::optional<Proposal> ask() override {
    std::optional<Genotype> next = from_turn();
    if (!next && proposed_ >= initial_ && measured_.size() >= 2) {
      begin_turn();
      next = from_turn();
    }
    if (!next) next = unseen(space_, seen_, random_);
    if (!next) return std::nullopt;
    seen_.insert(*next);
    ++proposed_;
    ++awaited_;
    return Proposal{*next, {}, {}};
  }

  void tell(const Result& result) override {
    seen_.insert(result.genotype);
    if (awaited_ > 0) {
      --awaited_;
    } else {
      ++proposed_;
    }
    if (result.kind == Result::Kind::infeasible) --proposed_;
    if (result.kind != Result::Kind::measured) return;
    if (!fidelity_) fidelity_ = result.fidelity;
    if (result.fidelity != *fidelity_) return;
    measured_.push_back({fitness(result, objective_), result.genotype});
    bits_.push_back(encoding_->bits(result.genotype));
  }

 private:
  struct Measured {
    double fitness;
    Genotype genotype;
  };

  static std::unique_ptr<Encoding> encoding_of(const StrategyContext& context) {
    const std::vector<Decision>& decisions = context.space.decisions();
    if (decisions.empty()) return hashed_encoding(context.space);
    std::unique_ptr<Encoding> paths;
    if (context.options.text("encoding") == "path") {
      paths = path_encoding(decisions, static_cast<std::size_t>(context.options.integer("paths")));
    }
    return paths ? std::move(paths) : one_hot_encoding(decisions);
  }

  /// What is left of the turn and has not been told in the meantime.
  std::optional<Genotype> from_turn() {
    while (!queue_.empty()) {
      Genotype next = std::move(queue_.front());
      queue_.pop_front();
      if (!seen_.contains(next)) return next;
    }
    return std::nullopt;
  }

  void begin_turn() {
    train_if_due();
    const std::vector<Genotype> candidates = mutations_of_the_best();
    std::vector<Bits> bits;
    bits.reserve(candidates.size());
    for (const Genotype& candidate : candidates) bits.push_back(encoding_->bits(candidate));
    const EnsemblePrediction prediction = ensemble_.predict(bits);
    std::vector<std::pair<double, std::size_t>> draws;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      draws.emplace_back(prediction.mean[i] + prediction.deviation[i] * random_.normal(), i);
    }
    std::ranges::sort(draws, [&](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : candidates[a.second] < candidates[b.second];
    });
    draws.resize(std::min(draws.size(), turn_));
    for (const auto& [draw, i] : draws) queue_.push_back(candidates[i]);
  }

  void train_if_due() {
    const std::size_t step = std::max(turn_, trained_on_ / retraining_share);
    if (trained_on_ > 0 && measured_.size() < trained_on_ + step) return;
    std::vector<double> targets;
    for (const Measured& one : measured_) targets.push_back(one.fitness);
    ensemble_.train(bits_, targets);
    trained_on_ = measured_.size();
  }

  /// Of the best as many as it takes, `candidates_` mutations of each; new ones, each once.
  std::vector<Genotype> mutations_of_the_best() {
    std::vector<const Measured*> ranked;
    for (const Measured& one : measured_) ranked.push_back(&one);
    const auto count = static_cast<std::ptrdiff_t>(std::min(parents, ranked.size()));
    std::ranges::partial_sort(
        ranked, ranked.begin() + count, [](const Measured* a, const Measured* b) {
          return a->fitness != b->fitness ? a->fitness > b->fitness : a->genotype < b->genotype;
        });
    std::set<Genotype> known = seen_;
    std::vector<Genotype> found;
    for (auto parent = ranked.begin(); parent != ranked.begin() + count; ++parent) {
      if (found.size() >= candidates_) break;
      for (std::size_t i = 0; i < candidates_; ++i) {
        Genotype child = mutated((*parent)->genotype);
        if (known.insert(child).second) found.push_back(std::move(child));
      }
    }
    return found;
  }

  Genotype mutated(const Genotype& parent) {
    const std::size_t decisions = space_.decisions().size();
    if (decisions > 0) {
      const double probability = std::min(1.0, redraws_ / static_cast<double>(decisions));
      return space_.mutate_each(parent, probability, random_);
    }
    const Genotype child = space_.mutate_one(parent, random_);
    return random_.chance(second_modification) ? space_.mutate_one(child, random_) : child;
  }

  const SearchSpace& space_;
  const Objective objective_;
  Random random_;
  const std::size_t initial_;
  const std::size_t turn_;
  const std::size_t candidates_;
  const double redraws_;
  const std::unique_ptr<Encoding> encoding_;
  Ensemble ensemble_;

  std::vector<Measured> measured_;
  std::vector<Bits> bits_;  ///< of what was measured
  std::deque<Genotype> queue_;
  std::set<Genotype> seen_;
  std::optional<Fidelity> fidelity_;
  std::size_t trained_on_ = 0;  ///< results
  std::size_t proposed_ = 0;    ///< without infeasible ones
  std::size_t awaited_ = 0;     ///< proposals without a result
};

}  // namespace

NAS_STRATEGY(
    Bananas, "bananas", "1.0",
    "BANANAS: an ensemble of neural predictors and independent Thompson sampling (White et al. "
    "2019).",
    {"initial", nas::OptionType::integer, "10", "Proposals at random at the start (paper: 10).", 1,
     1000000},
    {"turn", nas::OptionType::integer, "10",
     "Proposals that one training of the ensemble leads to (paper: 10).", 1, 1000000},
    {"candidates", nas::OptionType::integer, "100",
     "Mutations of the best that a turn chooses from (paper: 100).", 1, 100000},
    {"redraws", nas::OptionType::real, "1.875",
     "Decisions that a mutation draws again, on average (the authors change 1.5 of NAS-Bench-201's "
     "six ops, which this does).",
     0.01, 1000},
    {"ensemble", nas::OptionType::integer, "5", "Predictors (paper: 5).", 2, 100},
    {"epochs", nas::OptionType::integer, "150", "Of a predictor's training (paper: 150).", 1,
     100000},
    {"rate", nas::OptionType::real, "0.01", "Of a predictor's training, by Adam (paper: 0.01).",
     1e-6, 1},
    {"encoding", nas::OptionType::choice, "path",
     "path: of the ways through a cell, one-hot in spaces without; one_hot: of the decisions.", 0,
     0, "path|one_hot"},
    {"paths", nas::OptionType::integer, "30",
     "Bits of the path encoding, those of the shortest ways; 0: all (paper: 30).", 0, 1000000});
