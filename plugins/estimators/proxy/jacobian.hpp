/// jacob_cov: how differently a network reacts to different images.
#pragma once

#include <cstdint>
#include <span>

namespace nas::proxy {

/// Mellor, Turner, Storkey, Crowley 2020, "Neural Architecture Search without Training", first
/// version: -sum(log(v + k) + 1 / (v + k)) over the eigenvalues v of the correlation matrix of the
/// `rows` equal parts of `values`, k = 1e-5. At best -rows, where nothing is correlated. NaN where
/// a row is constant, and so correlated with nothing.
double jacob_cov(std::span<const float> values, std::int64_t rows);

}  // namespace nas::proxy
