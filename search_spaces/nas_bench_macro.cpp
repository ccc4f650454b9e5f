#include "search_spaces/nas_bench_macro.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"
#include "search_spaces/product_space.hpp"
#include "search_spaces/space_options.hpp"

namespace nas {
namespace {

constexpr const char* space_name = "nasbench-macro";
constexpr std::array<std::size_t, 3> stages = {2, 3, 3};
constexpr std::size_t layers = 8;
constexpr std::int64_t smallest_resolution = 8;  // halved three times

/// What the options of a layer are, from the second on.
struct Bottleneck {
  std::int64_t expansion, kernel;
};
constexpr std::array<Bottleneck, 2> bottlenecks = {{{3, 3}, {6, 5}}};
constexpr int identity = 0;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Widths for small machines, or the paper's.", 0, 0,
     preset_choices},
    {"channels", OptionType::integer, "0", "Channels of the stem; 0: the preset's.", 0, 512},
    {"head", OptionType::integer, "0", "Channels of the last convolution; 0: the preset's.", 0,
     8192},
};

std::vector<Decision> layer_decisions() {
  std::vector<std::string> options = {"identity"};
  for (const Bottleneck& block : bottlenecks) {
    options.push_back(fmt::format("mbconv_e{}_k{}", block.expansion, block.kernel));
  }
  std::vector<Decision> result;
  for (std::size_t layer = 1; layer <= layers; ++layer) {
    result.push_back({fmt::format("layer{}", layer), options, true});
  }
  return result;
}

class NasBenchMacro final : public ProductSpace {
 public:
  NasBenchMacro(const Task& task, const OptionValues& options)
      : ProductSpace(space_name, layer_decisions()),
        task_(task),
        channels_(preset_value(options, "channels", {.small = 8, .published = 32})),
        head_(preset_value(options, "head", {.small = 64, .published = 1280})) {}

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    const Genotype chain = canonical(genotype);
    Architecture net;
    NodeId x = net.add(input_op(task_.input), {}, "image");
    x = add_convolution_block(net, x, "stem", {.out_channels = channels_, .kernel = 3}, {});
    std::size_t layer = 0;
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
      for (std::size_t place = 0; place < stages[stage]; ++place, ++layer) {
        x = add_layer(net, x, fmt::format("layer{}", layer + 1), chain.answers[layer],
                      {.out_channels = channels_ << (stage + 1), .stride = place == 0 ? 2 : 1});
      }
    }
    x = add_convolution_block(net, x, "head", {.out_channels = head_}, {});
    add_classifier(net, x, task_.classes);
    return net;
  }

  Genotype canonical(const Genotype& genotype) const override {
    Genotype result = SearchSpace::canonical(genotype);
    auto begin = result.answers.begin();
    for (const std::size_t length : stages) {
      const auto end = begin + static_cast<std::ptrdiff_t>(length);
      std::stable_partition(begin + 1, end, [](int answer) { return answer != identity; });
      begin = end;
    }
    return result;
  }

  std::vector<SpaceCount> counts() const override {
    return {{"canonical", "3 * (1 + 2) * (3 * (1 + 2 + 4))^2, identities last in their stage",
             std::to_string(9 * 21 * 21)}};
  }

  /// "00120012", a digit for each layer, as in the benchmark's tables.
  std::string text(const Genotype& genotype) const override {
    std::string result;
    for (const int answer : genotype.answers) result += std::to_string(answer);
    return result;
  }

 private:
  struct Layer {
    std::int64_t out_channels;
    std::int64_t stride;
  };
  static NodeId add_layer(Architecture& net, NodeId x, const std::string& name, int answer,
                          const Layer& layer) {
    if (answer != identity) {
      const Bottleneck& block = bottlenecks.at(static_cast<std::size_t>(answer - 1));
      return add_inverted_bottleneck(net, x,
                                     fmt::format("{}.e{}k{}", name, block.expansion, block.kernel),
                                     {.out_channels = layer.out_channels,
                                      .expansion = block.expansion,
                                      .kernel = block.kernel,
                                      .stride = layer.stride,
                                      .activation = OpKind::relu});
    }
    if (layer.stride == 1) return x;
    return add_convolution_block(net, x, name + ".identity",
                                 {.out_channels = layer.out_channels, .stride = layer.stride},
                                 {.present = false});
  }

  Task task_;
  std::int64_t channels_;
  std::int64_t head_;
};

}  // namespace

std::span<const OptionSpec> nas_bench_macro_options() { return option_table; }

std::unique_ptr<SearchSpace> make_nas_bench_macro(const Task& task, const OptionValues& options) {
  check_task(space_name, task, smallest_resolution);
  return std::make_unique<NasBenchMacro>(task, options);
}

SpaceEntry nas_bench_macro_space() {
  return {space_name,
          "NAS-Bench-Macro: identity or one of two inverted bottlenecks in each of eight layers "
          "(Su et al. 2021).",
          nas_bench_macro_options(), make_nas_bench_macro};
}

}  // namespace nas
