/// The RegNet design space, X and Y (Radosavovic et al. 2020, "Designing Network Design Spaces").
///
/// Widths follow a line: block j of d wants u = w0 + wa * j channels, which is moved to the nearest
/// w0 * wm^k (k whole, nearest in the logarithm; half to even) and rounded to a multiple of 8.
/// Blocks of equal width are a stage. The networks are those of `anynet_network.hpp`.
///
/// | decision | published | small |
/// |---|---|---|
/// | depth d | 1 … 64 | 1 … 12 |
/// | w0 | 8, 16, … 256 | 8, 16, … 64 |
/// | wa | 64 values in 8 … 256 | 16 values in 2 … 32 |
/// | wm | 64 values in 1.5 … 3 | 16 values in 1.5 … 3 |
/// | bottleneck | 1, 2, 4 | 1, 2, 4 |
/// | group | 1, 2, 4, 8, 16, 32 | 1, 2, 4, 8 |
///
/// The values of wa and wm lie as far apart in the logarithm as rounding to pycls' quanta (0.1 and
/// 0.001) lets them. The size is the product: 150,994,944 published. The paper counts 64 values of
/// each of the four, 64^4 * 6 * 3, although w0 has only 32 that are multiples of 8; `counts` has
/// that. wm ends at 1.5 in the paper and at 2 in pycls' defaults: the paper's holds.
///
/// The preset `published` is for 224x224 pixels, a stem of 32 channels and every stage with stride
/// 2; `small` for 28x28 and 32x32: 16 channels, neither the stem nor the first stage strided.
///
/// `sample` is pycls': depth, ratio and group uniform; w0, wa and wm uniform in the logarithm and
/// rounded up; drawn again until there are `stages` (4) stages and no power of wm between the first
/// and the last is left out. Other genotypes are valid: the paper rejects them in its experiments.
#pragma once

#include <cstdint>
#include <vector>

#include "search_spaces/registry.hpp"

namespace nas {

struct RegNetLine {
  std::int64_t depth = 1;
  std::int64_t initial_width = 8;  ///< w0: channels, a multiple of 8
  double slope = 0;                ///< wa: channels a block
  double multiplier = 2;           ///< wm: above 1
};

struct RegNetWidths {
  std::vector<std::int64_t> widths;  ///< of the stages, ascending, before groups are fitted
  std::vector<std::int64_t> depths;  ///< of the stages
  std::int64_t levels = 0;           ///< powers of wm from the first stage to the last
};
RegNetWidths regnet_widths(const RegNetLine& line);

SpaceEntry regnet_space();

}  // namespace nas
