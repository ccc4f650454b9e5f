#include "plugins/strategies/evolution/generations.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/search/unseen.hpp"

namespace nas::evolution {
namespace {

// Of SPOS: draws, for each place, that may be duplicates or over a limit.
constexpr std::size_t draws_for_a_place = 10;

}  // namespace

Generations::Generations(const StrategyContext& context, const Settings& settings)
    : space_(context.space),
      objective_(context.objectives.front()),
      settings_(settings),
      random_(derive_seed(context.seed, "evolution")) {
  places_[at_random].open = settings_.population;
}

std::optional<Proposal> Generations::ask() {
  const bool is_complete =
      std::ranges::all_of(places_, [](const Places& places) { return places.open == 0; });
  if (is_complete) {
    if (!awaited_.empty()) return std::nullopt;
    begin_generation();
  }
  Origin origin = at_random;
  const auto genotype = next(origin);
  if (!genotype) return std::nullopt;
  --places_[origin].open;
  awaited_.emplace(*genotype, origin);
  seen_.insert(*genotype);
  return Proposal{*genotype, {}, {}};
}

void Generations::tell(const Result& result) {
  seen_.insert(result.genotype);
  const bool has_place = result.kind != Result::Kind::infeasible;
  if (const auto proposal = awaited_.find(result.genotype); proposal != awaited_.end()) {
    if (!has_place) ++places_[proposal->second].open;
    awaited_.erase(proposal);
  } else if (has_place && places_[at_random].open > 0) {
    --places_[at_random].open;  // of a run that is resumed: told without having been asked for
  }
  if (result.kind != Result::Kind::measured) return;
  Member member{fitness(result, objective_), result.genotype};
  const auto place = std::ranges::upper_bound(
      parents_, member, [](const Member& a, const Member& b) { return a.better_than(b); });
  parents_.insert(place, std::move(member));
  if (parents_.size() > settings_.parents) parents_.pop_back();
}

/// As many children as there are members, without parents all at random.
void Generations::begin_generation() {
  const std::size_t children = settings_.population;
  const auto crossovers =
      static_cast<std::size_t>(std::lround(settings_.crossover * static_cast<double>(children)));
  const auto some = [](std::size_t open) { return Places{open, draws_for_a_place * open}; };
  places_ = {};
  if (parents_.empty()) {
    places_[at_random].open = children;
  } else {
    places_[mutation] = some(children - crossovers);
    places_[crossover] = some(crossovers);
  }
}

/// Mutations first, then crossovers, then what is left of both, at random. Sets `origin`.
std::optional<Genotype> Generations::next(Origin& origin) {
  for (const Origin bred : {mutation, crossover}) {
    Places& places = places_[bred];
    while (places.open > 0 && places.draws_left > 0) {
      --places.draws_left;
      origin = bred;
      if (auto child = draw(bred)) return child;
    }
    places_[at_random].open += std::exchange(places.open, 0);
  }
  origin = at_random;
  if (!settings_.avoid_duplicates) return space_.sample(random_);
  return unseen(space_, seen_, random_);
}

/// Nothing where it is not wanted.
std::optional<Genotype> Generations::draw(Origin origin) {
  const Genotype& parent = pick_parent();
  Genotype child = origin == crossover ? space_.crossover(parent, pick_parent(), random_)
                                       : mutated(settings_, space_, parent, random_);
  if (settings_.avoid_duplicates && seen_.contains(child)) return std::nullopt;
  return child;
}

const Genotype& Generations::pick_parent() {
  return parents_[random_.below(parents_.size())].genotype;
}

}  // namespace nas::evolution
