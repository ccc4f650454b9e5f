#include "search_spaces/mobilenet_v2.hpp"

#include <algorithm>
#include <array>

#include "search_spaces/staged/published.hpp"

namespace nas {

SpaceDescription mobilenet_v2(double width) {
  constexpr std::int64_t stem = 32, head = 1280;
  const std::array<StageRow, 7> rows = {{
      {.op = BlockOp::separable, .width = 16},
      {.expansion = 6, .width = 24, .depth = 2, .stride = 2},
      {.expansion = 6, .width = 32, .depth = 3, .stride = 2},
      {.expansion = 6, .width = 64, .depth = 4, .stride = 2},
      {.expansion = 6, .width = 96, .depth = 3},
      {.expansion = 6, .width = 160, .depth = 3, .stride = 2},
      {.expansion = 6, .width = 320},
  }};
  const auto scaled = [&](std::int64_t channels) {
    return round_channels(width * static_cast<double>(channels));
  };
  SpaceDescription net;
  net.name = "mobilenetv2";
  net.stem = {.width = always(scaled(stem)), .activation = OpKind::relu6};
  int number = 0;
  for (StageRow row : rows) {
    row.width = scaled(row.width);
    net.stages.push_back(fixed_stage(++number, row, OpKind::relu6));
  }
  net.head = {.width = std::max(head, scaled(head)), .activation = OpKind::relu6};
  return net;
}

std::vector<NamedArchitecture> mobilenet_v2_networks() {
  return {named_network("mobilenetv2-1.0", "MobileNetV2 (Sandler et al. 2018).", mobilenet_v2(1)),
          named_network("mobilenetv2-0.35",
                        "MobileNetV2 with 0.35 times the channels (Sandler et al. 2018).",
                        mobilenet_v2(0.35))};
}

}  // namespace nas
