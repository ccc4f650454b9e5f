#include "plugins/strategies/multi_fidelity/asynchronous_rungs.hpp"

#include <utility>

namespace nas::multi_fidelity {

AsynchronousRungs::AsynchronousRungs(std::size_t levels, int eta)
    : rungs_(levels), eta_(static_cast<std::size_t>(eta)) {}

std::optional<AsynchronousRungs::Promotion> AsynchronousRungs::promote() {
  for (std::size_t from = rungs_.size() - 1; from-- > 0;) {
    Level& level = rungs_[from];
    std::size_t places = level.standings.size() / eta_;
    for (const Standing& standing : level.standings) {
      if (places-- == 0 || !standing.measured) break;
      if (!level.promoted.insert(standing.genotype).second) continue;
      if (standing.trial) waiting_.erase(*standing.trial);
      return Promotion{from + 1, standing};
    }
  }
  return std::nullopt;
}

void AsynchronousRungs::tell(std::size_t level, Standing standing) {
  if (level > 0) mark(rungs_[level - 1], standing.genotype);
  const bool is_last = level + 1 == rungs_.size();
  const bool is_promoted = rungs_[level].promoted.contains(standing.genotype);
  if (standing.trial && standing.measured && !is_last && !is_promoted) {
    waiting_.insert(*standing.trial);
  }
  rungs_[level].standings.insert(std::move(standing));
}

void AsynchronousRungs::mark(Level& level, const Genotype& genotype) {
  if (!level.promoted.insert(genotype).second) return;
  for (const Standing& standing : level.standings) {
    if (standing.genotype == genotype && standing.trial) waiting_.erase(*standing.trial);
  }
}

}  // namespace nas::multi_fidelity
