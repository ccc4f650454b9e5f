/// Networks of NASNet cells (Zoph et al. 2017, arXiv 1707.07012), as the authors' code assembles
/// them. AmoebaNet (Real et al. 2018), PNAS (Liu et al. 2017) and ENAS' micro space (Pham et al.
/// 2018) have cells of the same kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture/blocks.hpp"

namespace nas {

/// ReLU comes before every convolution, batch norm after the last. Where input and output differ
/// in channels or resolution, identity is a 1x1 convolution, and pooling is followed by one.
enum class NasnetOp : std::uint8_t {
  identity,
  conv_1x3_3x1,  ///< two convolutions in a row
  conv_1x7_7x1,
  dil_conv_3x3,  ///< dilation 2
  avg_pool_3x3,
  max_pool_3x3,
  max_pool_5x5,
  max_pool_7x7,
  conv_1x1,
  conv_3x3,
  sep_conv_3x3,  ///< twice depthwise, pointwise
  sep_conv_5x5,
  sep_conv_7x7,
  dil_sep_conv_3x3,  ///< depthwise of dilation 2, pointwise: AmoebaNet's
};
inline constexpr std::size_t nasnet_ops = 14;
/// "sep_conv_3x3": the enumerator's name.
std::string_view nasnet_op_name(NasnetOp op);

/// An op on each of two states, and their sum, or both side by side. State 0 is the cell before,
/// state 1 the one before that, state 2 the first block of this cell. (DARTS counts its first two
/// states the other way round.)
struct NasnetBlock {
  std::size_t first, second;
  NasnetOp first_op, second_op;
  bool concat = false;
};
/// Every state is read by a block or put out.
struct NasnetCell {
  std::vector<NasnetBlock> blocks;
  std::vector<std::size_t> outputs;  ///< the states that are concatenated
};
struct NasnetCells {
  NasnetCell normal;
  NasnetCell reduction;
};
/// The states that no block reads, in ascending order: what the paper concatenates.
std::vector<std::size_t> loose_ends(const std::vector<NasnetBlock>& blocks);

enum class NasnetStem {
  cifar,     ///< a 3x3 convolution
  imagenet,  ///< one of stride 2 without padding, then two reduction cells
};

struct NasnetSettings {
  std::int64_t repeats = 6;         ///< normal cells in each of the three stages: N of "N @ F"
  std::int64_t filters = 32;        ///< channels of each block in the first stage
  std::int64_t stem_channels = 96;  ///< of the stem's convolution
  NasnetStem stem = NasnetStem::cifar;
  /// The normal cell behind a reduction cell has the same second input as that: what came before
  /// the one that is reduced (`skip_reduction_layer_input`, as in the large network).
  bool skip_reduction_input = false;
  /// Of a path in the last cell at the end of the training; 0: no drop_path in the network.
  double drop_probability = 0;
};

/// ScheduledDropPath: the probability that a path of cell number `cell`, out of `cells`, is kept
/// after `progress` of the training, from 0 to 1. Linear in both; `final_keep` is that of the last
/// cell at the end. The drop_path ops of a network have the probabilities at the end; `progress` is
/// what `Program::set_drop_scale` takes.
double scheduled_keep_probability(std::size_t cell, std::size_t cells, double progress,
                                  double final_keep);

/// Stem, three stages of normal cells with a reduction cell before the second and the third, each
/// of which doubles the filters, ReLU, global average pooling, linear layer; without the auxiliary
/// classifier. Weights are called by cell, block, state and op, and, where the channels that they
/// read depend on other choices than these, by the number of channels.
///
/// Of the paths, identities are not dropped. Where a cell puts out one of its inputs, this is
/// brought to the resolution and the filters of the blocks.
Architecture nasnet_network(const NasnetCells& cells, const NasnetSettings& settings,
                            const Task& task);

/// NASNet-A. Its normal cell puts out state 1 although a block reads it, and its reduction cell the
/// second block likewise, as in the authors' code and weights.
NasnetCells nasnet_a();

}  // namespace nas
