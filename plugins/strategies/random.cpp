/// Random search: the baseline that every other strategy has to beat.
#include "core/base/random.hpp"

#include <set>

#include "core/plugin/descriptor.hpp"

namespace {

using namespace nas;

// Redraws before the space counts as used up.
constexpr int max_draws = 1000;

class RandomSearch final : public Strategy {
 public:
  explicit RandomSearch(const StrategyContext& context)
      : space_(context.space),
        random_(derive_seed(context.seed, "random")),
        unique_(context.options.boolean("unique")) {}

  std::optional<Proposal> ask() override {
    for (int draw = 0; draw < max_draws; ++draw) {
      Genotype genotype = space_.sample(random_);
      if (!unique_ || seen_.insert(genotype).second) return Proposal{genotype, {}, {}};
    }
    return std::nullopt;
  }

  void tell(const Result& result) override {
    if (unique_) seen_.insert(result.genotype);
  }

 private:
  const SearchSpace& space_;
  Random random_;
  const bool unique_;
  std::set<Genotype> seen_;
};

}  // namespace

NAS_STRATEGY(RandomSearch, "random", "1.0",
             "Random search: every decision uniform among the answers that are open.",
             {"unique", nas::OptionType::boolean, "true",
              "Propose no genotype twice; the search ends when 1,000 draws in a row give none that "
              "is new."});
