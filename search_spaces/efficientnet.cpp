#include "search_spaces/efficientnet.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/efficientnet_network.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small",
     "Baseline for 28x28 and 32x32, or EfficientNet-B0 for 224x224.", 0, 0, "small|published"},
    {"phi", OptionType::real, "1", "Exponent of all three factors.", 0, 10},
    {"axis", OptionType::choice, "compound", "Which factors may differ from 1.", 0, 0,
     "compound|depth|width|resolution"},
    {"steps", OptionType::integer, "20", "Steps of the grid in 1: 20 is a grid of 0.05.", 1, 100},
    {"tolerance", OptionType::real, "0.1",
     "How far alpha * beta^2 * gamma^2 may be from 2; thousandths count.", 0, 1},
    {"dropout", OptionType::real, "-1",
     "Probability before the classifier; -1: the preset's (0, 0.2).", -1, 0.9},
    {"drop_connect", OptionType::real, "-1",
     "Probability of dropping the last block; -1: the preset's (0, 0.2).", -1, 0.9},
};

constexpr std::size_t factors = 3;
enum Factor : std::size_t { alpha, beta, gamma };
using Candidate = std::array<int, factors>;  ///< steps above 1

/// |alpha * beta^2 * gamma^2 - 2| <= tolerance, all in whole numbers.
bool is_within(const Candidate& candidate, std::int64_t steps, std::int64_t thousandths) {
  const std::int64_t a = steps + candidate[alpha], b = steps + candidate[beta],
                     c = steps + candidate[gamma];
  const std::int64_t one = steps * steps * steps * steps * steps;
  return std::abs(1000 * (a * b * b * c * c - 2 * one)) <= thousandths * one;
}

/// In ascending order.
std::vector<Candidate> candidates(const OptionValues& options) {
  const std::int64_t steps = options.integer("steps");
  const std::int64_t thousandths = std::llround(1000 * options.real("tolerance"));
  const std::string& axis = options.text("axis");
  const auto most = [&](const char* own) {
    return axis == "compound" || axis == own ? static_cast<int>(steps) : 0;
  };
  std::vector<Candidate> result;
  for (int a = 0; a <= most("depth"); ++a) {
    for (int b = 0; b <= most("width"); ++b) {
      for (int c = 0; c <= most("resolution"); ++c) {
        if (is_within({a, b, c}, steps, thousandths)) result.push_back({a, b, c});
      }
    }
  }
  return result;
}

