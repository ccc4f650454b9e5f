/// What holds for a dataset of every format.
#pragma once

#include "core/data/dataset.hpp"

namespace nas {

/// Counts the classes where the reader has not (the largest label of both parts, plus one), checks
/// that both parts hold samples of one shape and one type, that there are 2 to 10,000 classes and
/// that each has a training sample, and hashes. Throws Error(data) that names the location.
void complete_dataset(Dataset& dataset);

}  // namespace nas
