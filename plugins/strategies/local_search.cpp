/// Local search with restarts (White, Nolen, Savani 2020, arXiv 2005.02960; naszilla): from a
/// random network, or the best of a few, to a better neighbour until none is better; and again.
///
/// `improvement` first asks the neighbours in random order and moves to the first that is better;
/// `best` asks them all and moves to the best, if that is better. Ties between neighbours go to the
/// lower encoding; an equal neighbour is no better. What is known is never asked again: a
/// neighbour that was measured earlier is moved to without a trial.
///
/// Neighbours are proposed ahead: with a window W, up to W neighbours of the same network are
/// outstanding. `first` moves as soon as a result that is told, in the order of ids, is better; the
/// up to W - 1 neighbours of the network that it leaves behind are then known when they are told,
/// and no more. When all neighbours of a network have been proposed, the search waits for their
/// results: a climb never starts before the one before it has ended. The random networks of a
/// start are proposed ahead in the same way.
///
/// Deviations: naszilla goes on from the next best network that has not been expanded, or stops;
/// here, as in the paper's experiments with larger budgets, it starts again at random. Infeasible
/// and failed networks are known to be worse than everything; of a start, infeasible ones do not
/// count. With several objectives the first one decides.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/unseen.hpp"

namespace {

using namespace nas;

constexpr double worst = -std::numeric_limits<double>::infinity();

class LocalSearch final : public Strategy {
 public:
  explicit LocalSearch(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(derive_seed(context.seed, "local-search")),
        first_(context.options.text("improvement") == "first"),
        starts_wanted_(static_cast<std::size_t>(context.options.integer("initial"))) {}

  std::optional<Proposal> ask() override {
    while (true) {
      if (current_) {
        if (const auto neighbour = next_neighbour()) return propose(*neighbour);
        if (is_any_awaited(neighbours_)) return std::nullopt;
        move_or_end();
        continue;
      }
      if (starts_.size() < starts_wanted_) {
        const auto start = unseen(space_, seen_, random_);
        if (start) {
          starts_.push_back(*start);
          return propose(*start);
        }
        if (starts_.empty()) return std::nullopt;  // used up, or waiting for the last of it
      }
      if (is_any_awaited(starts_)) return std::nullopt;
      climb_from_start();
    }
  }

  void tell(const Result& result) override {
    awaited_.erase(result.genotype);
    seen_.insert(result.genotype);
    if (result.kind == Result::Kind::infeasible) std::erase(starts_, result.genotype);
    if (result.kind != Result::Kind::measured) return;
    const double value = fitness(result, objective_);
    known_[result.genotype] = value;
    const bool near = std::ranges::find(neighbours_, result.genotype) != neighbours_.end();
    if (current_ && first_ && near && value > fitness_of(*current_)) climb_to(result.genotype);
  }

 private:
  std::optional<Proposal> propose(const Genotype& genotype) {
    seen_.insert(genotype);
    awaited_.insert(genotype);
    return Proposal{genotype, {}, {}};
  }

  double fitness_of(const Genotype& genotype) const {
    const auto known = known_.find(genotype);
    return known == known_.end() ? worst : known->second;
  }

  bool is_any_awaited(const std::vector<Genotype>& genotypes) const {
    return std::ranges::any_of(
        genotypes, [this](const Genotype& genotype) { return awaited_.contains(genotype); });
  }

  /// The first neighbour that has not been asked; nothing where all have. `first` moves on its way
  /// there to whatever is known to be better.
  std::optional<Genotype> next_neighbour() {
    while (next_ < neighbours_.size()) {
      const Genotype neighbour = neighbours_[next_++];
      if (!seen_.contains(neighbour)) return neighbour;
      if (first_ && fitness_of(neighbour) > fitness_of(*current_)) climb_to(neighbour);
    }
    return std::nullopt;
  }

  /// All neighbours are known.
  void move_or_end() {
    const auto best = best_of(neighbours_);
    if (best && fitness_of(*best) > fitness_of(*current_)) {
      climb_to(*best);
    } else {
      current_.reset();
      neighbours_.clear();
    }
  }

  void climb_from_start() {
    const auto best = best_of(std::exchange(starts_, {}));
    if (best && known_.contains(*best)) climb_to(*best);
  }

  std::optional<Genotype> best_of(const std::vector<Genotype>& genotypes) const {
    const auto best = std::ranges::min_element(genotypes, [this](const auto& a, const auto& b) {
      return std::pair(-fitness_of(a), a) < std::pair(-fitness_of(b), b);
    });
    return best == genotypes.end() ? std::nullopt : std::optional(*best);
  }

  void climb_to(Genotype genotype) {
    neighbours_ = space_.neighbours(genotype);
    random_.shuffle(std::span(neighbours_));
    next_ = 0;
    current_ = std::move(genotype);
  }

  const SearchSpace& space_;
  const Objective objective_;
  Random random_;
  const bool first_;
  const std::size_t starts_wanted_;

  std::vector<Genotype> starts_;     ///< of the next climb, proposed so far
  std::optional<Genotype> current_;  ///< where the climb is; nothing between two
  std::vector<Genotype> neighbours_;
  std::size_t next_ = 0;
  std::map<Genotype, double> known_;  ///< what was measured
  std::set<Genotype> seen_;           ///< proposed or told
  std::set<Genotype> awaited_;
};

}  // namespace

NAS_STRATEGY(
    LocalSearch, "local-search", "1.0",
    "Climbs from random networks to better neighbours, again and again (White et al. "
    "2020).",
    {"improvement", nas::OptionType::choice, "first",
     "first: move to the first neighbour that is better, in random order; best: ask all "
     "neighbours and move to the best.",
     0, 0, "first|best"},
    {"initial", nas::OptionType::integer, "1",
     "Random networks of which a climb starts at the best (White et al.: 1; naszilla: 10).", 1,
     1000000});
