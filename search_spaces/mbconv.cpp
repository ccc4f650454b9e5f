#include "search_spaces/mbconv.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"
#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"

namespace nas {
namespace {

constexpr std::array<std::int64_t, 6> base_widths = {24, 40, 64, 96, 160, 256};
constexpr std::int64_t base_stem_width = 16;
constexpr std::array<double, 3> width_factors = {0.5, 1.0, 1.5};
constexpr std::array<std::int64_t, 3> kernels = {3, 5, 7};
constexpr std::array<std::int64_t, 3> expansions = {1, 3, 6};
constexpr std::array<std::int64_t, 2> se_divisors = {0, 4};  // hidden = input channels / divisor
constexpr std::int64_t smallest_resolution = 4;
constexpr std::int64_t final_resolution = 7;
constexpr int halvings_with_strided_stem = 3;

/// Where a layer's four decisions stand, from its first.
enum LayerDecision : std::size_t { kernel, expansion, se, skip, layer_decisions };
/// Where a stage's own decisions stand, from its first; its layers follow.
enum StageDecision : std::size_t { depth, width, stage_decisions };

constexpr OptionSpec option_table[] = {
    {"max_depth", OptionType::integer, "4", "Most layers in a stage.", 1, 8},
    {"width", OptionType::real, "1", "Factor on all channel counts.", 0.25, 4},
    {"activation", OptionType::choice, "relu",
     "Activation after every batch norm but the linear ones.", 0, 0, "relu|relu6|swish|h_swish"},
};

int halvings(const Shape& input) {
  const auto side = static_cast<double>(std::min(input.height, input.width));
  return std::max(0, static_cast<int>(std::floor(std::log2(side / final_resolution))));
}

template <typename Values>
std::vector<std::string> names(const Values& values) {
  std::vector<std::string> result;
  for (const auto& value : values) result.push_back(fmt::format("{}", value));
  return result;
}

class MbConv final : public SearchSpace {
 public:
  MbConv(const Task& task, const OptionValues& options)
      : task_(task),
        max_depth_(static_cast<std::size_t>(options.integer("max_depth"))),
        width_factor_(options.real("width")),
        activation_(op_kind(options.text("activation"))) {
    const int n = halvings(task.input);
    stem_stride_ = n >= halvings_with_strided_stem ? 2 : 1;
    strided_stages_ = static_cast<std::size_t>(n) - (stem_stride_ == 2 ? 1 : 0);
    strided_stages_ = std::min(strided_stages_, base_widths.size() - 1);
    stages_ = strided_stages_ + 1;
    add_decisions();
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }

  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    std::vector<bool> open(decisions_[i].options.size(), true);
    if (i == 0) return open;
    const std::size_t stage = (i - 1) / decisions_per_stage();
    const std::size_t place = (i - 1) % decisions_per_stage();
    if (place < stage_decisions) return open;
    const std::size_t layer = (place - stage_decisions) / layer_decisions;
    const std::size_t which = (place - stage_decisions) % layer_decisions;
    const bool exists = layer < layers(genotype, stage);
    if (!exists || (which == skip && layer == 0)) {
      open.assign(open.size(), false);
      open[0] = true;
    }
    return open;
  }

  std::optional<BigInteger> size() const override {
    const std::size_t per_layer = kernels.size() * expansions.size() * se_divisors.size();
    boost::multiprecision::cpp_int chain = per_layer, stage = 0, total = width_factors.size();
    for (std::size_t d = 0; d < max_depth_; ++d, chain *= 2 * per_layer) stage += chain;
    for (std::size_t s = 0; s < stages_; ++s) total *= width_factors.size() * stage;
    return BigInteger{total};
  }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    const Activation activation{true, activation_};
    Architecture net;
    NodeId x = net.add(input_op(task_.input), {}, "image");
    x = add_convolution_block(net, x, "stem",
                              {.out_channels = widths(base_stem_width)[answer(genotype, 0)],
                               .kernel = 3,
                               .stride = stem_stride_},
                              activation);
    for (std::size_t stage = 0; stage < stages_; ++stage) x = add_stage(net, x, genotype, stage);
    const std::int64_t head = std::max<std::int64_t>(64, 2 * net.shape(x).channels);
    x = add_convolution_block(net, x, "head", {.out_channels = head}, activation);
    add_classifier(net, x, task_.classes);
    return net;
  }

