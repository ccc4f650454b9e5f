/// Random search: the baseline that every other strategy has to beat.
///
/// Uniform over architectures (`SearchSpace::sample_uniform`), so that what few genotypes have is
/// as rare in the sample as it is in the space. Where the depth is a decision that means: nearly
/// always the deepest. `distribution` decisions draws every answer uniformly among those that are
/// open instead, which gives shallow networks their share. Spaces whose sizes are unknown have the
/// second only.
///
/// Where the limits leave so little that 500 proposals in a row are over them, the search goes on
/// over decisions, or it would end without anything: of `mbconv` fewer than one architecture in
/// 1,000 is within the default limit on MACs, of networks drawn by decisions one in 16.
#include <set>

#include "core/plugin/descriptor.hpp"
#include "core/search/unseen.hpp"

namespace {

using namespace nas;

// Half of what the search loop has patience for.
constexpr int infeasible_before_decisions = 500;

class RandomSearch final : public Strategy {
 public:
  explicit RandomSearch(const StrategyContext& context)
      : space_(context.space),
        random_(derive_seed(context.seed, "random")),
        over_architectures_(context.options.text("distribution") == "architectures"),
        unique_(context.options.boolean("unique")) {}

  std::optional<Proposal> ask() override {
    if (!unique_) return Proposal{draw(), {}, {}};
    const auto genotype = unseen(space_, seen_, [this] { return draw(); });
    if (!genotype) return std::nullopt;
    seen_.insert(*genotype);
    return Proposal{*genotype, {}, {}};
  }

  void tell(const Result& result) override {
    if (unique_) seen_.insert(result.genotype);
    const bool infeasible = result.kind == Result::Kind::infeasible;
    infeasible_in_a_row_ = infeasible ? infeasible_in_a_row_ + 1 : 0;
    if (infeasible_in_a_row_ >= infeasible_before_decisions) over_architectures_ = false;
  }

 private:
  Genotype draw() {
    return over_architectures_ ? space_.sample_uniform(random_) : space_.sample(random_);
  }

  const SearchSpace& space_;
  Random random_;
  bool over_architectures_;
  const bool unique_;
  int infeasible_in_a_row_ = 0;
  std::set<Genotype> seen_;
};

}  // namespace

NAS_STRATEGY(
    RandomSearch, "random", "1.1", "Random search, uniform over the architectures of the space.",
    {"distribution", nas::OptionType::choice, "architectures",
     "architectures: all alike likely; decisions: every decision uniform among the answers "
     "that are open.",
     0, 0, "architectures|decisions"},
    {"unique", nas::OptionType::boolean, "true",
     "Propose no genotype twice; the search ends when none is left, or, in a space of more than "
     "100,000, when 1,000 draws in a row give none that is new."});
