#include "tests/peers/small_networks.hpp"

#include "core/architecture/blocks.hpp"
#include "core/architecture/cell_blocks.hpp"
#include "core/architecture/darts.hpp"
#include "core/architecture/nas_bench_201.hpp"
#include "core/architecture/shuffle_unit.hpp"

namespace nas::peers {
namespace {

constexpr std::int64_t classes = 7;

/// Biases before batch norms, whose gradient vanishes; groups, dilation, windows of other shapes.
Architecture plain() {
  Architecture net;
  NodeId x = net.add(input_op({3, 17, 13}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 13, .kernel = 5, .bias = true}, {});
  x = net.add(max_pool(3, 2), {x}, "max_pool");
  x = add_convolution_block(
      net, x, "dilated",
      {.out_channels = 15, .kernel = 3, .stride = 2, .dilation = 2, .bias = true}, {});
  x = add_convolution_block(net, x, "grouped", {.out_channels = 21, .kernel = 3, .groups = 3}, {});
  const Op wide = convolution({.out_channels = 19}).set("kernel_w", 3).set("padding_w", 1);
  x = net.add(wide, {x}, "wide");
  x = net.add(Op(OpKind::batch_norm).set("epsilon", 1e-3).set("momentum", 0.3), {x}, "wide.norm");
  x = net.add(Op(OpKind::relu), {x}, "wide.activation");
  add_classifier(net, x, classes);
  return net;
}

/// Blocks without padding, several of them, and enough pixels for the kernels of large networks.
Architecture wide() {
  Architecture net;
  NodeId x = net.add(input_op({3, 22, 18}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 16, .kernel = 3}, {});
  x = add_convolution_block(net, x, "second", {.out_channels = 32, .kernel = 3}, {});
  x = add_convolution_block(net, x, "third", {.out_channels = 48, .kernel = 3, .stride = 2}, {});
  x = add_convolution_block(net, x, "fourth", {.out_channels = 24, .kernel = 3}, {});
  add_classifier(net, x, classes);
  return net;
}

Architecture mbconv_se() {
  Architecture net;
  NodeId x = net.add(input_op({3, 19, 15}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 9, .kernel = 3, .stride = 2},
                            {.kind = OpKind::h_swish});
  const InvertedBottleneck blocks[] = {
      {.out_channels = 9, .activation = OpKind::swish, .se_hidden = 11},
      {.out_channels = 14, .expansion = 3, .kernel = 5, .stride = 2, .se_hidden = 13},
      {.out_channels = 14, .expansion = 2, .kernel = 7, .se_hidden = 13},
      {.out_channels = 23, .expansion = 4, .stride = 2}};
  int index = 0;
  for (InvertedBottleneck block : blocks) {
    if (index > 0) {
      block.activation = OpKind::h_swish;
      block.se_gate = OpKind::h_sigmoid;
    }
    x = add_inverted_bottleneck(net, x, "block" + std::to_string(index++), block);
  }
  x = add_convolution_block(net, x, "head", {.out_channels = 31}, {.kind = OpKind::relu6});
  add_classifier(net, x, classes);
  return net;
}

/// Units of both styles, halves of unlike size and an Xception branch.
Architecture shufflenet() {
  Architecture net;
  NodeId x = net.add(input_op({3, 17, 21}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 9, .kernel = 3}, {});
  constexpr ShuffleStyle one_shot = ShuffleStyle::single_path_one_shot;
  const ShuffleUnit units[] = {{.out_channels = 22, .stride = 2},
                               {.out_channels = 22, .kernel = 5},
                               {.out_channels = 38, .stride = 2, .style = one_shot},
                               {.out_channels = 38, .xception = true, .style = one_shot},
                               {.out_channels = 38, .kernel = 5, .affine = false}};
  int index = 0;
  for (const ShuffleUnit& unit : units) {
    x = add_shuffle_unit(net, x, "unit" + std::to_string(index++), unit);
  }
  add_classifier(net, x, classes);
  return net;
}

/// Even sizes: unpadded factorised reductions take no others.
Architecture darts_cell() {
  return darts_network(darts_v2(), {.channels = 5, .cells = 3}, {{3, 12, 20}, classes});
}

/// Mixes that share their coefficients, all that DARTS relaxes.
Architecture darts_search() {
  return darts_search_network({.channels = 5, .cells = 3}, {{3, 12, 8}, classes});
}

/// All five ops; the second node of every cell, and so the 3x3 convolution, leads nowhere.
Architecture nas_bench_201_cell() {
  return nas_bench_201({.code = "234010", .cells = 2, .channels = 5}, {{3, 12, 20}, classes});
}

Architecture nas_bench_201_sums() {
  return nas_bench_201({.code = "341232", .cells = 1, .channels = 7, .affine = false},
                       {{3, 12, 8}, classes});
}

NodeId upsampled(Architecture& net, NodeId x, const std::string& name, const Shape& like,
                 bool bilinear) {
  return net.add(Op(OpKind::upsample)
                     .set("height", static_cast<double>(like.height))
                     .set("width", static_cast<double>(like.width))
                     .set("bilinear", bilinear ? 1 : 0),
                 {x}, name);
}

/// An encoder and a decoder with logits for every pixel.
Architecture upsampling() {
  Architecture net;
  const NodeId image = net.add(input_op({3, 15, 18}), {}, "image");
  const NodeId fine =
      add_convolution_block(net, image, "fine", {.out_channels = 7, .kernel = 3}, {});
  const NodeId middle = add_convolution_block(net, fine, "middle",
                                              {.out_channels = 11, .kernel = 3, .stride = 2}, {});
  NodeId x = add_convolution_block(net, middle, "coarse",
                                   {.out_channels = 18, .kernel = 3, .stride = 2}, {});
  x = net.add(Op(OpKind::upsample).set("factor_h", 2).set("factor_w", 2), {x}, "doubled");
  x = net.add(Op(OpKind::slice).set("begin", 3).set("count", 13), {x}, "slice");
  x = upsampled(net, x, "nearest", net.shape(middle), false);
  x = net.add(Op(OpKind::concat), {x, middle}, "joined0");
  x = add_convolution_block(net, x, "decoder0", {.out_channels = 9, .kernel = 3}, {});
  x = upsampled(net, x, "bilinear", net.shape(fine), true);
  x = net.add(Op(OpKind::concat), {x, fine}, "joined1");
  x = add_convolution_block(net, x, "decoder1", {.out_channels = 10, .kernel = 3}, {});
  net.mark_output(net.add(convolution({.out_channels = classes, .bias = true}), {x}, "pixels"));
  return net;
}

/// What none of the others has.
Architecture other_ops() {
  Architecture net;
  NodeId x = net.add(input_op({3, 14, 11}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 12, .kernel = 3}, {.present = false});
  const NodeId leaky = net.add(Op(OpKind::leaky_relu).set("slope", 0.1), {x}, "leaky");
  const NodeId elu = net.add(Op(OpKind::elu).set("alpha", 0.7), {x}, "elu");
  x = net.add(Op(OpKind::multiply), {leaky, elu}, "product");
  x = net.add(Op(OpKind::channel_shuffle).set("groups", 3), {x}, "shuffle");
  const Op mean = average_pool(3, 2).set("include_padding", 1);
  x = net.add(mean, {x}, "mean");
  x = add_convolution_block(net, x, "second", {.out_channels = 17, .kernel = 3},
                            {.kind = OpKind::tanh});
  x = net.add(Op(OpKind::shift).set("top", 1).set("left", 2), {x}, "shift");
  x = add_convolution_block(net, x, "third", {.out_channels = 19}, {.kind = OpKind::softplus});
  const NodeId most = net.add(Op(OpKind::global_max_pool), {x}, "most");
  const NodeId hidden = net.add(linear(classes, false), {x}, "flattened");
  const NodeId gated = net.add(linear(classes), {most}, "pooled");
  const NodeId gate = net.add(Op(OpKind::sigmoid), {gated}, "gate");
  net.mark_output(net.add(Op(OpKind::multiply), {hidden, gate}, "logits"));
  return net;
}

}  // namespace

std::vector<SmallNetwork> small_networks() {
  std::vector<SmallNetwork> networks;
  networks.push_back({"plain", plain()});
  networks.push_back({"wide", wide()});
  networks.push_back({"mbconv_se", mbconv_se()});
  networks.push_back({"shufflenet", shufflenet()});
  networks.push_back({"darts_cell", darts_cell()});
  networks.push_back({"darts_search", darts_search()});
  networks.push_back({"nas_bench_201", nas_bench_201_cell()});
  networks.push_back({"nas_bench_201_sums", nas_bench_201_sums()});
  networks.push_back({"upsampling", upsampling()});
  networks.push_back({"other_ops", other_ops()});
  return networks;
}

}  // namespace nas::peers
