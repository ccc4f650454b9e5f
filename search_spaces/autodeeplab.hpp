/// Auto-DeepLab: a cell and a path through levels of resolution, for segmentation (Liu et al.
/// 2019).
///
/// A stem of two convolutions 3x3 of stride 2, `layers` cells on the levels of the path, a head,
/// and a class for every pixel of the input.
///
/// | decision | options |
/// |---|---|
/// | block*b*.input1, block*b*.input2 | before-last, last (outputs of the two layers before), block
/// 1 … b - 1 | | block*b*.op1, block*b*.op2 | sep3, sep5, atrous3, atrous5, avg3, max3, skip, zero
/// | | layer*l*.level | 4, 8, 16, 32 (input pixels along one of the layer's), at most one step from
/// the layer before |
///
/// All cells are alike. A block adds its two ops, the cell concatenates its blocks. On the level of
/// stride s every block has `filters` * s / 4 channels. What comes from a finer level passes a 3x3
/// convolution of stride 2 for each step, from a coarser one bilinear upsampling and a 1x1
/// convolution, from the same a 1x1 convolution. The head has three branches, a 1x1 convolution, a
/// 3x3 one of rate 96 / s and the mean of the image, which are concatenated; a 1x1 convolution
/// classifies, and the result is upsampled.
///
/// With B blocks, L layers and four levels there are ((B + 1)!)^2 * 8^(2B) cells,
/// 556,627,761,561,600 for B = 5, and as many paths as the Fibonacci number F(2T + 1) says for T
/// transitions. With `first` fixed layer 1 is on level 4: T = L - 1, 28,657 paths of 12 layers, the
/// paper's 2.9e4. Its text lets layer 1 be on 4 or 8 (`first` free): T = L, 75,025 paths. `counts`
/// has the parts.
///
/// A block's two (input, op) pairs may change places: canonical is the one in ascending order.
/// Layers that nothing reads, as those next to the last where no block reads the last layer's
/// output, are not built. `sample_uniform` is uniform over canonical genotypes.
///
/// | preset | layers | levels | blocks | filters | head channels |
/// |---|---|---|---|---|---|
/// | published | 12 | 4 | 5 | 20 (Auto-DeepLab-S) | 256 |
/// | small, for 28x28 and 32x32 | 4 | 3 | 2 | 4 | 16 |
///
/// Deviations: the paper leaves the stem's channels open (here half of the finest cell's output,
/// and all of it) and its decoder follows DeepLabv3+, of which there is only the head here.
#pragma once

#include "search_spaces/registry.hpp"

namespace nas {

/// Its `make` throws Error(space) where the image is smaller than the coarsest level's stride.
SpaceEntry autodeeplab_space();

}  // namespace nas
