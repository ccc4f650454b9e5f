#include "search_spaces/nasnet_space.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/search/big_integer.hpp"
#include "search_spaces/product_space.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr const char* space_name = "nasnet";
constexpr std::int64_t smallest_resolution = 4;            // halved twice
constexpr std::int64_t smallest_imagenet_resolution = 32;  // halved five times
constexpr std::int64_t stem_multiplier = 3;
constexpr std::int64_t fewest_filters = 8;  // the first cell of the stem for ImageNet has a quarter
constexpr std::array<const char*, 2> combinations = {"add", "concat"};

using enum NasnetOp;
constexpr NasnetOp all_nasnet_ops[] = {identity,     conv_1x3_3x1, conv_1x7_7x1, dil_conv_3x3,
                                       avg_pool_3x3, max_pool_3x3, max_pool_5x5, max_pool_7x7,
                                       conv_1x1,     conv_3x3,     sep_conv_3x3, sep_conv_5x5,
                                       sep_conv_7x7};
constexpr NasnetOp amoebanet_ops[] = {identity,     sep_conv_3x3, sep_conv_5x5,     sep_conv_7x7,
                                      avg_pool_3x3, max_pool_3x3, dil_sep_conv_3x3, conv_1x7_7x1};
constexpr NasnetOp pnas_ops[] = {sep_conv_3x3, sep_conv_5x5, sep_conv_7x7, conv_1x7_7x1,
                                 identity,     avg_pool_3x3, max_pool_3x3, dil_conv_3x3};
constexpr NasnetOp enas_ops[] = {identity, sep_conv_3x3, sep_conv_5x5, avg_pool_3x3, max_pool_3x3};

struct Variant {
  std::string_view name;
  std::span<const NasnetOp> ops;
  bool concat;  ///< is a combination
  bool one_cell;
  bool all_blocks_out;
  std::int64_t published_repeats, published_filters;
};
constexpr Variant variants[] = {
    {"nasnet", all_nasnet_ops, true, false, false, 6, 32},
    {"amoebanet", amoebanet_ops, false, false, false, 6, 36},
    {"pnas", pnas_ops, false, true, true, 3, 48},
    {"enas-micro", enas_ops, false, false, false, 5, 36},
};

constexpr OptionSpec option_table[] = {
    {"variant", OptionType::choice, "nasnet", "Whose ops, combinations and outputs of cells.", 0, 0,
     "nasnet|amoebanet|pnas|enas-micro"},
    {"combine", OptionType::choice, "variant", "What a block may do with its two halves.", 0, 0,
     "variant|add|add_concat"},
    {"preset", OptionType::choice, "small",
     "Repeats and filters for small machines, or the paper's.", 0, 0, preset_choices},
    {"blocks", OptionType::integer, "5", "Blocks in a cell.", 1, 10},
    {"repeats", OptionType::integer, "0",
     "Normal cells in each of the three stages; 0: the preset's.", 0, 20},
    {"filters", OptionType::integer, "0",
     "Channels of a block in the first stage, at least 8; 0: the preset's.", 0, 512},
    {"stem", OptionType::choice, "cifar",
     "A convolution, or one of stride 2 and two reduction cells for ImageNet.", 0, 0,
     "cifar|imagenet"},
    {"drop_path", OptionType::real, "0",
     "Probability that a path of the last cell is dropped at the end of the training.", 0, 0.9},
};

/// Where a block's decisions stand, from its first; `combine` where it is one.
enum BlockDecision : std::size_t { input1, input2, op1, op2, combine };

const Variant& variant_called(std::string_view name) {
  return *std::ranges::find(variants, name, &Variant::name);
}

bool may_concatenate(const Variant& variant, const std::string& choice) {
  return choice == "variant" ? variant.concat : choice == "add_concat";
}

std::vector<Decision> cell_decisions(const Variant& variant, bool concat, std::size_t blocks) {
  std::vector<std::string> ops;
  for (const NasnetOp op : variant.ops) ops.emplace_back(nasnet_op_name(op));
  std::vector<std::string> cells = {"normal", "reduction"};
  if (variant.one_cell) cells = {"cell"};
  std::vector<Decision> result;
  for (const std::string& cell : cells) {
    std::vector<std::string> inputs = {"h", "h-1"};
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::string at = fmt::format("{}.block{}.", cell, block);
      result.push_back({at + "input1", inputs, false});
      result.push_back({at + "input2", inputs, false});
      result.push_back({at + "op1", ops, false});
      result.push_back({at + "op2", ops, false});
      if (concat) {
        result.push_back({at + "combine", {combinations.begin(), combinations.end()}, false});
      }
      inputs.push_back(fmt::format("block{}", block));
    }
  }
  return result;
}

