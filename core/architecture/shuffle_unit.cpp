#include "core/architecture/shuffle_unit.hpp"

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

/// The parts of one unit, which share its network and settings.
class Builder {
 public:
  Builder(Architecture& net, std::string name, const ShuffleUnit& unit)
      : net_(net),
        name_(std::move(name)),
        unit_(unit),
        width_(unit.branch_channels > 0 ? unit.branch_channels : unit.out_channels / 2) {}

  NodeId slice(NodeId x, const std::string& part, std::int64_t begin, std::int64_t count) {
    return net_.add(Op(OpKind::slice)
                        .set("begin", static_cast<double>(begin))
                        .set("count", static_cast<double>(count)),
                    {x}, name_ + part);
  }

  NodeId shuffle(NodeId x, std::int64_t groups) {
    return net_.add(Op(OpKind::channel_shuffle).set("groups", static_cast<double>(groups)), {x},
                    name_ + ".shuffle");
  }

  NodeId concat(NodeId first, NodeId second) {
    return net_.add(Op(OpKind::concat), {first, second}, name_ + ".concat");
  }

  /// Beside the main branch at stride 2.
  NodeId side_branch(NodeId x, std::int64_t out) {
    return pointwise(depthwise(x, ".side.depthwise", unit_.kernel, unit_.stride), ".side.pointwise",
                     out);
  }

  NodeId main_branch(NodeId x, std::int64_t out) {
    if (unit_.xception) return xception_branch(x, out);
    x = pointwise(x, ".main.reduce", width_);
    x = depthwise(x, ".main.depthwise", unit_.kernel, unit_.stride);
    return pointwise(x, ".main.expand", out);
  }

 private:
  NodeId xception_branch(NodeId x, std::int64_t out) {
    constexpr std::int64_t kernel = 3;
    x = depthwise(x, ".main.depthwise0", kernel, unit_.stride);
    x = pointwise(x, ".main.pointwise0", width_);
    x = depthwise(x, ".main.depthwise1", kernel, 1);
    x = pointwise(x, ".main.pointwise1", width_);
    x = depthwise(x, ".main.depthwise2", kernel, 1);
    return pointwise(x, ".main.pointwise2", out);
  }

  /// No activation follows.
  NodeId depthwise(NodeId x, const std::string& part, std::int64_t kernel, std::int64_t stride) {
    const std::int64_t channels = net_.shape(x).channels;
    return add_convolution_norm(
        net_, x, name_ + part,
        {.out_channels = channels, .kernel = kernel, .stride = stride, .groups = channels},
        unit_.affine);
  }

  NodeId pointwise(NodeId x, const std::string& part, std::int64_t out) {
    x = add_convolution_norm(net_, x, name_ + part, {.out_channels = out}, unit_.affine);
    return net_.add(Op(OpKind::relu), {x}, name_ + part + ".activation");
  }

  Architecture& net_;
  std::string name_;
  ShuffleUnit unit_;
  std::int64_t width_;
};

void check(const ShuffleUnit& unit, const std::string& name, std::int64_t in) {
  if (unit.stride != 1 && unit.stride != 2) {
    throw Error(ErrorKind::space,
                fmt::format("shuffle unit '{}': stride '{}' must be 1 or 2", name, unit.stride));
  }
  if (unit.out_channels % 2 != 0) {
    throw Error(ErrorKind::space, fmt::format("shuffle unit '{}': out_channels '{}' must be even",
                                              name, unit.out_channels));
  }
  if (unit.stride == 1 && unit.out_channels != in) {
    throw Error(ErrorKind::space,
                fmt::format("shuffle unit '{}': out_channels '{}' must be the {} of its input, at "
                            "stride 1",
                            name, unit.out_channels, in));
  }
  if (unit.stride == 2 && unit.out_channels <= in) {
    throw Error(ErrorKind::space,
                fmt::format("shuffle unit '{}': out_channels '{}' must be more than the {} of its "
                            "input, at stride 2",
                            name, unit.out_channels, in));
  }
}

}  // namespace

NodeId add_shuffle_unit(Architecture& net, NodeId input, const std::string& name,
                        const ShuffleUnit& unit) {
  const std::int64_t in = net.shape(input).channels;
  check(unit, name, in);
  Builder builder(net, name, unit);
  const bool shuffles_first = unit.style == ShuffleStyle::single_path_one_shot;
  const std::int64_t half = unit.out_channels / 2;
  NodeId side = input, main = input;
  std::int64_t side_channels = half;
  if (unit.stride == 2) {
    side_channels = shuffles_first ? in : half;
    side = builder.side_branch(input, side_channels);
  } else {
    // In as many groups as there are pairs: first all even channels, then all odd ones.
    const NodeId x = shuffles_first ? builder.shuffle(input, half) : input;
    side = builder.slice(x, ".pass", 0, half);
    main = builder.slice(x, ".split", half, half);
  }
  main = builder.main_branch(main, unit.out_channels - side_channels);
  const NodeId joined = builder.concat(side, main);
  return shuffles_first ? joined : builder.shuffle(joined, 2);
}

}  // namespace nas
