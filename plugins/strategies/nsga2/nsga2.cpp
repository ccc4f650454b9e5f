/// NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002), with the settings and the variation of NSGA-Net
/// (Lu et al. 2018, arXiv 1810.03522): a population moves towards the whole Pareto front of all
/// objectives.
///
/// 40 members at random, then generations of 40 children. A parent wins a binary tournament: the
/// one that dominates the other, else the less crowded, else by chance. Members and children
/// together are sorted into fronts, which survive one after the other; the front that does not fit
/// is cut by crowding distance, ties by encoding. What was proposed before is not proposed again.
///
/// Constraint domination (Deb et al. 2002, section VI): a measured proposal dominates every one
/// that is not. By how much a limit is exceeded nobody tells, so all that are infeasible are alike;
/// they take no place among the children, and another is bred. A failed trial takes one, and
/// survives only where too few were measured.
///
/// Deviations: unordered decisions are redrawn, where NSGA-Net treats them as numbers. After 100
/// children in a row that are known, one is drawn at random. With a single objective this is a
/// plain genetic algorithm in which the fittest survive.
///
/// With a window, a generation is proposed ahead and waits, at its end, for its results.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/pareto.hpp"
#include "core/search/unseen.hpp"
#include "plugins/strategies/nsga2/variation.hpp"

namespace {

using namespace nas;

constexpr int most_draws = 100;

struct Member {
  Genotype genotype;
  Point point;  ///< objectives, all minimised; all infinite where the trial failed
  double crowding = 0;
};

class Nsga2 final : public Strategy {
 public:
  explicit Nsga2(const StrategyContext& context)
      : space_(context.space),
        objectives_(context.objectives.begin(), context.objectives.end()),
        random_(derive_seed(context.seed, "nsga2")),
        population_(static_cast<std::size_t>(context.options.integer("population"))),
        offspring_(static_cast<std::size_t>(context.options.integer("offspring"))),
        variation_{context.options.real("crossover"), context.options.real("mutation"),
                   context.options.real("eta")},
        open_(population_) {}

  std::optional<Proposal> ask() override {
    if (open_ == 0) {
      if (!awaited_.empty()) return std::nullopt;
      survive();
      open_ = offspring_;
    }
    const auto genotype = next();
    if (!genotype) return std::nullopt;
    --open_;
    seen_.insert(*genotype);
    awaited_.insert(*genotype);
    return Proposal{*genotype, {}, {}};
  }

  void tell(const Result& result) override {
    const bool asked = awaited_.erase(result.genotype) > 0;
    seen_.insert(result.genotype);
    if (result.kind == Result::Kind::infeasible) {
      open_ += asked;
      return;
    }
    if (!asked && open_ > 0) --open_;  // of a run that is resumed: told without having been asked
    Point point(objectives_.size(), std::numeric_limits<double>::infinity());
    if (result.kind == Result::Kind::measured) {
      for (std::size_t i = 0; i < point.size(); ++i) {
        point[i] = objectives_[i].maximise ? -result.values[i] : result.values[i];
      }
    }
    newcomers_.push_back({result.genotype, std::move(point)});
  }

 private:
  std::optional<Genotype> next() {
    if (!members_.empty()) {
      auto child = draw_unseen(
          seen_, [this] { return child_of(parent(), parent(), space_, variation_, random_); },
          most_draws);
      if (child) return child;
    }
    return unseen(space_, seen_, random_);
  }

  /// The winner of a binary tournament.
  const Genotype& parent() {
    const Member& a = members_[random_.below(members_.size())];
    const Member& b = members_[random_.below(members_.size())];
    const bool by_chance = random_.chance(0.5);
    if (dominates(a.point, b.point)) return a.genotype;
    if (dominates(b.point, a.point)) return b.genotype;
    if (a.crowding != b.crowding) return a.crowding > b.crowding ? a.genotype : b.genotype;
    return by_chance ? a.genotype : b.genotype;
  }

  /// Of members and newcomers `population_` stay.
  void survive() {
    std::vector<Member> all = std::exchange(members_, {});
    std::ranges::move(std::exchange(newcomers_, {}), std::back_inserter(all));
    std::ranges::sort(all, {}, &Member::genotype);
    std::vector<Point> points;
    points.reserve(all.size());
    for (const Member& member : all) points.push_back(member.point);
    for (const std::vector<std::size_t>& front : non_dominated_fronts(points)) {
      std::vector<Point> of_front;
      of_front.reserve(front.size());
      for (const std::size_t i : front) of_front.push_back(points[i]);
      const std::vector<double> crowding = crowding_distances(of_front);
      std::vector<Member> candidates;
      for (std::size_t k = 0; k < front.size(); ++k) {
        candidates.push_back({all[front[k]].genotype, all[front[k]].point, crowding[k]});
      }
      const std::size_t room = population_ - members_.size();
      if (candidates.size() > room) {
        std::ranges::stable_sort(candidates, std::greater<>(), &Member::crowding);
        candidates.resize(room);
      }
      std::ranges::move(candidates, std::back_inserter(members_));
    }
  }

  const SearchSpace& space_;
  const std::vector<Objective> objectives_;
  Random random_;
  const std::size_t population_;
  const std::size_t offspring_;
  const nsga2::VariationSettings variation_;

  std::size_t open_;  ///< proposals that the generation still wants
  std::vector<Member> members_;
  std::vector<Member> newcomers_;
  std::set<Genotype> seen_;
  std::set<Genotype> awaited_;
};

}  // namespace

NAS_STRATEGY(
    Nsga2, "nsga2", "1.0",
    "The Pareto front of several objectives by NSGA-II (Deb et al. 2002), as in NSGA-Net.",
    {"population", nas::OptionType::integer, "40",
     "Members, and random proposals at the start (NSGA-Net: 40).", 1, 1000000},
    {"offspring", nas::OptionType::integer, "40", "Children of a generation (NSGA-Net: 40).", 1,
     1000000},
    {"crossover", nas::OptionType::real, "0.9",
     "Probability of a two-point crossover; otherwise a child has one parent (pymoo: 0.9).", 0, 1},
    {"mutation", nas::OptionType::real, "0",
     "Probability of a mutation for each decision; 0: one over the number of decisions.", 0, 1},
    {"eta", nas::OptionType::real, "3",
     "Distribution index of the polynomial mutation of ordered decisions (NSGA-Net: 3).", 0, 1000});
