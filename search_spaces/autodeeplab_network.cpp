#include "search_spaces/autodeeplab_network.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"

namespace nas {
namespace {

constexpr std::int64_t atrous_rate = 2;
/// Rate of the head's convolution times the stride of the level (Liu et al. 2019, section 3.3).
constexpr std::int64_t head_reach = 96;
constexpr std::int64_t stem_kernel = 3;
constexpr std::int64_t reduction_kernel = 3;

Op bilinear(const Shape& size) {
  return Op(OpKind::upsample)
      .set("height", static_cast<double>(size.height))
      .set("width", static_cast<double>(size.width))
      .set("bilinear", 1);
}

/// What layers read of one another.
struct Feature {
  NodeId node = 0;
  int level = 0;      ///< -1: behind the first layer of the stem
  std::string label;  ///< for names of weights: where it comes from
};

class Builder {
 public:
  Builder(const SegmentationNetwork& network, const Task& task) : network_(network), task_(task) {}

  Architecture built() {
    const NodeId image = net_.add(input_op(task_.input), {}, "image");
    const std::int64_t width = channels(0) * static_cast<std::int64_t>(network_.blocks.size());
    const auto stem = [&](NodeId input, const std::string& name, std::int64_t out) {
      return add_convolution_block(net_, input, name,
                                   {.out_channels = out, .kernel = stem_kernel, .stride = 2}, {});
    };
    const Feature first{stem(image, "stem1", std::max<std::int64_t>(1, width / 2)), -1, "stem1"};
    std::vector<Feature> features = {first, {0, 0, "stem2"}};
    const std::vector<bool> needed = needed_layers();
    if (needed[1]) features[1].node = stem(first.node, "stem2", width);
    for (std::size_t layer = 0; layer < network_.levels.size(); ++layer) {
      features.push_back({0, network_.levels[layer], fmt::format("s{}", stride(layer))});
      if (!needed[layer + 2]) continue;
      features.back().node = add_cell(layer, features[layer], features[layer + 1]);
    }
    add_head(features.back());
    return std::move(net_);
  }

 private:
  std::int64_t channels(int level) const { return network_.filters << level; }
  std::int64_t stride(std::size_t layer) const { return level_stride(network_.levels[layer]); }

  Shape image_on(int level) const {
    const std::int64_t stride = level_stride(level);
    return {channels(level), (task_.input.height + stride - 1) / stride,
            (task_.input.width + stride - 1) / stride};
  }

  /// Of both layers of the stem and all others, whether the last one depends on it. All cells read
  /// the same of the two layers before.
  std::vector<bool> needed_layers() const {
    bool reads[2] = {false, false};
    for (const SegmentationBlock& block : network_.blocks) {
      for (const SegmentationSlot& slot : block) {
        if (slot.input < 2) reads[slot.input] = true;
      }
    }
    std::vector<bool> needed(network_.levels.size() + 2, false);
    needed.back() = true;
    for (std::size_t layer = needed.size(); layer-- > 2;) {
      if (!needed[layer]) continue;
      for (const std::size_t input : {0U, 1U}) {
        if (reads[input]) needed[layer - 2 + input] = true;
      }
    }
    return needed;
  }

  /// With a block's channels, on the level of the cell.
  NodeId adapted(const Feature& feature, int level, const std::string& name) {
    NodeId x = feature.node;
    for (int from = feature.level; from < level; ++from) {
      const std::string step = fmt::format("{}.from-{}.half{}", name, feature.label, level - from);
      const std::int64_t out = from + 1 < level ? net_.shape(x).channels : channels(level);
      x = add_relu_convolution_norm(net_, x, step,
                                    {.out_channels = out, .kernel = reduction_kernel, .stride = 2});
    }
    if (feature.level < level) return x;
    if (feature.level > level) {
      x = net_.add(bilinear(image_on(level)), {x}, name + ".upsample");
    }
    return add_relu_convolution_norm(net_, x, fmt::format("{}.from-{}", name, feature.label),
                                     {.out_channels = channels(level)});
  }

