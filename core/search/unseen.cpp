#include "core/search/unseen.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"

namespace nas {
namespace {

constexpr int most_enumerated = 100'000;

bool can_be_enumerated(const SearchSpace& space) {
  const auto size = space.size();
  return size && size->value <= most_enumerated;
}

}  // namespace

std::optional<Genotype> draw_unseen(const std::set<Genotype>& seen,
                                    const std::function<Genotype()>& draw, int draws) {
  for (int drawn = 0; drawn < draws; ++drawn) {
    Genotype genotype = draw();
    if (!seen.contains(genotype)) return genotype;
  }
  return std::nullopt;
}

std::optional<Genotype> unseen(const SearchSpace& space, const std::set<Genotype>& seen,
                               const std::function<Genotype()>& draw) {
  std::optional<Genotype> found = draw_unseen(seen, draw);
  if (found || !can_be_enumerated(space)) return found;
  space.enumerate([&](const Genotype& genotype) {
    if (!seen.contains(genotype)) found = genotype;
    return !found;
  });
  return found;
}

std::optional<Genotype> unseen(const SearchSpace& space, const std::set<Genotype>& seen,
                               Random& random) {
  return unseen(space, seen, [&] { return space.sample(random); });
}

std::vector<Genotype> every_genotype(const SearchSpace& space) {
  if (!can_be_enumerated(space)) {
    throw Error(ErrorKind::config,
                fmt::format("the space '{}' has {} genotypes; a strategy can look at all of them "
                            "where there are at most {}",
                            space.name(), size_digits(space), most_enumerated));
  }
  std::vector<Genotype> all;
  space.enumerate([&all](const Genotype& genotype) {
    all.push_back(genotype);
    return true;
  });
  return all;
}

}  // namespace nas
