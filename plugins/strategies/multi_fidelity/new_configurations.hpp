/// Configurations that a run has not seen.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "core/search/genotype.hpp"

namespace nas::multi_fidelity {

class NewConfigurations {
 public:
  /// The first that is new of what `source` draws; nothing where 1,000 draws in a row were known:
  /// the space is used up.
  std::optional<Genotype> draw(const std::function<Genotype()>& source) {
    constexpr int most_draws = 1000;
    for (int i = 0; i < most_draws; ++i) {
      Genotype genotype = source();
      if (seen_.insert(genotype).second) return genotype;
    }
    return std::nullopt;
  }
  void saw(const Genotype& genotype) { seen_.insert(genotype); }
  bool is_new(const Genotype& genotype) const { return !seen_.contains(genotype); }

 private:
  std::set<Genotype> seen_;
};

}  // namespace nas::multi_fidelity
