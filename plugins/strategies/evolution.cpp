/// Evolution over a population of measured genotypes.
///
/// `aging`: regularised evolution (Real, Aggarwal, Huang, Le 2018, arXiv 1802.01548). The parent is
/// the best of a tournament drawn with replacement, and the oldest member dies. `elitist`: the
/// search of Once-for-All (Cai et al. 2019, arXiv 1908.09791) and SPOS (Guo et al. 2019, arXiv
/// 1904.00420): the best ever measured stay, and parents are drawn from the top of them.
///
/// Deviations from the papers:
/// - The defaults suit some 50 trials: population 16 and sample 4 where Real et al. have 100 and 25
///   (the same share), and the population of Once-for-All is 100.
/// - Children are made one at a time from what is known so far, also by `elitist`, which the papers
///   run in generations: a generation would leave workers idle at its end.
/// - A trial that failed has no fitness and does not enter the population.
/// - Genotypes already proposed are avoided; a child like its parent is never proposed while there
///   is another. The papers evaluate such children again.
///
/// With several objectives the first one decides.
#include <algorithm>
#include <cmath>
#include <deque>
#include <set>
#include <utility>

#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"

namespace {

using namespace nas;

// Redraws of a child that is not wanted before it is taken all the same.
constexpr int max_draws = 100;

struct Member {
  double fitness;
  Genotype genotype;

  /// Ties go to the lower encoding.
  bool better_than(const Member& other) const {
    return fitness != other.fitness ? fitness > other.fitness : genotype < other.genotype;
  }
};

class Evolution final : public Strategy {
 public:
  explicit Evolution(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(derive_seed(context.seed, "evolution")),
        elitist_(context.options.text("variant") == "elitist"),
        population_(static_cast<std::size_t>(context.options.integer("population"))),
        sample_(context.options.integer("sample")),
        parent_share_(context.options.real("parent_share")),
        crossover_(context.options.real("crossover")),
        mutate_each_(context.options.text("mutation") == "each"),
        mutation_probability_(context.options.real("mutation_probability")),
        avoid_duplicates_(context.options.boolean("avoid_duplicates")) {}

  std::optional<Proposal> ask() override {
    Genotype genotype = next();
    seen_.insert(genotype);
    ++proposed_;
    ++awaited_;
    return Proposal{std::move(genotype), {}, {}};
  }

  void tell(const Result& result) override {
    seen_.insert(result.genotype);
    if (awaited_ > 0) {
      --awaited_;
    } else {
      ++proposed_;  // of a run that is resumed: told without having been asked for
    }
    if (result.kind == Result::Kind::infeasible) --proposed_;
    if (result.kind == Result::Kind::measured) {
      add({fitness(result, objective_), result.genotype});
    }
  }

 private:
  /// Until the first population is complete, and as long as nothing has a fitness: at random.
  Genotype next() {
    const bool initial = proposed_ < population_ || members_.empty();
    Genotype candidate;
    for (int draw = 0; draw < max_draws; ++draw) {
      candidate = initial ? space_.sample(random_) : child();
      if (is_wanted(candidate)) break;
    }
    return candidate;
  }

  Genotype child() {
    const Genotype& parent = pick_parent();
    if (random_.chance(crossover_)) return space_.crossover(parent, pick_parent(), random_);
    return mutated(parent);
  }

  Genotype mutated(const Genotype& parent) {
    if (!mutate_each_) return space_.mutate_one(parent, random_);
    Genotype result = space_.mutate_each(parent, mutation_probability_, random_);
    for (int draw = 1; draw < max_draws && result == parent; ++draw) {
      result = space_.mutate_each(parent, mutation_probability_, random_);
    }
    return result;
  }

  bool is_wanted(const Genotype& candidate) const {
    return !avoid_duplicates_ || !seen_.contains(candidate);
  }

  const Genotype& pick_parent() {
    if (elitist_) {
      const double top = parent_share_ * static_cast<double>(members_.size());
      const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(top)));
      return members_[random_.below(count)].genotype;
    }
    const Member* best = &members_[random_.below(members_.size())];
    for (std::int64_t drawn = 1; drawn < sample_; ++drawn) {
      const Member& other = members_[random_.below(members_.size())];
      if (other.better_than(*best)) best = &other;
    }
    return best->genotype;
  }

  void add(Member member) {
    const auto place = elitist_ ? std::ranges::upper_bound(members_, member,
                                                           [](const Member& a, const Member& b) {
                                                             return a.better_than(b);
                                                           })
                                : members_.end();
    members_.insert(place, std::move(member));
    if (members_.size() <= population_) return;
    if (elitist_) {
      members_.pop_back();
    } else {
      members_.pop_front();
    }
  }

  const SearchSpace& space_;
  const Objective objective_;
  Random random_;
  const bool elitist_;
  const std::size_t population_;
  const std::int64_t sample_;
  const double parent_share_;
  const double crossover_;
  const bool mutate_each_;
  const double mutation_probability_;
  const bool avoid_duplicates_;

  std::deque<Member> members_;  ///< aging: oldest first; elitist: best first
  std::set<Genotype> seen_;
  std::size_t proposed_ = 0;  ///< without infeasible ones
  std::size_t awaited_ = 0;   ///< proposals without a result
};

}  // namespace

NAS_STRATEGY(
    Evolution, "evolution", "1.0",
    "Aging evolution (Real et al. 2018), or the elitist search of Once-for-All; defaults are for "
    "small budgets.",
    {"variant", nas::OptionType::choice, "aging",
     "aging: tournament parents, the oldest dies; elitist: parents from the top, the worst dies.",
     0, 0, "aging|elitist"},
    {"population", nas::OptionType::integer, "16",
     "Members, and random proposals at the start (Real et al.: 100).", 1, 1000000},
    {"sample", nas::OptionType::integer, "4",
     "Members drawn, with replacement, for a tournament; aging only (Real et al.: 25).", 1,
     1000000},
    {"parent_share", nas::OptionType::real, "0.25",
     "Share of the population that parents come from; elitist only.", 0, 1},
    {"mutation", nas::OptionType::choice, "one",
     "one: change one decision; each: redraw every decision with mutation_probability.", 0, 0,
     "one|each"},
    {"mutation_probability", nas::OptionType::real, "0.1",
     "Probability of redrawing a decision, for mutation 'each'.", 0, 1},
    {"crossover", nas::OptionType::real, "0",
     "Share of children made by crossover of two parents (Once-for-All: 0.5).", 0, 1},
    {"avoid_duplicates", nas::OptionType::boolean, "true",
     "Draw a child again, up to 100 times, where its genotype was proposed before."});
