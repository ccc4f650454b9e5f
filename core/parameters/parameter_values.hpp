/// What an op sees of a stored tensor, as plain numbers: for who has no Program, such as exports.
#pragma once

#include <vector>

#include "core/architecture/parameter_reference.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas {

/// The values of the parameter in row-major order of its own shape: the part of the stored tensor
/// that its views leave, with matrices multiplied in double. Throws Error(space) where the store
/// lacks the tensor or a matrix, or holds it with another shape.
std::vector<float> parameter_values(const ParameterStore& store,
                                    const ParameterReference& reference);

}  // namespace nas
