/// The loops between a stored tensor and a parameter that is a view of it.
#pragma once

#include <cstdint>
#include <span>

#include "core/parameters/element_runs.hpp"

namespace nas::engine {

using Runs = std::span<const ElementRun>;

/// The elements of the runs, one after the other.
void gather(Runs runs, const float* tensor, float* part);
/// The inverse: the rest of the tensor is left alone.
void scatter(Runs runs, const float* part, float* tensor);
void scatter_add(Runs runs, const float* part, float* tensor);
void clear(Runs runs, float* tensor);

/// `count` kernels of `size` values each, and what transforms them: a size x size matrix.
struct Kernels {
  std::int64_t count;
  std::int64_t size;
};
/// new[i] = sum over j of matrix[i][j] * old[j], for every kernel. `transposed` is scratch memory
/// as large as the matrix.
void transform_kernels(const Kernels& kernels, const float* old, const float* matrix,
                       float* transposed, float* result);
/// From the gradient of the result to those of the old kernels and of the matrix.
void transform_kernels_backward(const Kernels& kernels, const float* old, const float* matrix,
                                const float* gradient, float* old_gradient, float* matrix_gradient);

}  // namespace nas::engine
