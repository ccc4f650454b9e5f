/// NAS-FPN: which features of a pyramid are merged, in what order (Ghiasi et al. 2019).
///
/// Networks of nasfpn_network.hpp: a small residual backbone, and on its features, from stride 8
/// on, a pyramid of merging cells, `repeats` times. Its outputs are features, one on each level,
/// from fine to coarse; heads for detection come with the task.
///
/// | decision | options |
/// |---|---|
/// | cell*c*.first | a feature of the pool: inputs, then earlier cells |
/// | cell*c*.second | another one behind it in the pool |
/// | cell*c*.level | strides 8, 16, …; of the last cells, which are the outputs, each one once |
/// | cell*c*.op | sum, attention |
///
/// The order of two features means nothing, so the second comes behind the first: with L levels and
/// I intermediate cells before the L outputs there are
///
///     product for i = 0 … I + L - 1 of C(L + i, 2) * 2^(I + L) * L^I * L!
///
/// genotypes, all canonical: 3,017,710,080,000,000 for L = 5, I = 2. `counts` has the number with
/// ordered pairs. `sample` draws decision by decision, which favours late features;
/// `sample_uniform` draws pairs.
///
/// | preset | levels | channels | repeats | backbone |
/// |---|---|---|---|---|
/// | published | 5 | 256 | 7 | 64 … 512 channels (ResNet-10, the search's proxy) |
/// | small, for 28x28 and 32x32 | 3 | 8 | 1 | 8 … 64 channels |
///
/// The gate of attention is pooled by maximum, as in the authors' code, or by the mean, as in mmcv
/// (`gate`). By name there is the pyramid that the search found, alone, for an input that is its
/// finest feature (256 channels on stride 8 of 640x640 pixels): once, and seven times.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Its `make` throws Error(space) where the image is smaller than half of the coarsest stride.
SpaceEntry nasfpn_space();

}  // namespace nas