std::size_t natural(const OptionValues& options, std::string_view name) {
  return static_cast<std::size_t>(options.integer(name));
}

class NasnetSpace final : public ProductSpace {
 public:
  NasnetSpace(const Task& task, const OptionValues& options, const Variant& variant, bool concat)
      : ProductSpace(space_name, cell_decisions(variant, concat, natural(options, "blocks"))),
        task_(task),
        variant_(variant),
        blocks_(natural(options, "blocks")),
        combinations_(concat ? combinations.size() : 1),
        per_block_(concat ? combine + 1 : combine) {
    settings_.repeats =
        preset_value(options, "repeats", {.small = 1, .published = variant.published_repeats});
    settings_.filters =
        preset_value(options, "filters",
                     {.small = 8, .published = variant.published_filters, .least = fewest_filters});
    settings_.stem_channels = stem_multiplier * settings_.filters;
    settings_.drop_probability = options.real("drop_path");
    if (options.text("stem") == "imagenet") settings_.stem = NasnetStem::imagenet;
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    return nasnet_network(cells_of(canonical(genotype)), settings_, task_);
  }

  Genotype canonical(const Genotype& genotype) const override {
    Genotype result = SearchSpace::canonical(genotype);
    for (std::size_t at = 0; at < result.answers.size(); at += per_block_) {
      int* const block = result.answers.data() + at;
      if (std::pair(block[input2], block[op2]) >= std::pair(block[input1], block[op1])) continue;
      std::swap(block[input1], block[input2]);
      std::swap(block[op1], block[op2]);
    }
    return result;
  }

  /// Every unordered pair of halves is as likely as any other: the one more draw that the second
  /// has stands for the first again.
  Genotype sample_uniform(Random& random) const override {
    Genotype result;
    result.answers.assign(decisions().size(), 0);
    for (std::size_t at = 0; at < result.answers.size(); at += per_block_) {
      int* const block = result.answers.data() + at;
      const std::size_t ops = decisions()[at + op1].options.size();
      const std::size_t halves = decisions()[at + input1].options.size() * ops;
      const std::size_t first = random.below(halves);
      const std::size_t drawn = random.below(halves + 1);
      const auto [lower, upper] = std::minmax({first, drawn == halves ? first : drawn});
      block[input1] = static_cast<int>(lower / ops);
      block[op1] = static_cast<int>(lower % ops);
      block[input2] = static_cast<int>(upper / ops);
      block[op2] = static_cast<int>(upper % ops);
      if (combinations_ > 1) block[combine] = static_cast<int>(random.below(combinations_));
    }
    return result;
  }

  std::vector<SpaceCount> counts() const override {
    const std::size_t ops = variant_.ops.size();
    BigInteger lecture{1}, cell{1}, added{1}, unordered{1};
    for (std::size_t b = 0; b < blocks_; ++b) {
      const std::size_t halves = (b + 2) * ops;
      lecture.value *= 4 * ops * ops * combinations_;
      cell.value *= halves * halves * combinations_;
      added.value *= halves * halves;
      unordered.value *= halves * (halves + 1) / 2 * combinations_;
    }
    const std::string values = fmt::format("B = {}, M = {}, N = {}", blocks_, ops, combinations_);
    const BigInteger canonical_size{variant_.one_cell ? unordered.value
                                                      : unordered.value * unordered.value};
    return {{"one cell, lecture",
             fmt::format("4^B * M^(2B) * N^B, {}: two inputs for every block", values),
             lecture.value.str()},
            {"one cell", fmt::format("product over b < B of (b+2)^2 * M^2 * N, {}", values),
             cell.value.str()},
            {"one cell, as in Radosavovic et al. 2019",
             fmt::format("product over b < B of (b+2)^2 * M^2, {}: always added", values),
             added.value.str()},
            {"canonical",
             fmt::format("product over b < B of K * (K+1) / 2 * N with K = (b+2) * M{}, {}",
                         variant_.one_cell ? "" : ", squared for two cells", values),
             canonical_size.value.str()}};
  }

