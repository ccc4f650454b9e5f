#include "search_spaces/nasfpn.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/nasfpn_network.hpp"

namespace nas {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::int64_t finest_stride = 8;
constexpr std::size_t merge_ops = 2;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Sizes for 28x28 and 32x32, or the paper's.", 0, 0,
     "small|published"},
    {"levels", OptionType::integer, "0",
     "Levels from stride 8 on, and outputs; 0: the preset's (3, 5).", 0, 5},
    {"intermediate", OptionType::integer, "2", "Merging cells before those of the outputs.", 0, 8},
    {"repeats", OptionType::integer, "0", "Pyramids on top of one another; 0: the preset's (1, 7).",
     0, 16},
    {"channels", OptionType::integer, "0", "Of the pyramid; 0: the preset's (8, 256).", 0, 1024},
    {"gate", OptionType::choice, "max", "How attention pools its gate.", 0, 0, "max|average"},
};

/// A cell's decisions, in order.
enum CellDecision : std::size_t { first, second, level, op, cell_decisions };

cpp_int pairs(std::size_t count) { return cpp_int(count) * (count - 1) / 2; }

class NasFpn final : public SearchSpace {
 public:
  NasFpn(const Task& task, const OptionValues& options)
      : task_(task),
        intermediate_(static_cast<std::size_t>(options.integer("intermediate"))),
        gate_(options.text("gate") == "max" ? GatePooling::max : GatePooling::average) {
    const bool published = options.text("preset") == "published";
    const auto chosen = [&](const char* name, std::int64_t small, std::int64_t paper) {
      const std::int64_t given = options.integer(name);
      return given != 0 ? given : published ? paper : small;
    };
    levels_ = static_cast<std::size_t>(chosen("levels", 3, 5));
    if (levels_ < 2) throw Error(ErrorKind::config, "nasfpn.levels '1' must be at least 2");
    cells_ = intermediate_ + levels_;
    repeats_ = static_cast<std::size_t>(chosen("repeats", 1, 7));
    backbone_ = {.stem_channels = published ? 64 : 8,
                 .levels = levels_,
                 .channels = chosen("channels", 8, 256)};
    const std::int64_t smallest = finest_stride << (levels_ - 2);
    if (std::min(task.input.height, task.input.width) < smallest) {
      throw Error(ErrorKind::space,
                  fmt::format("space 'nasfpn' with {} levels needs images of at least {}x{} "
                              "pixels, not '{}'",
                              levels_, smallest, smallest, task.input.text()));
    }
    add_decisions();
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), true);
    const std::size_t cell = i / cell_decisions;
    if (i % cell_decisions == first) open.back() = false;  // something must come behind it
    if (i % cell_decisions == second) {
      std::fill_n(open.begin(), genotype.answers[i - 1] + 1, false);
    }
    if (i % cell_decisions == level) {
      for (std::size_t output = intermediate_; output < cell; ++output) {
        open[static_cast<std::size_t>(genotype.answers[output * cell_decisions + level])] = false;
      }
    }
    return open;
  }

  std::optional<BigInteger> size() const override { return completions({}, 0); }

  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    cpp_int total = 1;
    for (std::size_t cell = answered / cell_decisions; cell < cells_; ++cell) {
      const std::size_t done = std::max(answered, cell * cell_decisions) - cell * cell_decisions;
      const std::size_t features = levels_ + cell;
      if (done <= first) total *= pairs(features);
      if (done == second) {
        total *= features - 1 - static_cast<std::size_t>(prefix.answers[answered - 1]);
      }
      if (done <= level) {
        total *= cell < intermediate_ ? levels_ : levels_ - (cell - intermediate_);
      }
      if (done <= op) total *= merge_ops;
    }
    return BigInteger{total};
  }

  std::vector<SpaceCount> counts() const override {
    return {{"ordered pairs", fmt::format("{} * 2^{}", size_digits(*this), cells_),
             cpp_int(size()->value << cells_).str()}};
  }

  Genotype sample_uniform(Random& random) const override {
    Genotype result;
    std::vector<int> outputs(levels_);
    for (std::size_t i = 0; i < levels_; ++i) outputs[i] = static_cast<int>(i);
    random.shuffle(std::span(outputs));
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      const std::size_t a = random.below(levels_ + cell);
      std::size_t b = random.below(levels_ + cell - 1);
      if (b >= a) ++b;
      const int chosen = cell < intermediate_ ? static_cast<int>(random.below(levels_))
                                              : outputs[cell - intermediate_];
      result.answers.insert(result.answers.end(),
                            {static_cast<int>(std::min(a, b)), static_cast<int>(std::max(a, b)),
                             chosen, static_cast<int>(random.below(merge_ops))});
    }
    return result;
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    FeaturePyramid pyramid{.merges = {}, .repeats = repeats_, .gate = gate_};
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      const auto answer = [&](std::size_t i) {
        return static_cast<std::size_t>(genotype.answers[cell * cell_decisions + i]);
      };
      pyramid.merges.push_back(
          {answer(first), answer(second), answer(level), static_cast<MergeOp>(answer(op))});
    }
    return pyramid_on_backbone(pyramid, backbone_, task_);
  }

 private:
  void add_decisions() {
    std::vector<std::string> features, strides;
    for (std::size_t i = 0; i < levels_; ++i) {
      strides.push_back(std::to_string(finest_stride << i));
      features.push_back("input" + strides.back());
    }
    for (std::size_t cell = 1; cell <= cells_; ++cell) {
      const std::string prefix = fmt::format("cell{}.", cell);
      decisions_.push_back({prefix + "first", features, false});
      decisions_.push_back({prefix + "second", features, false});
      decisions_.push_back({prefix + "level", strides, true});
      decisions_.push_back({prefix + "op", {"sum", "attention"}, false});
      features.push_back(fmt::format("cell{}", cell));
    }
  }

  std::string name_ = "nasfpn";
  Task task_;
  std::size_t levels_ = 0;
  std::size_t intermediate_;
  std::size_t cells_ = 0;
  std::size_t repeats_ = 1;
  GatePooling gate_;
  PyramidBackbone backbone_;
  std::vector<Decision> decisions_;
};

std::unique_ptr<SearchSpace> make_nasfpn(const Task& task, const OptionValues& options) {
  return std::make_unique<NasFpn>(task, options);
}

/// Its input is the finest feature: that of stride 8 of 640x640 pixels.
NamedArchitecture found(const char* name, std::size_t repeats) {
  constexpr std::size_t levels = 5;
  constexpr int coco_classes = 90;  // of the task; the pyramid itself has none
  return {name,
          fmt::format("The pyramid that the search found, {} time{}, alone: on features of strides "
                      "8 to 128, of which the input is the first (Ghiasi et al. 2019)",
                      repeats, repeats == 1 ? "" : "s"),
          {{256, 80, 80}, coco_classes},
          [repeats](const Task& task) {
            FeaturePyramid pyramid = found_pyramid();
            pyramid.repeats = repeats;
            return pyramid_alone(pyramid, levels, task.input);
          }};
}

}  // namespace

SpaceEntry nasfpn_space() {
  return {"nasfpn",
          "Feature pyramids: which two features each merging cell takes, to which level, and how "
          "it merges them.",
          option_table,
          make_nasfpn,
          {found("nas-fpn", 1), found("nas-fpn-7", 7)}};
}

}  // namespace nas
