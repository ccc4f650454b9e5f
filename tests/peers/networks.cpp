#include "tests/peers/networks.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/architecture/blocks.hpp"
#include "core/architecture/darts.hpp"
#include "core/architecture/nas_bench_201.hpp"
#include "core/architecture/shuffle_unit.hpp"
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

Architecture nas_bench_201_cells() {
  return nas_bench_201({.code = "333132", .cells = 1}, {image, classes});
}

Architecture darts_search_cells() {
  return darts_search_network({.channels = 8, .cells = 5}, {image, classes});
}

/// ShuffleNetV2 x0.5 (Ma et al. 2018, table 5), with a stem for small images: stride 1, no pooling.
Architecture shuffle_units() {
  Architecture net;
  NodeId x = net.add(input_op(image), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 24, .kernel = 3}, {});
  constexpr struct { std::int64_t channels, repeats; } stages[] = {{48, 4}, {96, 8}, {192, 4}};
  int index = 0;
  for (const auto& stage : stages) {
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      x = add_shuffle_unit(net, x, fmt::format("unit{}", index++),
                           {.out_channels = stage.channels, .stride = i == 0 ? 2 : 1});
    }
  }
  x = add_convolution_block(net, x, "head", {.out_channels = 1024}, {});
  add_classifier(net, x, classes);
  return net;
}

struct Named {
  const char* name;
  Architecture (*make)();
};
constexpr Named networks[] = {{"a", mobile},
                              {"b", plain_convolutions},
                              {"c", nas_bench_201_cells},
                              {"d", darts_search_cells},
                              {"e", shuffle_units}};

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
