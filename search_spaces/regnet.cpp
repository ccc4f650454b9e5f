#include "search_spaces/regnet.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/anynet_network.hpp"
#include "search_spaces/product_space.hpp"
#include "search_spaces/quantised_draw.hpp"

namespace nas {
namespace {

constexpr std::int64_t width_quantum = 8;
constexpr int slope_quanta = 10;         ///< in 1: quanta of 0.1
constexpr int multiplier_quanta = 1000;  ///< in 1: quanta of 0.001
constexpr std::array<std::int64_t, 3> bottlenecks = {1, 2, 4};
constexpr std::int64_t se_divisor_of_y = 4;
constexpr std::int64_t stem_width_published = 32;
constexpr int most_draws = 10'000;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Ranges for 28x28 and 32x32, or the paper's.", 0, 0,
     "small|published"},
    {"se", OptionType::boolean, "false",
     "RegNetY: squeeze-and-excitation in every block, 1/4 of its input channels."},
    {"stages", OptionType::integer, "4", "Number of stages that samples have; 0: any.", 0, 8},
    {"max_depth", OptionType::integer, "0", "Most blocks in all; 0: the preset's (12, 64).", 0, 64},
};

enum DecisionPlace : std::size_t { depth, initial_width, slope, multiplier, bottleneck, group };

/// In whole quanta.
struct Range {
  int low;
  int high;
};

struct Ranges {
  int depths;
  Range initial_width;
  Range slope;
  Range multiplier;
  int grid;  ///< values of slope and multiplier each
  int group_widths;
};
constexpr Ranges published_ranges = {64, {1, 32}, {80, 2560}, {1500, 3000}, 64, 6};
constexpr Ranges small_ranges = {12, {1, 8}, {20, 320}, {1500, 3000}, 16, 4};

/// `count` values, equidistant in the logarithm but for the rounding, ascending, both ends among
/// them.
std::vector<int> logarithmic_grid(Range range, int count) {
  std::vector<int> values;
  const double ratio = static_cast<double>(range.high) / range.low;
  for (int i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / (count - 1);
    values.push_back(static_cast<int>(std::lround(range.low * std::pow(ratio, share))));
  }
  return values;
}

class RegNet final : public ProductSpace {
 public:
  RegNet(const Task& task, const OptionValues& options)
      : ProductSpace("regnet"),
        task_(task),
        published_(options.text("preset") == "published"),
        se_(options.boolean("se")),
        sampled_stages_(static_cast<std::size_t>(options.integer("stages"))),
        ranges_(published_ ? published_ranges : small_ranges) {
    if (options.integer("max_depth") != 0) {
      ranges_.depths = static_cast<int>(options.integer("max_depth"));
    }
    if (ranges_.depths < options.integer("stages")) {
      throw Error(ErrorKind::config, fmt::format("regnet.max_depth '{}' must be at least "
                                                 "regnet.stages '{}'",
                                                 ranges_.depths, sampled_stages_));
    }
    slopes_ = logarithmic_grid(ranges_.slope, ranges_.grid);
    multipliers_ = logarithmic_grid(ranges_.multiplier, ranges_.grid);
    add_decisions();
  }

  std::vector<SpaceCount> counts() const override {
    if (!published_) return {};
    return {{"paper", "64^4 * 6 * 3, 64 values of d, w0, wa and wm", "301989888"}};
  }

  Genotype sample(Random& random) const override {
    for (int draw = 0; draw < most_draws; ++draw) {
      Genotype result = draw_parameters(random);
      const RegNetWidths drawn = regnet_widths(line(result));
      const std::size_t stages = drawn.widths.size();
      if (sampled_stages_ == 0) return result;
      if (stages == sampled_stages_ && drawn.levels == static_cast<std::int64_t>(stages)) {
        return result;
      }
    }
    throw Error(ErrorKind::space,
                fmt::format("space 'regnet' gave no network of {} stages in {} draws; set "
                            "regnet.stages to another number, or to 0",
                            sampled_stages_, most_draws));
  }

