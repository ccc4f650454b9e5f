/// Small networks that are compared with PyTorch tensor by tensor.
///
/// Their settings are unusual on purpose: odd numbers of channels, images that no stride divides,
/// padding that matters, paths that lead nowhere.
#pragma once

#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas::peers {

struct SmallNetwork {
  std::string name;
  /// Logits of classes, one set for each image or for each pixel.
  Architecture architecture;
};
std::vector<SmallNetwork> small_networks();

}  // namespace nas::peers