class EfficientNet final : public SearchSpace {
 public:
  EfficientNet(const Task& task, const OptionValues& options)
      : task_(task),
        phi_(options.real("phi")),
        steps_(static_cast<int>(options.integer("steps"))),
        candidates_(candidates(options)) {
    const bool published = options.text("preset") == "published";
    const auto chosen = [&](const char* name) {
      constexpr double paper = 0.2;
      const double given = options.real(name);
      return given >= 0 ? given : published ? paper : 0;
    };
    baseline_ = published ? efficientnet_b0() : small_efficientnet();
    dropout_ = chosen("dropout");
    drop_connect_ = chosen("drop_connect");
    if (candidates_.empty()) {
      throw Error(ErrorKind::config,
                  fmt::format("no factors on a grid of 1/{} lie within efficientnet.tolerance '{}' "
                              "with efficientnet.axis '{}'; raise the tolerance or the steps",
                              steps_, options.real("tolerance"), options.text("axis")));
    }
    const std::int64_t smallest = smallest_side(baseline_.total_stride());
    if (std::min(task.input.height, task.input.width) < smallest) {
      throw Error(ErrorKind::space,
                  fmt::format("space 'efficientnet' needs images of at least {0}x{0} pixels, not "
                              "'{1}'",
                              smallest, task.input.text()));
    }
    std::vector<std::string> values;
    for (int i = 0; i <= steps_; ++i) values.push_back(fmt::format("{}", value(i)));
    decisions_ = {{"alpha", values, true}, {"beta", values, true}, {"gamma", values, true}};
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), false);
    bool any = false;
    for (const Candidate& candidate : candidates_) {
      if (!begins_with(candidate, genotype, i)) continue;
      open[static_cast<std::size_t>(candidate[i])] = true;
      any = true;
    }
    // After answers that are not open themselves: something must be.
    if (!any) open[0] = true;
    return open;
  }

  std::optional<BigInteger> size() const override { return BigInteger{candidates_.size()}; }
  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    return BigInteger{std::ranges::count_if(candidates_, [&](const Candidate& candidate) {
      return begins_with(candidate, prefix, answered);
    })};
  }

  Genotype sample_uniform(Random& random) const override {
    const Candidate& drawn = candidates_[random.below(candidates_.size())];
    return {{drawn.begin(), drawn.end()}};
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    const auto scale = [&](Factor factor) {
      return std::pow(value(genotype.answers[factor]), phi_);
    };
    const auto pixels = [&](std::int64_t side) {
      return static_cast<std::int64_t>(std::lround(static_cast<double>(side) * scale(gamma)));
    };
    const Shape& input = task_.input;
    return build_efficientnet(
        baseline_,
        {.depth = scale(alpha),
         .width = scale(beta),
         .dropout = dropout_,
         .drop_connect = drop_connect_},
        {{input.channels, pixels(input.height), pixels(input.width)}, task_.classes});
  }

 private:
  double value(int answer) const { return static_cast<double>(steps_ + answer) / steps_; }

  static bool begins_with(const Candidate& candidate, const Genotype& genotype,
                          std::size_t answered) {
    return std::equal(candidate.begin(), candidate.begin() + static_cast<std::ptrdiff_t>(answered),
                      genotype.answers.begin());
  }

  std::string name_ = "efficientnet";
  Task task_;
  double phi_;
  int steps_;
  std::vector<Candidate> candidates_;
  EfficientNetBaseline baseline_;
  double dropout_ = 0;
  double drop_connect_ = 0;
  std::vector<Decision> decisions_;
};

std::unique_ptr<SearchSpace> make_efficientnet(const Task& task, const OptionValues& options) {
  return std::make_unique<EfficientNet>(task, options);
}

struct Released {
  const char* name;
  double width;
  double depth;
  std::int64_t resolution;
  double dropout;
};
constexpr Released released[] = {
    {"efficientnet-b0", 1.0, 1.0, 224, 0.2}, {"efficientnet-b1", 1.0, 1.1, 240, 0.2},
    {"efficientnet-b2", 1.1, 1.2, 260, 0.3}, {"efficientnet-b3", 1.2, 1.4, 300, 0.3},
    {"efficientnet-b4", 1.4, 1.8, 380, 0.4}, {"efficientnet-b5", 1.6, 2.2, 456, 0.4},
    {"efficientnet-b6", 1.8, 2.6, 528, 0.5}, {"efficientnet-b7", 2.0, 3.1, 600, 0.5}};

NamedArchitecture named(const Released& network) {
  constexpr double drop_connect = 0.2;
  const EfficientNetScaling scaling{.depth = network.depth,
                                    .width = network.width,
                                    .dropout = network.dropout,
                                    .drop_connect = drop_connect};
  return {
      network.name,
      fmt::format("width {}, depth {}, resolution {}, dropout {} (Tan, Le 2019)", network.width,
                  network.depth, network.resolution, network.dropout),
      {{3, network.resolution, network.resolution}, 1000},
      [scaling](const Task& task) { return build_efficientnet(efficientnet_b0(), scaling, task); }};
}

}  // namespace

SpaceEntry efficientnet_space() {
  SpaceEntry entry{"efficientnet",
                   "Compound scaling of one network: factors of depth, width and resolution that "
                   "double its MACs.",
                   option_table,
                   make_efficientnet,
                   {}};
  for (const Released& network : released) entry.named.push_back(named(network));
  return entry;
}

}  // namespace nas
