/// BOHB (Falkner, Klein, Hutter 2018, arXiv 1807.01774): Hyperband's brackets, with configurations
/// drawn from a model of what was good.
///
/// The model is of the largest budget with enough results: one density of the best `good` per cent
/// and one of the rest. Of `samples` draws from the first, widened, the one with the largest ratio
/// of the two begins; a share of `random_fraction` is drawn at random. The sizes of brackets are
/// those of the authors' code, HpBandSter, and so is the number of points that a model needs: more
/// than there are decisions, good and bad alike.
///
/// Trials, rungs and the window are as in Hyperband (multi_fidelity/synchronous_strategy.hpp);
/// within a rung the model knows what has been told.
///
/// Deviations: bohb/density.hpp has those of the density. `bandwidth_factor` widens categorical
/// decisions, as in the paper's algorithm 2; the code widens continuous ones alone, and here there
/// are none. Draws that were known before are left out. In a space of free-form graphs, which has
/// no decisions to model, all are drawn at random: that is Hyperband. With several objectives the
/// first one decides.
#include <algorithm>
#include <map>

#include "core/plugin/descriptor.hpp"
#include "plugins/strategies/bohb/density.hpp"
#include "plugins/strategies/multi_fidelity/synchronous_strategy.hpp"

namespace {

using namespace nas;
using namespace nas::multi_fidelity;

constexpr double least_density = 1e-32;  ///< of the published code, against division by zero

class Bohb final : public SynchronousStrategy {
 public:
  explicit Bohb(const StrategyContext& context)
      : SynchronousStrategy(context, "bohb"),
        samples_(context.options.integer("samples")),
        good_(context.options.real("good")),
        random_fraction_(context.options.real("random_fraction")),
        bandwidth_factor_(context.options.real("bandwidth_factor")),
        min_bandwidth_(context.options.real("min_bandwidth")),
        least_points_(std::max(static_cast<std::size_t>(context.options.integer("min_points")),
                               bohb::choices(space_) + 1)),
        results_(resource_.levels()) {}

 private:
  struct Model {
    std::size_t level;
    bohb::Density good;
    bohb::Density bad;
    double ratio(const Genotype& genotype) const {
      return std::max(good.at(genotype), least_density) / std::max(bad.at(genotype), least_density);
    }
  };

  std::vector<Rung> rungs_of(std::size_t bracket) const override {
    const std::size_t levels = resource_.levels();
    return hyperband_bracket(levels - 1 - bracket % levels, levels, resource_.eta(),
                             BracketSize::hpbandster);
  }

  void learn(std::size_t level, const Standing& standing) override {
    auto& known = results_[level];
    known.insert(std::ranges::upper_bound(
                     known, standing,
                     [](const Standing& a, const Standing& b) { return a.ranks_before(b); }),
                 standing);
    if (!model_ || level >= model_->level) update(level);
  }

  /// Results are sorted, what failed at the end.
  void update(std::size_t level) {
    const auto& known = results_[level];
    if (space_.decisions().empty()) return;
    const auto share = static_cast<std::size_t>(good_ * static_cast<double>(known.size()));
    const std::size_t good = std::max(least_points_, share);
    if (known.size() < good + least_points_) return;
    const auto genotypes = [&](std::size_t begin, std::size_t end) {
      std::vector<Genotype> result;
      for (std::size_t i = begin; i < end; ++i) result.push_back(known[i].genotype);
      return result;
    };
    model_.emplace(Model{level,
                         {space_, genotypes(0, good), min_bandwidth_},
                         {space_, genotypes(good, known.size()), min_bandwidth_}});
  }

  Genotype draw() override {
    if (!model_ || random_.chance(random_fraction_)) return space_.sample(random_);
    std::optional<Genotype> best;
    double best_ratio = 0;
    for (std::int64_t i = 0; i < samples_; ++i) {
      Genotype genotype = model_->good.draw(bandwidth_factor_, random_);
      if (seen_.contains(genotype)) continue;
      const double ratio = model_->ratio(genotype);
      const bool is_better =
          !best || ratio > best_ratio || (ratio == best_ratio && genotype < *best);
      if (!is_better) continue;
      best = std::move(genotype);
      best_ratio = ratio;
    }
    return best ? *std::move(best) : space_.sample(random_);
  }

  const std::int64_t samples_;
  const double good_;
  const double random_fraction_;
  const double bandwidth_factor_;
  const double min_bandwidth_;
  const std::size_t least_points_;
  std::vector<std::vector<Standing>> results_;  ///< by level, best first
  std::optional<Model> model_;
};

}  // namespace

NAS_STRATEGY(
    Bohb, "bohb", "1.0",
    "BOHB (Falkner et al. 2018): Hyperband whose configurations come from a density of good ones.",
    NAS_RESOURCE_OPTIONS("3", "Falkner et al. 2018: 3"),
    {"min_points", nas::OptionType::integer, "0",
     "Results that each density needs; at least, and for 0, one more than there are decisions.", 0,
     1000000},
    {"good", nas::OptionType::real, "0.15",
     "Share of the results that count as good (Falkner et al. 2018: 0.15).", 0.001, 0.999},
    {"samples", nas::OptionType::integer, "64",
     "Draws from the density of good ones, of which the best begins (Falkner et al. 2018: 64).", 1,
     1000000},
    {"random_fraction", nas::OptionType::real, "0.3333333333333333",
     "Share of configurations drawn at random (Falkner et al. 2018: 1/3).", 0, 1},
    {"bandwidth_factor", nas::OptionType::real, "3",
     "By which bandwidths are widened to draw (Falkner et al. 2018: 3).", 0, 1000},
    {"min_bandwidth", nas::OptionType::real, "0.001",
     "Smallest bandwidth of a decision (Falkner et al. 2018: 0.001).", 0, 1});
