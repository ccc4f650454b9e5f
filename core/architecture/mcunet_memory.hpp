/// Peak memory of activations by MCUNet's model.
#pragma once

#include <cstdint>

#include "core/architecture/architecture.hpp"

namespace nas {

/// The memory model of MCUNet (Lin et al. 2020, the authors' `count_peak_activation_size`), in
/// elements, which are bytes at int8: the largest, over all convolutions and linear layers, of the
/// elements that the layer reads plus those that it writes. While a depthwise convolution inside an
/// inverted bottleneck with a shortcut runs, the bottleneck's input counts as well; while its
/// expansion or its projection runs, it does not. Activations, batch norms, pooling and sums cost
/// nothing, nor does a block that is only its shortcut.
///
/// Compare Cost::ram_int8, which follows lifetimes of all tensors: for a chain of layers the two
/// agree; behind a shortcut this one forgets the block's input during the projection, and it sees
/// nothing of branches that wait for each other.
///
/// A general graph has no blocks: a depthwise convolution counts as inside one with a shortcut
/// where a sum of two adds the block's input to the end of a chain of first inputs that comes from
/// it through the convolution, with no other sum in between. Squeeze-and-excitation does not
/// interrupt such a chain, identities do not count.
std::int64_t mcunet_peak_elements(const Architecture& architecture);

}  // namespace nas
