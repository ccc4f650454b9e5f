/// The image and keyword networks of the benchmark MLPerf Tiny (Banbury et al. 2021), as its
/// reference code has them (mlcommons/tiny, v1.0): what designers take for small devices.
#pragma once

#include <vector>

#include "search_spaces/registry.hpp"

namespace nas {

/// resnet8, mobilenetv1-0.25 and ds-cnn. Padding is symmetric where the reference code has Keras'
/// "same", which at stride 2 puts more on one side: shapes, parameters and multiply-accumulates are
/// the same.
std::vector<NamedArchitecture> mlperf_tiny_networks();

}  // namespace nas
