/// Networks of autodeeplab.hpp: segmentation, discrete (Liu et al. 2019).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

enum class SegmentationOp : std::uint8_t { sep3, sep5, atrous3, atrous5, avg3, max3, skip, zero };
inline constexpr std::array<SegmentationOp, 8> segmentation_ops = {
    SegmentationOp::sep3, SegmentationOp::sep5, SegmentationOp::atrous3, SegmentationOp::atrous5,
    SegmentationOp::avg3, SegmentationOp::max3, SegmentationOp::skip,    SegmentationOp::zero};
std::string_view op_name(SegmentationOp op);

/// Input pixels along one pixel of a level: 4 on level 0, twice as many on the next.
constexpr std::int64_t level_stride(int level) { return std::int64_t{4} << level; }

struct SegmentationSlot {
  std::size_t input = 0;  ///< 0: the layer before the last, 1: the last one, 2 …: blocks before
  SegmentationOp op = SegmentationOp::skip;
};
using SegmentationBlock = std::array<SegmentationSlot, 2>;

struct SegmentationNetwork {
  std::vector<SegmentationBlock> blocks = {};  ///< of every cell
  std::vector<int> levels = {};                ///< of the layers
  std::int64_t filters = 0;                    ///< channels of a block on level 0
  std::int64_t head_channels = 0;
};

/// Its output has `task.classes` channels and the resolution of the input. Weights are named by
/// layer, level and choice.
Architecture build_segmentation_network(const SegmentationNetwork& network, const Task& task);

}  // namespace nas
