#include "core/search/unseen.hpp"

namespace nas {

std::optional<Genotype> draw_unseen(const std::set<Genotype>& seen,
                                    const std::function<Genotype()>& draw, int draws) {
  for (int drawn = 0; drawn < draws; ++drawn) {
    Genotype genotype = draw();
    if (!seen.contains(genotype)) return genotype;
  }
  return std::nullopt;
}

}  // namespace nas
