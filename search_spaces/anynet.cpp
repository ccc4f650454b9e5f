#include "search_spaces/anynet.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/anynet_network.hpp"
#include "search_spaces/quantised_draw.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::int64_t width_quantum = 8;
constexpr std::array<std::int64_t, 3> bottlenecks = {1, 2, 4};
constexpr int most_draws = 100'000;

constexpr OptionSpec option_table[] = {
    {"level", OptionType::choice, "E",
     "Which of the five spaces, from the widest to the narrowest.", 0, 0, "A|B|C|D|E"},
    {"preset", OptionType::choice, "small", "Ranges for 28x28 and 32x32, or the paper's.", 0, 0,
     "small|published"},
    {"stages", OptionType::integer, "4", "Number of stages.", 1, 5},
    {"max_depth", OptionType::integer, "0", "Most blocks in a stage; 0: the preset's (4, 16).", 0,
     64},
    {"max_width", OptionType::integer, "0",
     "Most channels, a multiple of 8; 0: the preset's (64, 1024).", 0, 4096},
    {"max_group", OptionType::integer, "0",
     "Widest group, a power of two; 0: the preset's (8, 32).", 0, 1024},
};

struct Ranges {
  int depths;        ///< 1 … depths
  int widths;        ///< 8 … 8 * widths
  int group_widths;  ///< 1 … 2^(group_widths - 1)
};

[[noreturn]] void reject(const char* option, std::int64_t value, const char* expected) {
  throw Error(ErrorKind::config, fmt::format("anynet.{} '{}' must be {}", option, value, expected));
}

Ranges ranges(const OptionValues& options) {
  const bool published = options.text("preset") == "published";
  const auto chosen = [&](const char* name, std::int64_t small, std::int64_t paper) {
    const std::int64_t given = options.integer(name);
    return given != 0 ? given : published ? paper : small;
  };
  const std::int64_t width = chosen("max_width", 64, 1024), group = chosen("max_group", 8, 32);
  if (width % width_quantum != 0) reject("max_width", width, "a multiple of 8");
  if ((group & (group - 1)) != 0) reject("max_group", group, "a power of two");
  int groups = 1;
  while ((std::int64_t{1} << (groups - 1)) < group) ++groups;
  return {static_cast<int>(chosen("max_depth", 4, 16)), static_cast<int>(width / width_quantum),
          groups};
}

std::vector<std::string> multiples(int count, std::int64_t step) {
  std::vector<std::string> result;
  result.reserve(static_cast<std::size_t>(count));
  for (int i = 1; i <= count; ++i) result.push_back(std::to_string(i * step));
  return result;
}

std::vector<std::string> powers_of_two(int count) {
  std::vector<std::string> result;
  result.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) result.push_back(std::to_string(std::int64_t{1} << i));
  return result;
}

cpp_int power(const cpp_int& base, std::size_t exponent) {
  return boost::multiprecision::pow(base, static_cast<unsigned>(exponent));
}

/// In how many ways `count` numbers out of `values`, in ascending order and with repetition, can be
/// chosen: C(values + count - 1, count).
cpp_int multisets(int values, std::size_t count) {
  cpp_int result = 1;
  for (std::size_t i = 0; i < count; ++i) {
    result = result * (static_cast<std::size_t>(values) + i) / (i + 1);
  }
  return result;
}

/// Each multiset of `count` numbers below `values` alike likely: as a subset of a larger range,
/// whose members move down by their rank.
std::vector<int> draw_multiset(int values, std::size_t count, Random& random) {
  std::vector<int> chosen;
  const auto range = static_cast<int>(static_cast<std::size_t>(values) + count - 1);
  for (int top = range - static_cast<int>(count); top < range; ++top) {  // Floyd's subsets
    const auto drawn = static_cast<int>(random.below(static_cast<std::size_t>(top) + 1));
    chosen.push_back(std::ranges::find(chosen, drawn) == chosen.end() ? drawn : top);
  }
  std::ranges::sort(chosen);
  for (std::size_t i = 0; i < count; ++i) chosen[i] -= static_cast<int>(i);
  return chosen;
}

