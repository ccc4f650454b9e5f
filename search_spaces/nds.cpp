#include "search_spaces/nds.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/anynet_network.hpp"
#include "search_spaces/product_space.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr std::size_t stages = 3;
constexpr std::int64_t small_stem_width = 8;
constexpr std::int64_t published_stem_width = 16;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Ranges for small machines, or the paper's.", 0, 0,
     preset_choices},
    {"kind", OptionType::choice, "resnet", "Which of the four spaces.", 0, 0,
     "vanilla|resnet|resnext-a|resnext-b"},
};

using Values = std::vector<std::int64_t>;

/// What each stage may have. Blocks of two convolutions have neither ratio nor groups.
struct Ranges {
  AnyNetBlock block;
  Values depths, widths, ratios, groups;
};

Ranges small_ranges(const std::string& kind) {
  if (kind == "resnext-a") {
    return {AnyNetBlock::bottleneck, {1, 2, 3}, {8, 16, 24}, {1, 2}, {1, 2, 4}};
  }
  if (kind == "resnext-b") {
    return {AnyNetBlock::bottleneck, {1, 2}, {16, 32}, {1, 2, 4}, {1, 2, 4}};
  }
  return {kind == "vanilla" ? AnyNetBlock::vanilla : AnyNetBlock::basic,
          {1, 2, 3},
          {4, 8, 12, 16},
          {},
          {}};
}

Ranges published_ranges(const std::string& kind) {
  const Values powers = {1, 2, 4, 8, 16};
  if (kind == "resnext-a") {
    return {AnyNetBlock::bottleneck, powers, {16, 32, 64, 128, 256}, {1, 2, 4}, {1, 2, 4}};
  }
  if (kind == "resnext-b") {
    return {AnyNetBlock::bottleneck, powers, {64, 128, 256, 512, 1024}, {1, 2, 4}, powers};
  }
  return {kind == "vanilla" ? AnyNetBlock::vanilla : AnyNetBlock::basic,
          {1, 2, 3, 4, 6, 8, 12, 16, 24},
          {16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256},
          {},
          {}};
}

class Nds final : public ProductSpace {
 public:
  Nds(const Task& task, const OptionValues& options) : ProductSpace("nds"), task_(task) {
    const bool is_small = options.text("preset") == "small";
    ranges_ = (is_small ? small_ranges : published_ranges)(options.text("kind"));
    skeleton_.block = ranges_.block;
    skeleton_.stem_width = is_small ? small_stem_width : published_stem_width;
    skeleton_.stem_stride = 1;
    skeleton_.first_stride = 1;
    skeleton_.stages.resize(stages);
    const std::int64_t smallest = smallest_side(total_stride(skeleton_));
    if (std::min(task.input.height, task.input.width) < smallest) {
      throw Error(ErrorKind::space,
                  fmt::format("space 'nds' needs images of at least {0}x{0} pixels, not '{1}'",
                              smallest, task.input.text()));
    }
    for (std::size_t stage = 1; stage <= stages; ++stage) {
      add_decision(stage, "depth", ranges_.depths);
      add_decision(stage, "width", ranges_.widths);
      add_decision(stage, "ratio", ranges_.ratios);
      add_decision(stage, "groups", ranges_.groups);
    }
  }

  /// Decisions are independent: this is uniform over networks.
  Genotype sample_uniform(Random& random) const override { return sample(random); }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    auto answer = genotype.answers.begin();
    const auto next = [&](const Values& values) {
      return values.empty() ? 1 : values[static_cast<std::size_t>(*answer++)];
    };
    AnyNetNetwork network = skeleton_;
    for (AnyNetStage& stage : network.stages) {
      stage.depth = next(ranges_.depths);
      stage.width = next(ranges_.widths);
      stage.bottleneck = next(ranges_.ratios);
      stage.group_width = stage.width / stage.bottleneck / next(ranges_.groups);
    }
    return build_anynet(network, task_);
  }

 private:
  void add_decision(std::size_t stage, const char* what, const Values& values) {
    if (values.empty()) return;
    std::vector<std::string> options;
    for (const std::int64_t value : values) options.push_back(std::to_string(value));
    decisions_.push_back({fmt::format("stage{}.{}", stage, what), options, true});
  }

  Task task_;
  Ranges ranges_;
  AnyNetNetwork skeleton_;
};

std::unique_ptr<SearchSpace> make_nds(const Task& task, const OptionValues& options) {
  return std::make_unique<Nds>(task, options);
}

}  // namespace

SpaceEntry nds_space() {
  return {"nds",
          "Three stages of plain, residual or grouped blocks: the spaces by which design spaces "
          "were first compared.",
          option_table, make_nds};
}

}  // namespace nas
