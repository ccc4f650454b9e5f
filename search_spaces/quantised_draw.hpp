/// How design spaces draw their parameters (Radosavovic et al. 2020; pycls, `sweep/random.py`).
#pragma once

#include "core/base/random.hpp"

namespace nas {

/// From `low` to `high`, both whole numbers of quanta, uniform in the logarithm: a value in
/// (low - min(1, low / 2), high], rounded up. In quanta, so that nothing is lost to rounding: the
/// paper's width from 8 to 1024 in steps of 8 is a draw from 1 to 128.
int draw_log_uniform(int low, int high, Random& random);

}  // namespace nas
