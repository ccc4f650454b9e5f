/// A complete strategy: climbs from a random start, and starts again where no step was better.
#include <core/base/random.hpp>
#include <core/plugin/descriptor.hpp>
#include <limits>
#include <optional>

namespace {

class HillClimb final : public nas::Strategy {
 public:
  explicit HillClimb(const nas::StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        random_(nas::derive_seed(context.seed, "hill-climb")),
        patience_(context.options.integer("patience")) {}

  // What to try next. All randomness comes from the seed, so that a run repeats.
  std::optional<nas::Proposal> ask() override {
    if (!best_) return nas::Proposal{space_.sample(random_), {}, {}};
    return nas::Proposal{space_.mutate_one(*best_, random_), {}, {}};
  }

  // What came of it, in the order of trials; also of failed and infeasible proposals.
  void tell(const nas::Result& result) override {
    if (result.kind != nas::Result::Kind::measured) return;
    const double height = nas::fitness(result, objective_);
    if (height > height_) {
      best_ = result.genotype;
      height_ = height;
      steps_ = 0;
    } else if (++steps_ >= patience_) {
      best_.reset();
      height_ = -std::numeric_limits<double>::infinity();
      steps_ = 0;
    }
  }

 private:
  const nas::SearchSpace& space_;
  const nas::Objective objective_;
  nas::Random random_;
  const std::int64_t patience_;
  std::optional<nas::Genotype> best_;
  double height_ = -std::numeric_limits<double>::infinity();
  std::int64_t steps_ = 0;
};

}  // namespace

NAS_STRATEGY(HillClimb, "hill-climb", "1.0", "Climbs from a random start, again and again.",
             {"patience", nas::OptionType::integer, "20",
              "Steps without improvement before a new start.", 1, 1000000});
