/// Which value of a decision good networks have, and how sure that is.
#pragma once

#include <span>

#include "core/base/random.hpp"
#include "core/statistics/distribution.hpp"

namespace nas {

struct BestValueBootstrap {
  double share = 0.25;   ///< of the networks that each repeat draws, with replacement
  int repeats = 10'000;  ///< the authors' code has 2,500
};

/// The values that the best network of a draw has, over repeated draws (the empirical bootstrap of
/// Radosavovic et al. 2020): its median says which value is best, its quantiles at 0.025 and 0.975
/// are the 95 % interval. Network i has the value `values[i]` and the error `errors[i]`, less being
/// better; of equal errors the lower value wins. A draw has at least one network. Throws
/// Error(data) where there are no networks, or not as many errors as values.
Distribution best_values(std::span<const double> values, std::span<const double> errors,
                         const BestValueBootstrap& settings, Random& random);

}  // namespace nas
