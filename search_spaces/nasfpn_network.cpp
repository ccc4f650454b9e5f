#include "search_spaces/nasfpn_network.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

constexpr std::int64_t finest_stride = 8;
constexpr std::int64_t coarsest_stage_stride = 32;

/// A member of the pool.
struct Feature {
  NodeId node;
  std::size_t level;
  bool read = false;
};

class Pyramid {
 public:
  Pyramid(Architecture& net, const std::vector<NodeId>& inputs, GatePooling gate,
          const std::string& name)
      : net_(net), gate_(gate), name_(name) {
    for (std::size_t level = 0; level < inputs.size(); ++level) {
      shapes_.push_back(net.shape(inputs[level]));
      pool_.push_back({inputs[level], level});
    }
  }

  std::vector<NodeId> outputs(const std::vector<Merge>& merges) {
    const std::size_t levels = shapes_.size();
    std::vector<NodeId> result(levels);
    std::vector<bool> taken(levels, false);
    for (std::size_t cell = 0; cell < merges.size(); ++cell) {
      const Merge& merge = merges[cell];
      if (std::max(merge.first, merge.second) >= pool_.size() || merge.first == merge.second ||
          merge.level >= levels) {
        throw Error(
            ErrorKind::space,
            fmt::format("merging cell {} reads features {} and {} for level {}; it has {} "
                        "features and {} levels, and needs two features",
                        cell + 1, merge.first, merge.second, merge.level, pool_.size(), levels));
      }
      const bool is_output = cell + levels >= merges.size();
      pool_.push_back({add_cell(merge, cell, is_output), merge.level});
      if (!is_output) continue;
      if (taken[merge.level]) {
        throw Error(ErrorKind::space, fmt::format("merging cell {} gives a second output on level "
                                                  "{}",
                                                  cell + 1, merge.level));
      }
      taken[merge.level] = true;
      result[merge.level] = pool_.back().node;
    }
    return result;
  }

 private:
  NodeId add_cell(const Merge& merge, std::size_t cell, bool is_output) {
    const std::string name =
        fmt::format("{}cell{}.l{}.{}.{}-{}", name_, cell + 1, merge.level,
                    merge.op == MergeOp::sum ? "sum" : "attention", merge.first, merge.second);
    // The coarser one is the gate.
    const bool swap = pool_[merge.second].level > pool_[merge.first].level;
    const NodeId gate = at_level(swap ? merge.second : merge.first, merge.level, name + ".a");
    const NodeId other = at_level(swap ? merge.first : merge.second, merge.level, name + ".b");
    NodeId x = add_merge(merge.op, gate, other, name);
    if (is_output) x = with_leftovers(x, merge.level, name);
    x = net_.add(Op(OpKind::relu), {x}, name + ".activation");
    return add_convolution_norm(net_, x, name,
                                {.out_channels = net_.shape(x).channels, .kernel = 3});
  }

  NodeId at_level(std::size_t feature, std::size_t level, const std::string& name) {
    Feature& source = pool_[feature];
    source.read = true;
    if (source.level < level) {
      return add_downsampling(net_, source.node, name + ".down", level - source.level);
    }
    if (source.level == level) return source.node;
    return net_.add(Op(OpKind::upsample)
                        .set("height", static_cast<double>(shapes_[level].height))
                        .set("width", static_cast<double>(shapes_[level].width)),
                    {source.node}, name + ".up");
  }

  NodeId add_merge(MergeOp op, NodeId gate, NodeId other, const std::string& name) {
    if (op == MergeOp::attention) {
      const OpKind pooling =
          gate_ == GatePooling::max ? OpKind::global_max_pool : OpKind::global_average_pool;
      NodeId factors = net_.add(Op(pooling), {gate}, name + ".pool");
      factors = net_.add(Op(OpKind::sigmoid), {factors}, name + ".gate");
      other = net_.add(Op(OpKind::scale), {other, factors}, name + ".scale");
    }
    return net_.add(Op(OpKind::add), {gate, other}, name + ".merge");
  }

  NodeId with_leftovers(NodeId x, std::size_t level, const std::string& name) {
    std::vector<NodeId> terms = {x};
    for (Feature& feature : pool_) {
      if (feature.read || feature.level != level) continue;
      feature.read = true;
      terms.push_back(feature.node);
    }
    return terms.size() == 1 ? x : net_.add(Op(OpKind::add), terms, name + ".leftovers");
  }

