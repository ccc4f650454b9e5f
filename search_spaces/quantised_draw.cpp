#include "search_spaces/quantised_draw.hpp"

#include <algorithm>
#include <cmath>

namespace nas {

int draw_log_uniform(int low, int high, Random& random) {
  const double below = low - std::min(1.0, low / 2.0);
  const double drawn = std::exp(random.uniform(std::log(below), std::log(high)));
  return std::clamp(static_cast<int>(std::ceil(drawn)), low, high);
}

}  // namespace nas
