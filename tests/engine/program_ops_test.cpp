// Compiled ops against the reference network, in both modes.
#include <catch2/catch.hpp>

#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

TEST_CASE("compiled convolutions equal the reference at odd sizes") {
  const std::int64_t kernel = GENERATE(1, 3, 5);
  const std::int64_t stride = GENERATE(1, 2);
  const std::int64_t channels = GENERATE(3, 20);
  CAPTURE(kernel, stride, channels);
  check_matches_reference(behind_stem(
      convolution({.out_channels = 13, .kernel = kernel, .stride = stride, .bias = stride == 2}),
      {channels, 9, 7}));
}

TEST_CASE("compiled convolutions equal the reference where blocks of channels are full") {
  check_matches_reference(
      behind_stem(convolution({.out_channels = 32, .kernel = 3, .bias = true}), {16, 8, 8}));
}

TEST_CASE("compiled dilated convolutions equal the reference") {
  check_matches_reference(
      behind_stem(convolution({.out_channels = 9, .kernel = 3, .dilation = 2}), {10, 9, 8}));
}

TEST_CASE("compiled grouped convolutions equal the reference") {
  const std::int64_t groups = GENERATE(2, 3, 6);
  CAPTURE(groups);
  check_matches_reference(behind_stem(
      convolution({.out_channels = 18, .kernel = 3, .groups = groups, .bias = true}), {12, 7, 6}));
}

TEST_CASE("compiled depthwise convolutions equal the reference") {
  const std::int64_t kernel = GENERATE(1, 3, 5, 7);
  const std::int64_t stride = GENERATE(1, 2);
  const std::int64_t channels = GENERATE(11, 16, 24);
  CAPTURE(kernel, stride, channels);
  check_matches_reference(behind_stem(
      convolution(
          {.out_channels = channels, .kernel = kernel, .stride = stride, .groups = channels}),
      {channels, 9, 11}));
}

TEST_CASE(
    "compiled depthwise convolutions with bias, dilation or a multiplier equal the reference") {
  check_matches_reference(behind_stem(
      convolution({.out_channels = 24, .kernel = 5, .groups = 24, .bias = true}), {24, 8, 8}));
  check_matches_reference(behind_stem(
      convolution({.out_channels = 24, .kernel = 5, .dilation = 2, .groups = 24}), {24, 9, 9}));
  check_matches_reference(
      behind_stem(convolution({.out_channels = 24, .kernel = 5, .groups = 8}), {8, 9, 9}));
}

TEST_CASE("compiled convolutions with unequal kernels, strides and padding equal the reference") {
  Op op = convolution({.out_channels = 12, .kernel = 1});
  op.set("kernel_w", 5).set("padding_w", 1).set("stride_h", 2);
  check_matches_reference(behind_stem(op, {8, 9, 10}));
  Op depthwise = convolution({.out_channels = 8, .kernel = 5, .groups = 8});
  depthwise.set("kernel_h", 2).set("padding_h", 1).set("padding_w", 0).set("stride_w", 2);
  check_matches_reference(behind_stem(depthwise, {8, 9, 10}));
}

TEST_CASE("compiled batch norm equals the reference, alone and before each activation") {
  const std::int64_t channels = GENERATE(5, 16, 24);
  CAPTURE(channels);
  check_matches_reference(behind_stem(Op(OpKind::batch_norm), {channels, 5, 7}));
  for (const OpKind kind : {OpKind::relu, OpKind::relu6, OpKind::swish}) {
    Architecture net;
    NodeId x = add_stem(net, {channels, 5, 7});
    x = net.add(Op(OpKind::batch_norm), {x}, "norm");
    net.mark_output(net.add(Op(kind), {x}, "activation"));
    check_matches_reference(net);
  }
}

TEST_CASE("a batch norm whose value others read too is not fused with its ReLU") {
  Architecture net;
  NodeId x = add_stem(net, {12, 5, 5});
  const NodeId norm = net.add(Op(OpKind::batch_norm), {x}, "norm");
  const NodeId relu = net.add(Op(OpKind::relu), {norm}, "relu");
  net.mark_output(net.add(Op(OpKind::add), {norm, relu}, "sum"));
  check_matches_reference(net);
}

TEST_CASE("a batch norm of another epsilon equals the reference") {
  check_matches_reference(behind_stem(Op(OpKind::batch_norm).set("epsilon", 0.5), {8, 4, 4}));
}

TEST_CASE("compiled activations equal the reference") {
  const OpKind kind = GENERATE(OpKind::relu, OpKind::relu6, OpKind::swish, OpKind::h_swish,
                               OpKind::sigmoid, OpKind::h_sigmoid);
  const std::int64_t channels = GENERATE(3, 16, 21);
  CAPTURE(op_row(kind).name, channels);
  check_matches_reference(behind_stem(Op(kind), {channels, 5, 3}));
  // Whatever an activation leaves in the padding of its blocks, the next convolution would sum up.
  Architecture net;
  NodeId x = add_stem(net, {channels, 6, 5});
  x = net.add(Op(kind), {x}, "activation");
  net.mark_output(net.add(convolution({.out_channels = 8, .kernel = 3}), {x}, "after"));
  check_matches_reference(net);
}

