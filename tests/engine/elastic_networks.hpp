/// Subnets of small elastic networks, as Once-for-All cuts them out of their largest.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/architecture/blocks.hpp"

namespace nas::test {

/// A bottleneck from 8 channels to 8 by way of at most 24, with kernels of at most 7x7, and a
/// classifier. Smaller kernels come by way of the larger ones and the matrices "dw.7to5" and
/// "dw.5to3"; smaller widths take the first channels.
struct Subnet {
  static constexpr std::int64_t max_width = 24;
  static constexpr std::int64_t max_kernel = 7;

  std::int64_t width = max_width;
  std::int64_t kernel = max_kernel;
  Shape image = {3, 9, 9};
};

/// The first `count` channels of an axis that has the largest width.
inline std::vector<View> first_channels(std::int64_t axis, std::int64_t count) {
  if (count == Subnet::max_width) return {};
  return {RangeView{.axis = axis, .count = count}};
}

/// The chain from "dw.weight" to the subnet's kernels.
inline ParameterReference elastic_kernel(const Subnet& subnet) {
  ParameterReference reference{"dw.weight", {Subnet::max_width, 1, 7, 7}, {}};
  for (std::int64_t kernel = 5; kernel >= subnet.kernel; kernel -= 2) {
    reference.views.push_back(CentreView{kernel, kernel});
    reference.views.push_back(
        TransformView{"dw." + std::to_string(kernel + 2) + "to" + std::to_string(kernel)});
  }
  for (View& view : first_channels(0, subnet.width)) reference.views.push_back(std::move(view));
  return reference;
}

/// A batch norm of the first `width` channels.
inline NodeId add_elastic_norm(Architecture& net, NodeId x, const std::string& name) {
  const std::vector<View> views = first_channels(0, net.shape(x).channels);
  x = net.add(Op(OpKind::batch_norm), {x}, name);
  for (const char* suffix : {"scale", "shift", "running_mean", "running_variance"}) {
    net.refer(x, suffix, {name + "." + suffix, {Subnet::max_width}, views});
  }
  return x;
}

inline Architecture elastic_network(const Subnet& subnet) {
  const std::int64_t width = subnet.width;
  Architecture net;
  NodeId x = net.add(input_op(subnet.image), {}, "image");
  const NodeId stem = net.add(convolution({.out_channels = 8}), {x}, "stem");
  x = net.add(convolution({.out_channels = width}), {stem}, "expand");
  net.refer(x, "weight", {"expand.weight", {Subnet::max_width, 8, 1, 1}, first_channels(0, width)});
  x = add_elastic_norm(net, x, "expand.norm");
  x = net.add(Op(OpKind::relu), {x}, "expand.relu");
  x = net.add(convolution({.out_channels = width, .kernel = subnet.kernel, .groups = width}), {x},
              "dw");
  net.refer(x, "weight", elastic_kernel(subnet));
  x = add_elastic_norm(net, x, "dw.norm");
  x = net.add(Op(OpKind::relu), {x}, "dw.relu");
  x = net.add(convolution({.out_channels = 8}), {x}, "project");
  net.refer(x, "weight",
            {"project.weight", {8, Subnet::max_width, 1, 1}, first_channels(1, width)});
  x = net.add(Op(OpKind::add), {stem, x}, "add");
  add_classifier(net, x, 5);
  return net;
}

/// Whether the subnet uses this element of a stored tensor of its parameters.
inline bool uses(const Subnet& subnet, const std::string& tensor, std::size_t element) {
  const auto e = static_cast<std::int64_t>(element);
  if (tensor == "expand.weight") return e / 8 < subnet.width;
  if (tensor == "project.weight") return e % Subnet::max_width < subnet.width;
  if (tensor.find(".norm.") != std::string::npos) return e < subnet.width;
  if (tensor == "dw.7to5") return subnet.kernel < 7;
  if (tensor == "dw.5to3") return subnet.kernel < 5;
  if (tensor != "dw.weight") return true;  // stem and classifier
  // Kernels of 3x3 are made of all that kernels of 5x5 are made of.
  const std::int64_t margin = subnet.kernel < 7 ? 1 : 0;
  const auto inside = [&](std::int64_t at) { return at >= margin && at < 7 - margin; };
  return e / 49 < subnet.width && inside(e % 49 / 7) && inside(e % 7);
}

}  // namespace nas::test
