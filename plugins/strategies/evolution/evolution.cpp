/// Evolution over a population of measured genotypes.
///
/// | variant | from | |
/// |---|---|---|
/// | `aging` | Real, Aggarwal, Huang, Le 2018, arXiv 1802.01548 | a tournament, drawn with
/// replacement, gives the parent; the oldest member dies | | `non-aging` | what they compare with |
/// the same, but the worst member dies | | `once-for-all` | Cai et al. 2019, arXiv 1908.09791 |
/// generations: half mutations, half crossovers of the best quarter | | `spos` | Guo et al. 2019,
/// arXiv 1904.00420 | the same with the best ten, and nothing is visited twice |
///
/// `preset` published has the papers' numbers; the default, small, has the same shares for runs of
/// some 50 trials. Both apply to every option that is left at its default.
///
/// Deviations from the papers:
/// - A mutation changes one decision of the space, each alike likely, where Real et al. change an
///   op or an input of a block, and nothing in one of twenty cases.
/// - A trial that failed has no fitness and does not enter the population; an infeasible proposal
///   takes no place in it. A child like its parent is not proposed while there is another.
/// - `once-for-all` and `spos` rank all that was ever measured, so that the last generation counts;
///   both papers' code ranks at the start of a generation. Once-for-All draws until a child is
///   within the limits; here both draw ten times for each place, as SPOS does, and then at random.
/// - In the preset `small` nothing is proposed twice while there is something else near by: where
///   trials repeat exactly, a second one is lost.
///
/// With a window W a tournament lacks the W - 1 results that are outstanding; a generation is
/// proposed ahead and waits, at its end, for its results. With several objectives the first one
/// decides.
#include <memory>

#include "core/plugin/descriptor.hpp"
#include "plugins/strategies/evolution/generations.hpp"
#include "plugins/strategies/evolution/tournament.hpp"

namespace {

using namespace nas;

class Evolution final : public Strategy {
 public:
  explicit Evolution(const StrategyContext& context) {
    const evolution::Settings settings = evolution::settings_from(context.options);
    if (settings.has_generations()) {
      variant_ = std::make_unique<evolution::Generations>(context, settings);
    } else {
      variant_ = std::make_unique<evolution::Tournament>(context, settings);
    }
  }

  std::optional<Proposal> ask() override { return variant_->ask(); }
  void tell(const Result& result) override { variant_->tell(result); }

 private:
  std::unique_ptr<Strategy> variant_;
};

}  // namespace

NAS_STRATEGY(
    Evolution, "evolution", "2.0",
    "Aging evolution (Real et al. 2018), or the searches of Once-for-All and SPOS; defaults are "
    "for "
    "small budgets.",
    {"variant", nas::OptionType::choice, "aging",
     "aging: tournament parents, the oldest dies; non-aging: the worst dies; once-for-all, spos: "
     "generations bred from the best.",
     0, 0, "aging|non-aging|once-for-all|spos"},
    {"preset", nas::OptionType::choice, "small",
     "Numbers for runs of about 50 trials, or the papers'.", 0, 0, "small|published"},
    {"population", nas::OptionType::integer, "0",
     "Members, and random proposals at the start; 0: the preset's (small 16; published 100, spos "
     "50).",
     0, 1000000},
    {"sample", nas::OptionType::integer, "0",
     "Members drawn, with replacement, for a tournament; 0: the preset's (small 4, published 25).",
     0, 1000000},
    {"parents", nas::OptionType::integer, "0",
     "The best ever that once-for-all and spos breed from; 0: the preset's (small 4 and 3, "
     "published 25 and 10).",
     0, 1000000},
    {"mutation", nas::OptionType::choice, "variant",
     "one: change one decision (aging, non-aging); each: redraw every decision with "
     "mutation_probability (once-for-all, spos).",
     0, 0, "variant|one|each"},
    {"mutation_probability", nas::OptionType::real, "0.1",
     "Probability of redrawing a decision, for mutation 'each' (both papers: 0.1).", 0, 1},
    {"crossover", nas::OptionType::real, "-1",
     "Share of children made by crossover of two parents; -1: the variant's (once-for-all, spos "
     "0.5, others 0).",
     -1, 1},
    {"avoid_duplicates", nas::OptionType::choice, "preset",
     "Draw a child again where its genotype was proposed before; the papers: spos alone.", 0, 0,
     "preset|true|false"});
