/// Grid search: every architecture of the space, or every so-manieth, in ascending order.
///
/// The grid has every answer of an unordered decision and, of an ordered one (a width, a depth),
/// every `stride`-th of those that are open after the answers before it, from the first. Points of
/// one architecture are proposed once, in canonical form; so a stride of 1 walks what
/// `nas space enumerate` lists, such as the 109 compound scalings of `efficientnet` (Tan, Le 2019,
/// who search them exactly so). The last decision changes fastest, as in nested loops: choose a
/// stride with which the grid fits the budget.
///
/// `refine` goes from coarse to fine: when the results of a grid are known, the stride is halved
/// (and rounded up), and a grid around the best result so far follows: in every ordered decision
/// its answer and those one stride below and above, in the others its answer; until the stride is
/// 1. Counted are steps among the open answers. Without any result the search ends with its first
/// grid.
///
/// Results are waited for between two grids and nowhere else, so a window costs nothing within one.
/// With several objectives the first one decides what the best is. Graphs of free form have no
/// decisions to walk: Error(config).
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/plugin/descriptor.hpp"

namespace {

using namespace nas;

class Grid final : public Strategy {
 public:
  explicit Grid(const StrategyContext& context)
      : space_(context.space),
        objective_(context.objectives.front()),
        refine_(context.options.boolean("refine")),
        stride_(static_cast<std::size_t>(context.options.integer("stride"))) {
    if (space_.decisions().empty()) {
      throw Error(ErrorKind::config,
                  fmt::format("strategy 'grid' walks decisions, and the space '{}' has none, being "
                              "one of free-form graphs; take another strategy",
                              space_.name()));
    }
  }

  std::optional<Proposal> ask() override {
    while (true) {
      while (advance()) {
        Genotype genotype = space_.canonical(point_);
        if (!seen_.insert(genotype).second) continue;
        awaited_.insert(genotype);
        return Proposal{std::move(genotype), {}, {}};
      }
      if (!awaited_.empty() || !begin_finer()) return std::nullopt;
    }
  }

  void tell(const Result& result) override {
    awaited_.erase(result.genotype);
    seen_.insert(result.genotype);
    if (result.kind != Result::Kind::measured) return;
    const std::pair rank(-fitness(result, objective_), result.genotype);
    if (!best_ || rank < *best_) best_ = rank;
  }

 private:
  /// The answers of the grid to decision `i` after those before it in `point_`.
  std::vector<int> answers(std::size_t i) const {
    std::vector<int> open;
    const std::vector<bool> allowed = space_.allowed(point_, i);
    for (std::size_t answer = 0; answer < allowed.size(); ++answer) {
      if (allowed[answer]) open.push_back(static_cast<int>(answer));
    }
    if (!centre_) return space_.decisions()[i].ordered ? every_stride(open) : open;
    const auto here = std::ranges::lower_bound(open, centre_->answers[i]);
    const auto middle = std::min(static_cast<std::size_t>(here - open.begin()), open.size() - 1);
    return space_.decisions()[i].ordered ? around(open, middle) : std::vector<int>{open[middle]};
  }

  std::vector<int> every_stride(const std::vector<int>& open) const {
    std::vector<int> chosen;
    for (std::size_t k = 0; k < open.size(); k += stride_) chosen.push_back(open[k]);
    return chosen;
  }

  std::vector<int> around(const std::vector<int>& open, std::size_t middle) const {
    std::vector<int> chosen;
    if (middle >= stride_) chosen.push_back(open[middle - stride_]);
    chosen.push_back(open[middle]);
    if (middle + stride_ < open.size()) chosen.push_back(open[middle + stride_]);
    return chosen;
  }

  /// The first point of the grid, or the next; false where there is none.
  bool advance() {
    if (point_.answers.empty()) {
      point_.answers.assign(space_.decisions().size(), 0);
      fill_from(0);
      return true;
    }
    if (walked_) return false;
    for (std::size_t i = point_.answers.size(); i-- > 0;) {
      const std::vector<int> choice = answers(i);
      const auto next = std::ranges::upper_bound(choice, point_.answers[i]);
      if (next == choice.end()) continue;
      point_.answers[i] = *next;
      fill_from(i + 1);
      return true;
    }
    walked_ = true;
    return false;
  }

  void fill_from(std::size_t begin) {
    std::fill(point_.answers.begin() + static_cast<std::ptrdiff_t>(begin), point_.answers.end(), 0);
    for (std::size_t i = begin; i < point_.answers.size(); ++i) {
      point_.answers[i] = answers(i).front();
    }
  }

  bool begin_finer() {
    if (!refine_ || stride_ == 1 || !best_) return false;
    stride_ = (stride_ + 1) / 2;
    centre_ = best_->second;
    point_.answers.clear();
    walked_ = false;
    return true;
  }

  const SearchSpace& space_;
  const Objective objective_;
  const bool refine_;
  std::size_t stride_;

  Genotype point_;                  ///< where the walk is; empty before its first point
  bool walked_ = false;             ///< the grid has no further point
  std::optional<Genotype> centre_;  ///< of the finer grid
  std::optional<std::pair<double, Genotype>> best_;
  std::set<Genotype> seen_;
  std::set<Genotype> awaited_;
};

}  // namespace

NAS_STRATEGY(Grid, "grid", "1.0", "Every architecture of the space, or a coarser grid of them.",
             {"stride", nas::OptionType::integer, "1",
              "Every so-manieth answer of the ordered decisions.", 1, 1000000},
             {"refine", nas::OptionType::boolean, "false",
              "From coarse to fine: halve the stride around the best result until it is 1."});