  Architecture& net_;
  GatePooling gate_;
  std::string name_;
  std::vector<Shape> shapes_;  ///< of the levels
  std::vector<Feature> pool_;
};

NodeId add_residual_stage(Architecture& net, NodeId input, const std::string& name,
                          std::int64_t channels, std::int64_t stride) {
  NodeId x = add_convolution_block(net, input, name + ".first",
                                   {.out_channels = channels, .kernel = 3, .stride = stride}, {});
  x = add_convolution_block(net, x, name + ".second", {.out_channels = channels, .kernel = 3},
                            {.present = false});
  NodeId shortcut = input;
  if (net.shape(x) != net.shape(input)) {
    shortcut =
        add_convolution_block(net, input, name + ".projection",
                              {.out_channels = channels, .stride = stride}, {.present = false});
  }
  x = net.add(Op(OpKind::add), {shortcut, x}, name + ".add");
  return net.add(Op(OpKind::relu), {x}, name + ".activation");
}

void mark_pyramid(Architecture& net, const std::vector<NodeId>& inputs,
                  const FeaturePyramid& pyramid) {
  for (const NodeId output : add_feature_pyramid(net, inputs, pyramid)) net.mark_output(output);
}

}  // namespace

FeaturePyramid found_pyramid() {
  return {.merges = {{1, 3, 1, MergeOp::attention},
                     {1, 5, 1, MergeOp::sum},
                     {0, 6, 0, MergeOp::sum},
                     {6, 7, 1, MergeOp::sum},
                     {7, 8, 2, MergeOp::attention},
                     {6, 9, 4, MergeOp::attention},
                     {9, 10, 3, MergeOp::attention}}};
}

std::vector<NodeId> add_feature_pyramid(Architecture& net, const std::vector<NodeId>& inputs,
                                        const FeaturePyramid& pyramid) {
  std::vector<NodeId> features = inputs;
  for (std::size_t repeat = 1; repeat <= pyramid.repeats; ++repeat) {
    features = Pyramid(net, features, pyramid.gate, fmt::format("repeat{}.", repeat))
                   .outputs(pyramid.merges);
  }
  return features;
}

NodeId add_downsampling(Architecture& net, NodeId input, const std::string& name,
                        std::size_t halvings) {
  const std::int64_t factor = std::int64_t{1} << halvings;
  // So many pixels are missing to whole windows; half of them, rounded up, before the first.
  const auto padding = [&](std::int64_t side) {
    const std::int64_t before = ((factor - side % factor) % factor + 1) / 2;
    return static_cast<double>(before);
  };
  const Shape& shape = net.shape(input);
  const auto size = static_cast<double>(factor);
  return net.add(Op(OpKind::max_pool)
                     .set("kernel_h", size)
                     .set("kernel_w", size)
                     .set("stride_h", size)
                     .set("stride_w", size)
                     .set("padding_h", padding(shape.height))
                     .set("padding_w", padding(shape.width)),
                 {input}, name);
}

Architecture pyramid_alone(const FeaturePyramid& pyramid, std::size_t levels, const Shape& finest) {
  Architecture net;
  std::vector<NodeId> inputs;
  Shape shape = finest;
  for (std::size_t level = 0; level < levels; ++level) {
    inputs.push_back(net.add(input_op(shape), {}, fmt::format("stride{}", finest_stride << level)));
    shape = {shape.channels, (shape.height + 1) / 2, (shape.width + 1) / 2};
  }
  mark_pyramid(net, inputs, pyramid);
  return net;
}

Architecture pyramid_on_backbone(const FeaturePyramid& pyramid, const PyramidBackbone& backbone,
                                 const Task& task) {
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  std::int64_t channels = backbone.stem_channels;
  x = add_convolution_block(net, x, "stem", {.out_channels = channels, .kernel = 3, .stride = 2},
                            {});
  x = add_residual_stage(net, x, "stage4", channels, 2);
  std::vector<NodeId> features;
  for (std::size_t level = 0; level < backbone.levels; ++level) {
    const std::int64_t stride = finest_stride << level;
    if (stride > coarsest_stage_stride) {
      features.push_back(
          add_downsampling(net, features.back(), fmt::format("stride{}", stride), 1));
      continue;
    }
    channels *= 2;
    x = add_residual_stage(net, x, fmt::format("stage{}", stride), channels, 2);
    features.push_back(add_convolution_norm(net, x, fmt::format("stride{}", stride),
                                            {.out_channels = backbone.channels}));
  }
  mark_pyramid(net, features, pyramid);
  return net;
}

}  // namespace nas