  /// "normal h:sep_conv_5x5+h-1:sep_conv_3x3 … | reduction …".
  std::string text(const Genotype& genotype) const override {
    std::string result;
    for (std::size_t at = 0; at < genotype.answers.size(); at += per_block_) {
      const auto answer = [&](BlockDecision which) -> const std::string& {
        return decisions()[at + which]
            .options[static_cast<std::size_t>(genotype.answers[at + which])];
      };
      if (at % (blocks_ * per_block_) == 0) {
        const std::string& decision = decisions()[at].name;
        result += fmt::format("{}{}", at == 0 ? "" : " | ", decision.substr(0, decision.find('.')));
      }
      const bool concat = combinations_ > 1 && genotype.answers[at + combine] == 1;
      result += fmt::format(" {}:{}{}{}:{}", answer(input1), answer(op1), concat ? "," : "+",
                            answer(input2), answer(op2));
    }
    return result;
  }

 private:
  NasnetCell cell_of(const Genotype& genotype, std::size_t at) const {
    NasnetCell cell;
    for (std::size_t block = 0; block < blocks_; ++block, at += per_block_) {
      const auto answer = [&](BlockDecision which) {
        return static_cast<std::size_t>(genotype.answers[at + which]);
      };
      cell.blocks.push_back({answer(input1), answer(input2), variant_.ops[answer(op1)],
                             variant_.ops[answer(op2)], combinations_ > 1 && answer(combine) == 1});
    }
    cell.outputs = loose_ends(cell.blocks);
    if (variant_.all_blocks_out) {
      std::erase_if(cell.outputs, [](std::size_t state) { return state >= 2; });
      for (std::size_t block = 0; block < blocks_; ++block) cell.outputs.push_back(block + 2);
    }
    return cell;
  }

  NasnetCells cells_of(const Genotype& genotype) const {
    const NasnetCell first = cell_of(genotype, 0);
    return {first, variant_.one_cell ? first : cell_of(genotype, blocks_ * per_block_)};
  }

  Task task_;
  Variant variant_;
  std::size_t blocks_;
  std::size_t combinations_;  ///< that a block has to choose from
  std::size_t per_block_;     ///< decisions
  NasnetSettings settings_;
};

NamedArchitecture nasnet_a_named(const char* name, const char* what, const Task& task,
                                 const NasnetSettings& settings) {
  return {
      name, fmt::format("NASNet-A {}, without the auxiliary classifier (Zoph et al. 2017)", what),
      task, [settings](const Task& other) { return nasnet_network(nasnet_a(), settings, other); }};
}

}  // namespace

std::span<const OptionSpec> nasnet_options() { return option_table; }

std::unique_ptr<SearchSpace> make_nasnet(const Task& task, const OptionValues& options) {
  const bool imagenet = options.text("stem") == "imagenet";
  check_task(space_name, task, imagenet ? smallest_imagenet_resolution : smallest_resolution);
  const Variant& variant = variant_called(options.text("variant"));
  return std::make_unique<NasnetSpace>(task, options, variant,
                                       may_concatenate(variant, options.text("combine")));
}

SpaceEntry nasnet_space() {
  const NasnetStem imagenet = NasnetStem::imagenet;
  return {
      space_name,
      "NASNet cells: blocks that combine an op on each of two earlier states; also AmoebaNet's, "
      "PNAS' and ENAS' variants (Zoph et al. 2017).",
      nasnet_options(),
      make_nasnet,
      {nasnet_a_named("nasnet-a", "6 @ 768 for CIFAR-10", {{3, 32, 32}, 10},
                      {.repeats = 6, .filters = 32, .stem_channels = 96}),
       nasnet_a_named("nasnet-a-mobile", "4 @ 1056 for ImageNet", {{3, 224, 224}, 1000},
                      {.repeats = 4, .filters = 44, .stem_channels = 32, .stem = imagenet}),
       nasnet_a_named("nasnet-a-large", "6 @ 4032 for ImageNet", {{3, 331, 331}, 1000},
                      {.repeats = 6,
                       .filters = 168,
                       .stem_channels = 96,
                       .stem = imagenet,
                       .skip_reduction_input = true})}};
}

}  // namespace nas
