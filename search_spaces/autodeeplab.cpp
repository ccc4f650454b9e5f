#include "search_spaces/autodeeplab.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/autodeeplab_network.hpp"
#include "search_spaces/autodeeplab_path.hpp"

namespace nas {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::size_t slots = 2;  ///< of a block
/// A block's decisions: input and op of the first slot, then of the second.
constexpr std::size_t block_decisions = 2 * slots;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Sizes for 28x28 and 32x32, or the paper's.", 0, 0,
     "small|published"},
    {"first", OptionType::choice, "fixed", "Whether layer 1 must be on the finest level.", 0, 0,
     "fixed|free"},
    {"layers", OptionType::integer, "0", "Cells; 0: the preset's (4, 12).", 0, 40},
    {"levels", OptionType::integer, "0", "Levels from stride 4 on; 0: the preset's (3, 4).", 0, 5},
    {"blocks", OptionType::integer, "0", "Blocks in a cell; 0: the preset's (2, 5).", 0, 8},
    {"filters", OptionType::integer, "0",
     "Channels of a block on the finest level; 0: the preset's (4, 20).", 0, 256},
};

class AutoDeepLab final : public SearchSpace {
 public:
  AutoDeepLab(const Task& task, const OptionValues& options)
      : task_(task), free_(options.text("first") == "free") {
    const bool published = options.text("preset") == "published";
    const auto chosen = [&](const char* name, std::int64_t small, std::int64_t paper) {
      const std::int64_t given = options.integer(name);
      return static_cast<std::size_t>(given != 0 ? given : published ? paper : small);
    };
    layers_ = chosen("layers", 4, 12);
    levels_ = chosen("levels", 3, 4);
    blocks_ = chosen("blocks", 2, 5);
    filters_ = static_cast<std::int64_t>(chosen("filters", 4, 20));
    head_channels_ = published ? 256 : 16;
    const std::int64_t coarsest = level_stride(static_cast<int>(levels_) - 1);
    if (std::min(task.input.height, task.input.width) < coarsest) {
      throw Error(ErrorKind::space,
                  fmt::format("space 'autodeeplab' with {} levels needs images of at least {}x{} "
                              "pixels, not '{}'",
                              levels_, coarsest, coarsest, task.input.text()));
    }
    add_decisions();
    for (std::size_t left = 0; left < layers_; ++left) {
      paths_.emplace_back();
      for (std::size_t level = 0; level < levels_; ++level) {
        paths_.back().push_back(
            static_cast<std::size_t>(count_level_paths(levels_, left, level).value));
      }
    }
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), true);
    if (i < cell_decisions()) return open;
    const int before = i == cell_decisions() ? 0 : genotype.answers[i - 1];
    const int reach = i == cell_decisions() && !free_ ? 0 : 1;
    for (std::size_t level = 0; level < open.size(); ++level) {
      open[level] = std::abs(static_cast<int>(level) - before) <= reach;
    }
    return open;
  }

  std::optional<BigInteger> size() const override { return completions({}, 0); }

  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override {
    cpp_int total = 1;
    for (std::size_t i = answered; i < cell_decisions(); ++i) {
      total *= decisions_[i].options.size();
    }
    const std::size_t placed = answered <= cell_decisions() ? 0 : answered - cell_decisions();
    const std::size_t level =
        placed == 0 ? 0 : static_cast<std::size_t>(prefix.answers[answered - 1]);
    const std::size_t left = placed == 0 && !free_ ? layers_ - 1 : layers_ - placed;
    total *= count_level_paths(levels_, left, level).value;
    return BigInteger{total};
  }

  std::vector<SpaceCount> counts() const override {
    cpp_int cells = 1;
    for (std::size_t i = 0; i < cell_decisions(); ++i) cells *= decisions_[i].options.size();
    const auto paths = [&](std::size_t transitions) {
      return count_level_paths(levels_, transitions, 0).value.str();
    };
    return {
        {"cells",
         fmt::format("({}!)^2 * {}^(2 * {})", blocks_ + 1, segmentation_ops.size(), blocks_),
         cells.str()},
        {"paths, layer 1 fixed", fmt::format("{} transitions", layers_ - 1), paths(layers_ - 1)},
        {"paths, layer 1 free", fmt::format("{} transitions", layers_), paths(layers_)}};
  }

  Genotype canonical(const Genotype& genotype) const override {
    Genotype result = SearchSpace::canonical(genotype);
    for (std::size_t block = 0; block < blocks_; ++block) sort_slots(result, block);
    return result;
  }

  /// Decision by decision, where the base would draw until all blocks are in order at once.
  Genotype sample_uniform(Random& random) const override {
    Genotype result;
    for (std::size_t block = 0; block < blocks_; ++block) {
      const std::size_t at = result.answers.size();
      bool in_order = false;
      while (!in_order) {
        result.answers.resize(at);
        for (std::size_t i = at; i < at + block_decisions; ++i) {
          result.answers.push_back(static_cast<int>(random.below(decisions_[i].options.size())));
        }
        Genotype other = result;
        sort_slots(other, block);
        in_order = other == result;
      }
    }
    return with_uniform_path(std::move(result), random);
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    const Genotype folded = canonical(genotype);
    SegmentationNetwork network{.filters = filters_, .head_channels = head_channels_};
    for (std::size_t block = 0; block < blocks_; ++block) {
      const auto answer = [&](std::size_t i) {
        return static_cast<std::size_t>(folded.answers[block * block_decisions + i]);
      };
      network.blocks.push_back(
          {{{answer(0), segmentation_ops[answer(1)]}, {answer(2), segmentation_ops[answer(3)]}}});
    }
    for (std::size_t i = cell_decisions(); i < decisions_.size(); ++i) {
      network.levels.push_back(folded.answers[i]);
    }
    return build_segmentation_network(network, task_);
  }

 private:
  std::size_t cell_decisions() const { return blocks_ * block_decisions; }

  static void sort_slots(Genotype& genotype, std::size_t block) {
    const auto first =
        genotype.answers.begin() + static_cast<std::ptrdiff_t>(block * block_decisions);
    const auto second = first + slots;
    if (std::pair(first[0], first[1]) > std::pair(second[0], second[1])) {
      std::swap_ranges(first, second, second);
    }
  }

  Genotype with_uniform_path(Genotype genotype, Random& random) const {
    genotype.answers.resize(decisions_.size());
    for (std::size_t i = cell_decisions(); i < decisions_.size(); ++i) {
      const std::vector<bool> open = allowed(genotype, i);
      std::vector<std::size_t> shares = paths_[decisions_.size() - i - 1];
      std::size_t total = 0;
      for (std::size_t level = 0; level < open.size(); ++level) {
        if (!open[level]) shares[level] = 0;
        total += shares[level];
      }
      std::size_t drawn = random.below(total);
      std::size_t level = 0;
      for (; drawn >= shares[level]; ++level) drawn -= shares[level];
      genotype.answers[i] = static_cast<int>(level);
    }
    return genotype;
  }

  void add_decisions() {
    std::vector<std::string> ops, strides;
    for (const SegmentationOp op : segmentation_ops) ops.emplace_back(op_name(op));
    for (std::size_t level = 0; level < levels_; ++level) {
      strides.push_back(std::to_string(level_stride(static_cast<int>(level))));
    }
    std::vector<std::string> inputs = {"before-last", "last"};
    for (std::size_t block = 1; block <= blocks_; ++block) {
      for (const char* slot : {"1", "2"}) {
        decisions_.push_back({fmt::format("block{}.input{}", block, slot), inputs, false});
        decisions_.push_back({fmt::format("block{}.op{}", block, slot), ops, false});
      }
      inputs.push_back(fmt::format("block{}", block));
    }
    for (std::size_t layer = 1; layer <= layers_; ++layer) {
      decisions_.push_back({fmt::format("layer{}.level", layer), strides, true});
    }
  }

  std::string name_ = "autodeeplab";
  Task task_;
  bool free_;
  std::size_t layers_ = 0;
  std::size_t levels_ = 0;
  std::size_t blocks_ = 0;
  std::int64_t filters_ = 0;
  std::int64_t head_channels_ = 0;
  /// By number of transitions and level they start from; with 40 layers, the most there may be, and
  /// five levels below 3^39, which fits.
  std::vector<std::vector<std::size_t>> paths_;
  std::vector<Decision> decisions_;
};

std::unique_ptr<SearchSpace> make_autodeeplab(const Task& task, const OptionValues& options) {
  return std::make_unique<AutoDeepLab>(task, options);
}

}  // namespace

SpaceEntry autodeeplab_space() {
  return {"autodeeplab",
          "Segmentation: one cell of blocks and a path through levels of resolution.", option_table,
          make_autodeeplab};
}

}  // namespace nas