  NodeId add_op(NodeId input, const std::string& name, SegmentationOp op) {
    const std::int64_t width = net_.shape(input).channels;
    switch (op) {
      case SegmentationOp::sep3:
        return add_separable_convolution(net_, input, name, {.out_channels = width, .kernel = 3});
      case SegmentationOp::sep5:
        return add_separable_convolution(net_, input, name, {.out_channels = width, .kernel = 5});
      case SegmentationOp::atrous3:
        return add_dilated_convolution(
            net_, input, name, {.out_channels = width, .kernel = 3, .dilation = atrous_rate});
      case SegmentationOp::atrous5:
        return add_dilated_convolution(
            net_, input, name, {.out_channels = width, .kernel = 5, .dilation = atrous_rate});
      case SegmentationOp::avg3:
        return net_.add(average_pool(3, 1), {input}, name);
      case SegmentationOp::max3:
        return net_.add(max_pool(3, 1), {input}, name);
      case SegmentationOp::skip:
        return net_.add(Op(OpKind::identity), {input}, name);
      case SegmentationOp::zero:
        return net_.add(Op(OpKind::zero), {input}, name);
    }
    return input;
  }

  NodeId add_cell(std::size_t layer, const Feature& before_last, const Feature& last) {
    const int level = network_.levels[layer];
    const std::string cell = fmt::format("layer{}.s{}", layer + 1, stride(layer));
    const Feature* const outside[] = {&before_last, &last};
    const char* const names[] = {"before-last", "last"};
    std::vector<std::optional<NodeId>> inputs(2);
    for (std::size_t b = 0; b < network_.blocks.size(); ++b) {
      std::vector<NodeId> terms;
      for (std::size_t s = 0; s < network_.blocks[b].size(); ++s) {
        const SegmentationSlot& slot = network_.blocks[b][s];
        if (!inputs[slot.input]) {
          inputs[slot.input] =
              adapted(*outside[slot.input], level, fmt::format("{}.{}", cell, names[slot.input]));
        }
        terms.push_back(add_op(*inputs[slot.input],
                               fmt::format("{}.block{}.slot{}.{}of{}", cell, b + 1, s + 1,
                                           op_name(slot.op), slot.input),
                               slot.op));
      }
      inputs.push_back(
          net_.add(Op(OpKind::add), terms, fmt::format("{}.block{}.add", cell, b + 1)));
    }
    std::vector<NodeId> blocks;
    for (std::size_t b = 2; b < inputs.size(); ++b) blocks.push_back(*inputs[b]);
    return blocks.size() == 1 ? blocks[0] : net_.add(Op(OpKind::concat), blocks, cell + ".concat");
  }

  void add_head(const Feature& feature) {
    const std::int64_t step = level_stride(feature.level);
    const std::string head = fmt::format("head.s{}", step);
    const std::int64_t width = network_.head_channels;
    const NodeId point =
        add_convolution_block(net_, feature.node, head + ".point", {.out_channels = width}, {});
    const NodeId atrous =
        add_convolution_block(net_, feature.node, head + ".atrous",
                              {.out_channels = width,
                               .kernel = 3,
                               .dilation = std::max<std::int64_t>(1, head_reach / step)},
                              {});
    NodeId mean = net_.add(Op(OpKind::global_average_pool), {feature.node}, head + ".mean");
    mean = add_convolution_block(net_, mean, head + ".image", {.out_channels = width}, {});
    mean = net_.add(bilinear(net_.shape(point)), {mean}, head + ".image.upsample");
    NodeId x = net_.add(Op(OpKind::concat), {point, atrous, mean}, head + ".concat");
    x = net_.add(convolution({.out_channels = task_.classes, .bias = true}), {x},
                 head + ".classifier");
    net_.mark_output(net_.add(bilinear(task_.input), {x}, "upsample"));
  }

  const SegmentationNetwork& network_;
  const Task& task_;
  Architecture net_;
};

}  // namespace

std::string_view op_name(SegmentationOp op) {
  constexpr std::array<std::string_view, segmentation_ops.size()> names = {
      "sep3", "sep5", "atrous3", "atrous5", "avg3", "max3", "skip", "zero"};
  return names[static_cast<std::size_t>(op)];
}

Architecture build_segmentation_network(const SegmentationNetwork& network, const Task& task) {
  return Builder(network, task).built();
}

}  // namespace nas
