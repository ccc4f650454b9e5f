#include "tests/peers/networks.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/architecture/blocks.hpp"
#include "core/base/error.hpp"

namespace nas::peers {
namespace {

constexpr Shape image{3, 32, 32};
constexpr std::int64_t classes = 10;

Architecture plain_convolutions() {
  Architecture net;
  NodeId x = net.add(input_op(image), {}, "image");
  constexpr Stage stages[] = {{32, 1}, {64, 2}, {64, 1}, {128, 2}, {128, 1}};
  int index = 0;
  for (const Stage& stage : stages) {
    x = add_convolution_block(
        net, x, fmt::format("layer{}", index++),
        {.out_channels = stage.channels, .kernel = stage.kernel, .stride = stage.stride}, {});
  }
  add_classifier(net, x, classes);
  return net;
}

Architecture mobile() { return inverted_bottlenecks(mobile_stages()); }

struct Named {
  const char* name;
  Architecture (*make)();
};
constexpr Named networks[] = {{"a", mobile}, {"b", plain_convolutions}};

}  // namespace

std::vector<Stage> mobile_stages() {
  return {{16, 1, 1, 3}, {24, 2, 2, 3}, {24, 1, 3, 5}, {40, 2, 3, 5},
          {40, 1, 6, 3}, {80, 2, 6, 5}, {80, 1, 6, 3}};
}

Architecture inverted_bottlenecks(const std::vector<Stage>& stages) {
  const Activation relu6{.kind = OpKind::relu6};
  Architecture net;
  NodeId x = net.add(input_op(image), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 16, .kernel = 3}, relu6);
  int index = 0;
  for (const Stage& stage : stages) {
    x = add_inverted_bottleneck(net, x, fmt::format("block{}", index++),
                                {.out_channels = stage.channels,
                                 .expansion = stage.expansion,
                                 .kernel = stage.kernel,
                                 .stride = stage.stride});
  }
  x = add_convolution_block(net, x, "head", {.out_channels = 320}, relu6);
  add_classifier(net, x, classes);
  return net;
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const Named& named : networks) names.emplace_back(named.name);
  return names;
}

Architecture network(const std::string& name) {
  const auto found = std::ranges::find(networks, name, &Named::name);
  if (found != std::end(networks)) return found->make();
  throw Error(ErrorKind::usage, fmt::format("unknown network '{}' (known: {})", name,
                                            fmt::join(network_names(), ", ")));
}

}  // namespace nas::peers