class AnyNet final : public SearchSpace {
 public:
  AnyNet(const Task& task, const OptionValues& options)
      : task_(task),
        level_(options.text("level")[0]),
        stages_(static_cast<std::size_t>(options.integer("stages"))),
        ranges_(ranges(options)) {
    if (options.text("preset") == "small") {
      skeleton_.stem_width = 16;
      skeleton_.stem_stride = 1;
      skeleton_.first_stride = 1;
    }
    skeleton_.stages.resize(stages_);
    const std::int64_t smallest = smallest_side(total_stride(skeleton_));
    if (std::min(task.input.height, task.input.width) < smallest) {
      throw Error(ErrorKind::space,
                  fmt::format("space 'anynet' with {} stages needs images of at least {}x{} "
                              "pixels, not '{}'",
                              stages_, smallest, smallest, task.input.text()));
    }
    add_decisions();
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), true);
    const std::size_t stage = i / per_stage_, place = i % per_stage_;
    if (stage == 0 || stage >= stages_ || !is_ascending(place)) return open;
    const int previous = genotype.answers[i - per_stage_];
    std::fill_n(open.begin(), previous, false);
    return open;
  }

  std::optional<BigInteger> size() const override { return completions({}, 0); }

  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    cpp_int total = 1;
    for (std::size_t place = 0; place < per_stage_; ++place) {
      // Stages that have answered this decision.
      const std::size_t done =
          std::min(stages_, answered / per_stage_ + (answered % per_stage_ > place ? 1 : 0));
      const auto values = static_cast<int>(decisions_[place].options.size());
      if (is_ascending(place)) {
        const int least = done == 0 ? 0 : prefix.answers[(done - 1) * per_stage_ + place];
        total *= multisets(values - least, stages_ - done);
      } else {
        total *= power(values, stages_ - done);
      }
    }
    for (std::size_t i = std::max(answered, stages_ * per_stage_); i < decisions_.size(); ++i) {
      total *= decisions_[i].options.size();
    }
    return BigInteger{total};
  }

  std::vector<SpaceCount> counts() const override {
    if (level_ < 'D') return {};
    cpp_int all = 1, orders = 1;
    all *= power(ranges_.depths * ranges_.widths, stages_);
    for (std::size_t i = stages_ * per_stage_; i < decisions_.size(); ++i) {
      all *= decisions_[i].options.size();
    }
    for (std::size_t i = 2; i <= stages_; ++i) orders *= i;
    const bool both = level_ == 'E';
    const cpp_int apart = all / (both ? orders * orders : orders);
    return {
        {"paper",
         fmt::format("({} * {})^{} * {} * {} / {}!{}, stages of equal {} left out", ranges_.depths,
                     ranges_.widths, stages_, bottlenecks.size(), ranges_.group_widths, stages_,
                     both ? "^2" : "", both ? "width or depth" : "width"),
         apart.str()},
        {"with ties",
         fmt::format(
             "C({}, {}) * {} * {} * {}", ranges_.widths + static_cast<int>(stages_) - 1, stages_,
             both
                 ? fmt::format("C({}, {})", ranges_.depths + static_cast<int>(stages_) - 1, stages_)
                 : fmt::format("{}^{}", ranges_.depths, stages_),
             bottlenecks.size(), ranges_.group_widths),
         size_digits(*this)}};
  }

  Genotype sample(Random& random) const override {
    Genotype result = draw_uniform(random);
    draw_column(result, depth, ranges_.depths, random);
    draw_column(result, width, ranges_.widths, random);
    return result;
  }

  Genotype sample_uniform(Random& random) const override {
    Genotype result = draw_uniform(random);
    for (std::size_t place = 0; place < per_stage_; ++place) {
      if (!is_ascending(place)) continue;
      const auto values = static_cast<int>(decisions_[place].options.size());
      put_column(result, place, draw_multiset(values, stages_, random));
    }
    return result;
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    AnyNetNetwork network = skeleton_;
    for (std::size_t s = 0; s < stages_; ++s) {
      const auto answer = [&](std::size_t place) { return genotype.answers[at(s, place)]; };
      network.stages[s] = with_compatible_groups(
          {.depth = answer(depth) + 1,
           .width = width_quantum * (answer(width) + 1),
           .bottleneck = bottlenecks[static_cast<std::size_t>(answer(bottleneck))],
           .group_width = std::int64_t{1} << answer(group)});
    }
    return build_anynet(network, task_);
  }

 private:
  /// A stage's decisions, in order; from B on the third, from C on the fourth come once, at the
  /// end.
  enum Place : std::size_t { depth, width, bottleneck, group };

  bool is_ascending(std::size_t place) const {
    return (place == width && level_ >= 'D') || (place == depth && level_ >= 'E');
  }

  /// Where a stage's decision stands.
  std::size_t at(std::size_t stage, std::size_t place) const {
    if (place == bottleneck && level_ >= 'B') return decisions_.size() - (level_ >= 'C' ? 2 : 1);
    if (place == group && level_ >= 'C') return decisions_.size() - 1;
    const std::size_t moved = place == group && level_ == 'B' ? 1 : 0;
    return stage * per_stage_ + place - moved;
  }

  void add_decisions() {
    const std::vector<std::string> ratios = {"1", "2", "4"};
    const std::vector<std::string> groups = powers_of_two(ranges_.group_widths);
    for (std::size_t s = 1; s <= stages_; ++s) {
      const std::string prefix = fmt::format("stage{}.", s);
      decisions_.push_back({prefix + "depth", multiples(ranges_.depths, 1), true});
      decisions_.push_back({prefix + "width", multiples(ranges_.widths, width_quantum), true});
      if (level_ < 'B') decisions_.push_back({prefix + "bottleneck", ratios, true});
      if (level_ < 'C') decisions_.push_back({prefix + "group", groups, true});
    }
    per_stage_ = decisions_.size() / stages_;
    if (level_ >= 'B') decisions_.push_back({"bottleneck", ratios, true});
    if (level_ >= 'C') decisions_.push_back({"group", groups, true});
  }

  /// Every decision by itself, orders disregarded.
  Genotype draw_uniform(Random& random) const {
    Genotype result;
    for (const Decision& decision : decisions_) {
      result.answers.push_back(static_cast<int>(random.below(decision.options.size())));
    }
    return result;
  }

  void put_column(Genotype& genotype, std::size_t place, const std::vector<int>& values) const {
    for (std::size_t s = 0; s < stages_; ++s) genotype.answers[at(s, place)] = values[s];
  }

  /// Uniform in the logarithm; where an order holds, from the draws that have it.
  void draw_column(Genotype& genotype, std::size_t place, int values, Random& random) const {
    std::vector<int> column(stages_);
    for (int draw = 0; draw < most_draws; ++draw) {
      for (int& value : column) value = draw_log_uniform(1, values, random) - 1;
      if (is_ascending(place) && !std::ranges::is_sorted(column)) continue;
      put_column(genotype, place, column);
      return;
    }
    throw Error(
        ErrorKind::internal,
        fmt::format("space 'anynet': no order of {} stages in {} draws", stages_, most_draws));
  }

  std::string name_ = "anynet";
  Task task_;
  char level_;
  std::size_t stages_;
  Ranges ranges_;
  std::size_t per_stage_ = 0;
  AnyNetNetwork skeleton_;
  std::vector<Decision> decisions_;
};

std::unique_ptr<SearchSpace> make_anynet(const Task& task, const OptionValues& options) {
  return std::make_unique<AnyNet>(task, options);
}

}  // namespace

SpaceEntry anynet_space() {
  return {"anynet",
          "Stages of residual bottlenecks with grouped convolutions: depth and width per stage, "
          "bottleneck ratio and group width per stage or shared (AnyNetX A to E).",
          option_table, make_anynet};
}

}  // namespace nas
