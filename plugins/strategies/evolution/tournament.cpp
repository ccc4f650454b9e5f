#include "plugins/strategies/evolution/tournament.hpp"

#include <algorithm>
#include <utility>

namespace nas::evolution {
namespace {

// Redraws of a child that is not wanted before it is taken all the same.
constexpr int most_draws = 100;

}  // namespace

Tournament::Tournament(const StrategyContext& context, const Settings& settings)
    : space_(context.space),
      objective_(context.objectives.front()),
      settings_(settings),
      random_(derive_seed(context.seed, "evolution")) {}

std::optional<Proposal> Tournament::ask() {
  Genotype genotype = next();
  seen_.insert(genotype);
  ++proposed_;
  ++awaited_;
  return Proposal{std::move(genotype), {}, {}};
}

void Tournament::tell(const Result& result) {
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

Genotype Tournament::next() {
  const bool initial = proposed_ < settings_.population || members_.empty();
  Genotype candidate;
  for (int draw = 0; draw < most_draws; ++draw) {
    candidate = initial ? space_.sample(random_) : child();
    if (!settings_.avoid_duplicates || !seen_.contains(candidate)) break;
  }
  return candidate;
}

Genotype Tournament::child() {
  const Genotype& parent = pick_parent();
  if (random_.chance(settings_.crossover)) {
    return space_.crossover(parent, pick_parent(), random_);
  }
  return mutated(settings_, space_, parent, random_);
}

const Genotype& Tournament::pick_parent() {
  const Member* best = &members_[random_.below(members_.size())];
  for (std::int64_t drawn = 1; drawn < settings_.sample; ++drawn) {
    const Member& other = members_[random_.below(members_.size())];
    if (other.better_than(*best)) best = &other;
  }
  return best->genotype;
}

void Tournament::add(Member member) {
  members_.push_back(std::move(member));
  if (members_.size() <= settings_.population) return;
  const auto dies = settings_.variant == Variant::aging
                        ? members_.begin()
                        : std::ranges::min_element(members_, [](const Member& a, const Member& b) {
                            return b.better_than(a);
                          });
  members_.erase(dies);
}

}  // namespace nas::evolution
