/// MobileNetV2 (Sandler et al. 2018) at any width: a network beside the spaces that grew out of it.
#pragma once

#include <vector>

#include "search_spaces/registry.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

/// Channels are multiples of 8; below width 1 the last 1x1 convolution keeps its 1,280.
SpaceDescription mobilenet_v2(double width);
/// mobilenetv2-1.0 and mobilenetv2-0.35.
std::vector<NamedArchitecture> mobilenet_v2_networks();

}  // namespace nas
