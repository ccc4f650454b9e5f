/// What a test looks for.
#pragma once

namespace nas {

enum class Alternative {
  greater,    ///< the first sample has greater values
  two_sided,  ///< one of them has
};

}  // namespace nas
