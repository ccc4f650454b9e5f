#include "search_spaces/nasrl.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"
#include "search_spaces/product_space.hpp"

namespace nas {
namespace {

constexpr std::array<std::int64_t, 4> sides = {1, 3, 5, 7};
constexpr std::array<std::int64_t, 4> published_filters = {24, 36, 48, 64};
constexpr std::array<std::int64_t, 4> small_filters = {8, 16, 24, 32};
constexpr std::array<std::int64_t, 3> strides = {1, 2, 3};
constexpr std::size_t published_layers = 15;
constexpr std::size_t small_layers = 6;

constexpr OptionSpec option_table[] = {
    {"preset", OptionType::choice, "small", "Filters for 28x28 and 32x32, or the paper's.", 0, 0,
     "small|published"},
    {"layers", OptionType::integer, "0", "Convolutions; 0: the preset's (6, 15).", 0, 40},
    {"strides", OptionType::boolean, "false", "Search the layers' strides too."},
};

template <typename Values>
std::vector<std::string> texts(const Values& values) {
  std::vector<std::string> result;
  result.reserve(values.size());
  for (const std::int64_t value : values) result.push_back(std::to_string(value));
  return result;
}

/// An output that others may read.
struct Feature {
  NodeId node;
  std::string label;  ///< "3c36": of layer 3, 36 channels
};

/// Zeros at the bottom and on the right until the image has the given size.
NodeId padded(Architecture& net, NodeId node, std::int64_t height, std::int64_t width,
              const std::string& name) {
  const Shape shape = net.shape(node);
  if (shape.height == height && shape.width == width) return node;
  return net.add(Op(OpKind::shift)
                     .set("bottom", static_cast<double>(height - shape.height))
                     .set("right", static_cast<double>(width - shape.width)),
                 {node}, name);
}

/// Along the channels. The label names what went in.
Feature joined(Architecture& net, const std::vector<Feature>& features, const std::string& name) {
  Feature result = features.front();
  std::int64_t height = 0, width = 0;
  for (const Feature& feature : features) {
    height = std::max(height, net.shape(feature.node).height);
    width = std::max(width, net.shape(feature.node).width);
  }
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < features.size(); ++i) {
    nodes.push_back(padded(net, features[i].node, height, width, fmt::format("{}.pad{}", name, i)));
    if (i > 0) result.label += "-" + features[i].label;
  }
  result.node =
      nodes.size() == 1 ? nodes.front() : net.add(Op(OpKind::concat), nodes, name + ".concat");
  return result;
}

class NasRl final : public ProductSpace {
 public:
  NasRl(const Task& task, const OptionValues& options)
      : ProductSpace("nasrl"), task_(task), strided_(options.boolean("strides")) {
    const bool published = options.text("preset") == "published";
    filters_ = published ? published_filters : small_filters;
    layers_ = static_cast<std::size_t>(options.integer("layers"));
    if (layers_ == 0) layers_ = published ? published_layers : small_layers;
    for (std::size_t layer = 1; layer <= layers_; ++layer) add_decisions(layer);
  }

  /// Decisions are independent: this is uniform over networks.
  Genotype sample_uniform(Random& random) const override { return sample(random); }

  Architecture build(const Genotype& genotype) const override {
    validate(genotype);
    auto answer = genotype.answers.begin();
    const auto next = [&](const auto& values) {
      return values[static_cast<std::size_t>(*answer++)];
    };
    Architecture net;
    const Feature image{net.add(input_op(task_.input), {}, "image"), "image"};
    std::vector<Feature> features;
    std::vector<bool> read(layers_, false);
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      const std::string name = fmt::format("layer{}", layer + 1);
      const std::int64_t height = next(sides), width = next(sides), filters = next(filters_);
      const std::int64_t stride = strided_ ? next(strides) : 1;
      std::vector<Feature> inputs;
      for (std::size_t from = 0; from < layer; ++from) {
        if (*answer++ == 0) continue;
        inputs.push_back(features[from]);
        read[from] = true;
      }
      if (inputs.empty()) inputs.push_back(image);
      const Feature input = joined(net, inputs, name);
      const std::string weights =
          fmt::format("{}.{}x{}n{}.{}", name, height, width, filters, input.label);
      const NodeId node = add_layer(net, input.node, weights, filters, {height, width}, stride);
      features.push_back({node, fmt::format("{}c{}", layer + 1, filters)});
    }
    std::vector<Feature> ends;
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      if (!read[layer]) ends.push_back(features[layer]);
    }
    const Feature last = joined(net, ends, "end");
    const NodeId pooled = net.add(Op(OpKind::global_average_pool), {last.node}, "pool");
    net.mark_output(net.add(linear(task_.classes), {pooled}, "classifier." + last.label));
    return net;
  }

 private:
  struct Filter {
    std::int64_t height;
    std::int64_t width;
  };

  static NodeId add_layer(Architecture& net, NodeId input, const std::string& name,
                          std::int64_t channels, Filter filter, std::int64_t stride) {
    const std::int64_t padding_h = filter.height / 2;
    const std::int64_t padding_w = filter.width / 2;
    Op op = convolution({.out_channels = channels, .stride = stride});
    op.set("kernel_h", static_cast<double>(filter.height))
        .set("kernel_w", static_cast<double>(filter.width))
        .set("padding_h", static_cast<double>(padding_h))
        .set("padding_w", static_cast<double>(padding_w));
    NodeId x = net.add(op, {input}, name);
    x = net.add(Op(OpKind::batch_norm), {x}, name + ".norm");
    return net.add(Op(OpKind::relu), {x}, name + ".activation");
  }

  void add_decisions(std::size_t layer) {
    const std::string prefix = fmt::format("layer{}.", layer);
    decisions_.push_back({prefix + "height", texts(sides), true});
    decisions_.push_back({prefix + "width", texts(sides), true});
    decisions_.push_back({prefix + "filters", texts(filters_), true});
    if (strided_) decisions_.push_back({prefix + "stride", texts(strides), true});
    for (std::size_t from = 1; from < layer; ++from) {
      decisions_.push_back({fmt::format("{}from{}", prefix, from), {"no", "yes"}, false});
    }
  }

  Task task_;
  bool strided_;
  std::size_t layers_ = 0;
  std::array<std::int64_t, 4> filters_{};
};

std::unique_ptr<SearchSpace> make_nasrl(const Task& task, const OptionValues& options) {
  return std::make_unique<NasRl>(task, options);
}

}  // namespace

SpaceEntry nasrl_space() {
  return {
      "nasrl",
      "Convolutions with searched filter height, width and number, and skip connections between "
      "any two of them.",
      option_table, make_nasrl};
}

}  // namespace nas
