/// Every op in at least one setting, each ready to be put into a network.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/engine/program_networks.hpp"

namespace nas::test {

struct OpCase {
  std::string name;
  /// Adds the op, which reads `x`, to the network; the image has as many pixels as `x`.
  std::function<NodeId(Architecture& net, NodeId x, NodeId image)> add;
};

/// One that reads nothing else.
inline OpCase unary_case(const std::string& name, const Op& op) {
  return {name, [op](Architecture& net, NodeId x, NodeId) { return net.add(op, {x}, "op"); }};
}

inline Op with_window(Op op, std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
  for (const char* axis : {"h", "w"}) {
    op.set(std::string("kernel_") + axis, static_cast<double>(kernel))
        .set(std::string("stride_") + axis, static_cast<double>(stride))
        .set(std::string("padding_") + axis, static_cast<double>(padding));
  }
  return op;
}

/// A convolution of the image: another value with the pixels of `x`.
inline NodeId add_other(Architecture& net, NodeId image, std::int64_t channels) {
  return net.add(convolution({.out_channels = channels, .kernel = 3}), {image}, "other");
}

inline std::vector<OpCase> activation_cases() {
  std::vector<OpCase> cases;
  for (const OpKind kind : {OpKind::relu, OpKind::relu6, OpKind::leaky_relu, OpKind::elu,
                            OpKind::swish, OpKind::h_swish, OpKind::sigmoid, OpKind::h_sigmoid,
                            OpKind::tanh, OpKind::softplus, OpKind::identity, OpKind::batch_norm}) {
    cases.push_back(unary_case(std::string(op_row(kind).name), Op(kind)));
  }
  cases.push_back(unary_case("dropout", Op(OpKind::dropout).set("p", 0.3)));
  cases.push_back(unary_case("drop_path", Op(OpKind::drop_path).set("p", 0.4)));
  cases.push_back(unary_case("steep leaky_relu", Op(OpKind::leaky_relu).set("slope", 0.7)));
  cases.push_back(unary_case("flat elu", Op(OpKind::elu).set("alpha", 0.3)));
  cases.push_back(unary_case("batch_norm without affine", Op(OpKind::batch_norm).set("affine", 0)));
  return cases;
}

inline std::vector<OpCase> pooling_cases() {
  const Op with_padding = Op(OpKind::average_pool).set("include_padding", 1);
  return {unary_case("max_pool", with_window(Op(OpKind::max_pool), 3, 1, 1)),
          unary_case("strided max_pool", with_window(Op(OpKind::max_pool), 3, 2, 1)),
          unary_case("wide max_pool", with_window(Op(OpKind::max_pool), 5, 3, 2)),
          unary_case("average_pool", with_window(Op(OpKind::average_pool), 3, 1, 1)),
          unary_case("strided average_pool", with_window(Op(OpKind::average_pool), 3, 2, 1)),
          unary_case("average_pool with padding", with_window(with_padding, 3, 2, 1)),
          unary_case("global_max_pool", Op(OpKind::global_max_pool)),
          unary_case("global_average_pool", Op(OpKind::global_average_pool))};
}

/// Ops that move values or change the resolution.
inline std::vector<OpCase> moving_cases(const Shape& shape) {
  const auto channels = static_cast<double>(shape.channels);
  const bool high = shape.height > 1, wide = shape.width > 1;
  Op shift = Op(OpKind::shift).set("top", high ? 1 : 0).set("left", wide ? 1 : 0);
  const Op factors = Op(OpKind::upsample).set("factor_h", 2).set("factor_w", 3);
  const Op size = Op(OpKind::upsample).set("height", 7).set("width", 2);
  const double half = std::floor(channels / 2);
  double groups = 1;
  for (const double divisor : {2.0, 3.0, 5.0}) {
    if (groups == 1 && shape.channels % static_cast<std::int64_t>(divisor) == 0) groups = divisor;
  }
  return {
      unary_case("shift", shift),
      unary_case("shift without padding", shift.set("pad", 0)),
      unary_case("padding", Op(OpKind::shift).set("bottom", 2).set("right", 3)),
      unary_case("slice", Op(OpKind::slice).set("begin", half).set("count", channels - half)),
      unary_case("slice of one channel", Op(OpKind::slice).set("begin", half).set("count", 1)),
      unary_case("channel_shuffle", Op(OpKind::channel_shuffle).set("groups", groups)),
      unary_case("full channel_shuffle", Op(OpKind::channel_shuffle).set("groups", channels)),
      unary_case("nearest upsample", factors),
      unary_case("bilinear upsample", Op(factors).set("bilinear", 1)),
      unary_case("nearest upsample to a size", size),
      unary_case("bilinear upsample to a size", Op(size).set("bilinear", 1)),
  };
}

/// Ops that read several values.
inline std::vector<OpCase> joining_cases(const Shape& shape) {
  const std::int64_t channels = shape.channels;
  const auto elementwise = [channels](OpKind kind) {
    return OpCase{std::string(op_row(kind).name), [=](Architecture& net, NodeId x, NodeId image) {
                    return net.add(Op(kind), {x, add_other(net, image, channels)}, "op");
                  }};
  };
  const auto mixed = [channels](const Op& op) {
    return [=](Architecture& net, NodeId x, NodeId image) {
      return net.add(op, {x, add_other(net, image, channels), x}, "op");
    };
  };
  return {
      elementwise(OpKind::add),
      elementwise(OpKind::multiply),
      {"multiply with itself",
       [](Architecture& net, NodeId x, NodeId) {
         return net.add(Op(OpKind::multiply), {x, x}, "op");
       }},
      {"scale",
       [](Architecture& net, NodeId x, NodeId) {
         const NodeId pooled = net.add(Op(OpKind::global_average_pool), {x}, "pooled");
         return net.add(Op(OpKind::scale), {x, pooled}, "op");
       }},
      {"concat",
       [channels](Architecture& net, NodeId x, NodeId image) {
         const NodeId other = add_other(net, image, channels + 3);
         return net.add(Op(OpKind::concat), {x, other, image, x}, "op");
       }},
      {"concat that begins with the image",
       [](Architecture& net, NodeId x, NodeId image) {
         return net.add(Op(OpKind::concat), {image, x}, "op");
       }},
      {"concat of one value",
       [](Architecture& net, NodeId x, NodeId) { return net.add(Op(OpKind::concat), {x}, "op"); }},
      {"mix", mixed(Op(OpKind::mix))},
      {"mix by softmax", mixed(Op(OpKind::mix).set("softmax", 1))},
      {"gated mix", mixed(Op(OpKind::mix).set("gated", 1))},
      {"zero",
       [](Architecture& net, NodeId x, NodeId image) {
         const NodeId zero = net.add(Op(OpKind::zero), {x}, "zero");
         return net.add(Op(OpKind::add), {zero, add_other(net, image, net.shape(x).channels)},
                        "op");
       }},
      {"strided zero with other channels",
       [](Architecture& net, NodeId x, NodeId image) {
         const Op op =
             Op(OpKind::zero).set("stride_h", 2).set("stride_w", 2).set("out_channels", 5);
         const NodeId zero = net.add(op, {x}, "zero");
         const NodeId other =
             net.add(convolution({.out_channels = 5, .kernel = 3, .stride = 2}), {image}, "other");
         return net.add(Op(OpKind::add), {other, zero, other}, "op");
       }},
  };
}

inline std::vector<OpCase> layer_cases(const Shape& shape) {
  const std::int64_t channels = shape.channels;
  return {unary_case("convolution", convolution({.out_channels = 6, .kernel = 3, .bias = true})),
          unary_case("depthwise convolution",
                     convolution({.out_channels = channels, .kernel = 5, .groups = channels})),
          unary_case("linear", linear(4))};
}

/// All that an input of this shape, of at most 7 x 7 pixels, can go through.
inline std::vector<OpCase> op_cases(const Shape& shape) {
  std::vector<OpCase> cases;
  for (const auto& group : {activation_cases(), pooling_cases(), moving_cases(shape),
                            joining_cases(shape), layer_cases(shape)}) {
    cases.insert(cases.end(), group.begin(), group.end());
  }
  return cases;
}

}  // namespace nas::test