TEST_CASE("values that several nodes read get the sum of their gradients") {
  Architecture net;
  const NodeId x = add_stem(net, {10, 6, 7});
  const NodeId a = net.add(convolution({.out_channels = 10, .kernel = 3}), {x}, "a");
  const NodeId b = net.add(Op(OpKind::swish), {x}, "b");
  const NodeId sum = net.add(Op(OpKind::add), {x, a, b, x}, "sum");
  const NodeId twice = net.add(Op(OpKind::add), {sum, sum}, "twice");
  net.mark_output(net.add(Op(OpKind::add), {twice, x}, "last"));
  check_matches_reference(net);
}

TEST_CASE("a residual connection around an activation that works in place keeps its input") {
  Architecture net;
  const NodeId x = add_stem(net, {16, 6, 6});
  const NodeId norm = net.add(Op(OpKind::batch_norm), {x}, "norm");
  const NodeId a = net.add(Op(OpKind::relu6), {norm}, "a");
  const NodeId b = net.add(Op(OpKind::h_sigmoid), {a}, "b");
  net.mark_output(net.add(Op(OpKind::add), {norm, b, a}, "sum"));
  check_matches_reference(net);
}

TEST_CASE("large 3x3 convolutions do the work of what follows them for inference") {
  const OpKind activation = GENERATE(OpKind::relu, OpKind::relu6, OpKind::swish, OpKind::h_swish);
  const bool bias = GENERATE(false, true);
  CAPTURE(static_cast<int>(activation), bias);
  Architecture net;
  const NodeId x = add_stem(net, {16, 20, 20});
  NodeId y = net.add(convolution({.out_channels = 24, .kernel = 3}), {x}, "first");
  y = net.add(Op(activation), {net.add(Op(OpKind::batch_norm), {y}, "norm")}, "activation");
  y = net.add(convolution({.out_channels = 16, .kernel = 3, .bias = bias}), {y}, "second");
  y = net.add(Op(OpKind::add), {y, x}, "sum");
  net.mark_output(net.add(Op(activation), {y}, "end"));
  check_matches_reference(net);
}

TEST_CASE("compiled scaling equals the reference, also where the gate reads what it scales") {
  const std::int64_t channels = GENERATE(5, 16, 24);
  CAPTURE(channels);
  Architecture net;
  const NodeId x = add_stem(net, {channels, 5, 4});
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  const NodeId gate = net.add(Op(OpKind::sigmoid), {pooled}, "gate");
  net.mark_output(net.add(Op(OpKind::scale), {x, gate}, "scale"));
  check_matches_reference(net);
}

TEST_CASE("the network's input may be scaled, which is in the plain layout") {
  Architecture net;
  const NodeId image = net.add(input_op({6, 5, 5}), {}, "image");
  const NodeId gates = net.add(convolution({.out_channels = 6, .bias = true}), {image}, "gates");
  const NodeId pooled = net.add(Op(OpKind::global_average_pool), {gates}, "pool");
  net.mark_output(net.add(Op(OpKind::scale), {image, pooled}, "scale"));
  check_matches_reference(net);
}

TEST_CASE("compiled squeeze-and-excitation equals the reference") {
  const OpKind gate = GENERATE(OpKind::sigmoid, OpKind::h_sigmoid);
  CAPTURE(op_row(gate).name);
  Architecture net;
  NodeId x = add_stem(net, {20, 6, 5});
  x = net.add(Op(OpKind::h_swish), {x}, "activation");
  net.mark_output(add_squeeze_excitation(net, x, "se", 5, gate));
  check_matches_reference(net);
}

TEST_CASE("compiled pooling and linear layers equal the reference") {
  const std::int64_t channels = GENERATE(7, 16);
  const bool bias = GENERATE(true, false);
  CAPTURE(channels, bias);
  Architecture net;
  NodeId x = add_stem(net, {channels, 6, 5});
  x = net.add(Op(OpKind::global_average_pool), {x}, "pool");
  x = net.add(linear(9, bias), {x}, "hidden");
  x = net.add(Op(OpKind::relu), {x}, "relu");
  net.mark_output(net.add(linear(4, bias), {x}, "classifier"));
  check_matches_reference(net);
}

TEST_CASE("a linear layer flattens channels, height and width in this order") {
  check_matches_reference(behind_stem(linear(6), {18, 3, 2}));
}

TEST_CASE("a network may begin with a linear layer") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 3, 4}), {}, "image");
  net.mark_output(net.add(linear(3), {image}, "classifier"));
  check_matches_reference(net);
}

TEST_CASE("a network without parameters runs, and has nothing to train") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 3, 4}), {}, "image");
  net.mark_output(net.add(Op(OpKind::h_swish), {image}, "activation"));
  check_inference(net, 3);
  ParameterStore store;
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  program.forward();
  program.backward();
  CHECK(program.gradients().empty());
}

TEST_CASE("compiled networks of inverted bottlenecks equal the reference") {
  BottleneckNetwork settings{.input = {3, 13, 11}};
  SECTION("3x3 with ReLU6") {}
  SECTION("5x5 with ReLU") {
    settings = {.kernel = 5, .activation = OpKind::relu, .input = {3, 13, 11}};
  }
  SECTION("7x7 with h-swish and squeeze-and-excitation") {
    settings.kernel = 7;
    settings.activation = OpKind::h_swish;
    settings.se_hidden = 8;
    settings.gate = OpKind::h_sigmoid;
  }
  const Architecture net = bottleneck_network(settings);
  check_inference(net, 3);
  check_training(net, 3);
}
