/// The categorical Parzen estimator of Optuna's TPE sampler (Akiba et al. 2019).
#pragma once

#include <cstddef>
#include <vector>

namespace nas::tpe {

/// The weight of each of `count` observations, the oldest first: 1 for the latest 25, and for those
/// before them from 1 / count, rising linearly to 1.
std::vector<double> weights(std::size_t count);

/// The probability of each of so many answers: a mixture of one kernel for each of `observed`, the
/// oldest first, with these weights, and of a uniform prior with the weight 1. With k components
/// over c answers a kernel has (1 + 1/k) / (1 + c/k) on its own answer and (1/k) / (1 + c/k) on the
/// others.
std::vector<double> parzen(const std::vector<int>& observed, std::size_t answers);

}  // namespace nas::tpe