 private:
  std::size_t decisions_per_stage() const { return stage_decisions + max_depth_ * layer_decisions; }
  std::size_t stage_start(std::size_t stage) const { return 1 + stage * decisions_per_stage(); }
  static std::size_t answer(const Genotype& genotype, std::size_t i) {
    return static_cast<std::size_t>(genotype.answers[i]);
  }
  std::size_t layers(const Genotype& genotype, std::size_t stage) const {
    return answer(genotype, stage_start(stage) + depth) + 1;
  }
  std::vector<std::int64_t> widths(std::int64_t base) const {
    std::vector<std::int64_t> result;
    for (const double factor : width_factors) {
      result.push_back(round_channels(factor * width_factor_ * static_cast<double>(base)));
    }
    return result;
  }

  void add_decisions() {
    decisions_.push_back({"stem.width", names(widths(base_stem_width)), true});
    for (std::size_t stage = 0; stage < stages_; ++stage) {
      const std::string prefix = fmt::format("stage{}.", stage + 1);
      std::vector<std::string> depths;
      for (std::size_t d = 1; d <= max_depth_; ++d) depths.push_back(std::to_string(d));
      decisions_.push_back({prefix + "depth", depths, true});
      decisions_.push_back({prefix + "width", names(widths(base_widths[stage])), true});
      for (std::size_t layer = 0; layer < max_depth_; ++layer) {
        const std::string at = fmt::format("{}layer{}.", prefix, layer + 1);
        decisions_.push_back({at + "kernel", names(kernels), true});
        decisions_.push_back({at + "expansion", names(expansions), true});
        decisions_.push_back({at + "se", {"0", "0.25"}, true});
        decisions_.push_back({at + "skip", {"none", "identity"}, false});
      }
    }
  }

  NodeId add_stage(Architecture& net, NodeId x, const Genotype& genotype, std::size_t stage) const {
    const std::size_t start = stage_start(stage);
    const std::int64_t channels = widths(base_widths[stage])[answer(genotype, start + width)];
    for (std::size_t layer = 0; layer < layers(genotype, stage); ++layer) {
      const std::size_t at = start + stage_decisions + layer * layer_decisions;
      const std::int64_t divisor = se_divisors[answer(genotype, at + se)];
      const std::int64_t in_channels = net.shape(x).channels;
      x = add_inverted_bottleneck(
          net, x, fmt::format("stage{}.layer{}", stage + 1, layer + 1),
          {.out_channels = channels,
           .expansion = expansions[answer(genotype, at + expansion)],
           .kernel = kernels[answer(genotype, at + kernel)],
           .stride = layer == 0 && stage < strided_stages_ ? 2 : 1,
           .activation = activation_,
           .se_hidden = divisor == 0 ? 0 : std::max<std::int64_t>(1, in_channels / divisor),
           .residual = answer(genotype, at + skip) == 1});
    }
    return x;
  }

  std::string name_ = "mbconv";
  Task task_;
  std::size_t max_depth_;
  double width_factor_;
  OpKind activation_;
  std::int64_t stem_stride_ = 1;
  std::size_t strided_stages_ = 0;
  std::size_t stages_ = 1;
  std::vector<Decision> decisions_;
};

}  // namespace

std::span<const OptionSpec> mbconv_options() { return option_table; }

std::unique_ptr<SearchSpace> make_mbconv(const Task& task, const OptionValues& options) {
  if (std::min(task.input.height, task.input.width) < smallest_resolution) {
    throw Error(ErrorKind::space,
                fmt::format("space 'mbconv' needs images of at least {0}x{0} pixels, not '{1}'",
                            smallest_resolution, task.input.text()));
  }
  if (task.classes < 2) {
    throw Error(ErrorKind::space,
                fmt::format("space 'mbconv' needs at least 2 classes, not '{}'", task.classes));
  }
  return std::make_unique<MbConv>(task, options);
}

}  // namespace nas