  Genotype sample_uniform(Random& random) const override { return SearchSpace::sample(random); }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    const RegNetWidths shape = regnet_widths(line(genotype));
    AnyNetNetwork network;
    if (!published_) {
      network.stem_width = stem_width_published / 2;
      network.stem_stride = 1;
      network.first_stride = 1;
    }
    network.se_divisor = se_ ? se_divisor_of_y : 0;
    for (std::size_t s = 0; s < shape.widths.size(); ++s) {
      network.stages.push_back(
          with_compatible_groups({.depth = shape.depths[s],
                                  .width = shape.widths[s],
                                  .bottleneck = bottlenecks[answer(genotype, bottleneck)],
                                  .group_width = std::int64_t{1} << answer(genotype, group)}));
    }
    return build_anynet(network, task_);
  }

 private:
  static std::size_t answer(const Genotype& genotype, std::size_t i) {
    return static_cast<std::size_t>(genotype.answers[i]);
  }

  RegNetLine line(const Genotype& genotype) const {
    const auto w0 = ranges_.initial_width.low + genotype.answers[initial_width];
    return {.depth = genotype.answers[depth] + 1,
            .initial_width = width_quantum * w0,
            .slope = static_cast<double>(slopes_[answer(genotype, slope)]) / slope_quanta,
            .multiplier = static_cast<double>(multipliers_[answer(genotype, multiplier)]) /
                          multiplier_quanta};
  }

  void add_decisions() {
    const auto texts = [](const std::vector<int>& values, double quanta) {
      std::vector<std::string> result;
      result.reserve(values.size());
      for (const int value : values) result.push_back(fmt::format("{}", value / quanta));
      return result;
    };
    std::vector<std::string> depths, widths, groups;
    for (int d = 1; d <= ranges_.depths; ++d) depths.push_back(std::to_string(d));
    for (int w = ranges_.initial_width.low; w <= ranges_.initial_width.high; ++w) {
      widths.push_back(std::to_string(w * width_quantum));
    }
    for (int g = 0; g < ranges_.group_widths; ++g) groups.push_back(std::to_string(1 << g));
    decisions_ = {{"depth", depths, true},
                  {"w0", widths, true},
                  {"wa", texts(slopes_, slope_quanta), true},
                  {"wm", texts(multipliers_, multiplier_quanta), true},
                  {"bottleneck", {"1", "2", "4"}, true},
                  {"group", groups, true}};
  }

  Genotype draw_parameters(Random& random) const {
    Genotype result = SearchSpace::sample(random);
    const auto on_grid = [&](const std::vector<int>& grid) {
      const int drawn = draw_log_uniform(grid.front(), grid.back(), random);
      return static_cast<int>(std::ranges::lower_bound(grid, drawn) - grid.begin());
    };
    const Range w0 = ranges_.initial_width;
    result.answers[initial_width] = draw_log_uniform(w0.low, w0.high, random) - w0.low;
    result.answers[slope] = on_grid(slopes_);
    result.answers[multiplier] = on_grid(multipliers_);
    return result;
  }

  Task task_;
  bool published_;
  bool se_;
  std::size_t sampled_stages_;
  Ranges ranges_;
  std::vector<int> slopes_;       ///< in quanta
  std::vector<int> multipliers_;  ///< likewise
};

std::unique_ptr<SearchSpace> make_regnet(const Task& task, const OptionValues& options) {
  return std::make_unique<RegNet>(task, options);
}

NamedArchitecture published_network(const std::string& name, const RegNetLine& line, bool se) {
  constexpr std::int64_t group_width = 8;  // of both networks here
  const auto build = [line, se](const Task& task) {
    const RegNetWidths shape = regnet_widths(line);
    AnyNetNetwork network;
    network.se_divisor = se ? se_divisor_of_y : 0;
    for (std::size_t s = 0; s < shape.widths.size(); ++s) {
      network.stages.push_back(with_compatible_groups({.depth = shape.depths[s],
                                                       .width = shape.widths[s],
                                                       .bottleneck = 1,
                                                       .group_width = group_width}));
    }
    return build_anynet(network, task);
  };
  return {name,
          fmt::format("d = {}, w0 = {}, wa = {}, wm = {}, b = 1, g = {} (Radosavovic et al. 2020)",
                      line.depth, line.initial_width, line.slope, line.multiplier, group_width),
          {{3, 224, 224}, 1000},
          build};
}

}  // namespace

RegNetWidths regnet_widths(const RegNetLine& line) {
  RegNetWidths result;
  const auto w0 = static_cast<double>(line.initial_width);
  double last_level = 0;
  for (std::int64_t block = 0; block < line.depth; ++block) {
    const double wanted = w0 + line.slope * static_cast<double>(block);
    last_level = std::nearbyint(std::log(wanted / w0) / std::log(line.multiplier));
    const double width = w0 * std::pow(line.multiplier, last_level) / width_quantum;
    const std::int64_t rounded = width_quantum * static_cast<std::int64_t>(std::nearbyint(width));
    if (result.widths.empty() || result.widths.back() != rounded) {
      result.widths.push_back(rounded);
      result.depths.push_back(0);
    }
    ++result.depths.back();
  }
  result.levels = static_cast<std::int64_t>(last_level) + 1;
  return result;
}

SpaceEntry regnet_space() {
  return {"regnet",
          "Stages of residual bottlenecks whose widths lie on a quantised line (RegNetX, and "
          "RegNetY with squeeze-and-excitation).",
          option_table,
          make_regnet,
          {published_network("regnetx-200mf",
                             {.depth = 13, .initial_width = 24, .slope = 36.44, .multiplier = 2.49},
                             false),
           published_network("regnety-400mf",
                             {.depth = 16, .initial_width = 48, .slope = 27.89, .multiplier = 2.09},
                             true)}};
}

}  // namespace nas
