/// Spaces of inverted bottlenecks that differ in width and resolution alone, by their numbers.
///
/// A family is what TinyNAS chooses one space of (Lin et al. 2020, MCUNet): a stem, one bottleneck
/// without expansion, stages of bottlenecks with kernel and expansion for each layer and a depth
/// for each stage, a last 1x1 convolution (the mix layer, optional), and a classifier. Here are its
/// choices and its costs; the space that searches one member, with its graph, stands elsewhere and
/// must give the same costs.
#pragma once

#include <cstdint>
#include <vector>

#include "core/architecture/chain_cost.hpp"
#include "core/base/random.hpp"

namespace nas {

struct MobileStage {
  std::int64_t width = 0;  ///< channels, before the multiplier
  std::int64_t stride = 1;
  std::vector<int> depths;  ///< to choose from
};

struct MobileFamily {
  std::int64_t stem_width = 0;   ///< of a 3x3 convolution with stride 2
  std::int64_t first_width = 0;  ///< of the bottleneck without expansion, 3x3, without shortcut
  std::vector<MobileStage> stages;
  std::int64_t mix_width = 0;
  std::vector<std::int64_t> kernels;
  std::vector<std::int64_t> expansions;
  std::vector<double> multipliers;        ///< of all widths, rounded to 8 by round_channels
  std::vector<std::int64_t> resolutions;  ///< pixels a side
};

/// MCUNet's: widths 32, 16, 24, 40, 80, 96, 192, 320, 1280, strides 2, 2, 2, 1, 2, 1, kernels 3, 5,
/// 7, expansions 3, 4, 6, depths 2 to 4 but 1 in the last stage; 9 multipliers 0.2 … 1.0 times 12
/// resolutions 48 … 224.
const MobileFamily& mcunet_family();

/// One member of a family, for one task.
struct MobileMember {
  double multiplier = 1;
  std::int64_t resolution = 224;
  std::int64_t classes = 1000;
  bool mix = true;            ///< with the mix layer
  std::int64_t channels = 3;  ///< of the images

  std::int64_t width(std::int64_t base) const;
};

/// The answers of one network: of every layer that there is.
struct MobileNetwork {
  struct Layer {
    std::int64_t kernel;
    std::int64_t expansion;
  };
  std::vector<int> depths;    ///< by stage
  std::vector<Layer> layers;  ///< stage after stage
};

/// Depths uniform, then kernel and expansion of every layer that exists, uniform.
MobileNetwork draw_network(const MobileFamily& family, Random& random);
ChainCost::Sums network_cost(const MobileFamily& family, const MobileMember& member,
                             const MobileNetwork& network);

}  // namespace nas
