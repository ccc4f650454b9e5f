#include "core/engine/kernels/view_steps.hpp"

#include <algorithm>

namespace nas::engine {
namespace {

/// y += factor * x.
void add_scaled(float factor, const float* x, float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

}  // namespace

void gather(Runs runs, const float* tensor, float* part) {
  for (const ElementRun& run : runs) part = std::copy_n(tensor + run.begin, run.count, part);
}

void scatter(Runs runs, const float* part, float* tensor) {
  for (const ElementRun& run : runs) {
    std::copy_n(part, run.count, tensor + run.begin);
    part += run.count;
  }
}

void scatter_add(Runs runs, const float* part, float* tensor) {
  for (const ElementRun& run : runs) {
    float* const target = tensor + run.begin;
    for (std::size_t i = 0; i < run.count; ++i) target[i] += part[i];
    part += run.count;
  }
}

void clear(Runs runs, float* tensor) {
  for (const ElementRun& run : runs) std::fill_n(tensor + run.begin, run.count, 0.0F);
}

// The innermost loops run over consecutive values of both operands, so that they are vectorised
// without a change of the order in which sums are taken.
void transform_kernels(const Kernels& kernels, const float* old, const float* matrix,
                       float* transposed, float* result) {
  const std::int64_t size = kernels.size;
  for (std::int64_t i = 0; i < size; ++i) {
    for (std::int64_t j = 0; j < size; ++j) transposed[j * size + i] = matrix[i * size + j];
  }
  for (std::int64_t kernel = 0; kernel < kernels.count; ++kernel, old += size, result += size) {
    std::fill_n(result, size, 0.0F);
    for (std::int64_t j = 0; j < size; ++j) {
      add_scaled(old[j], transposed + j * size, result, size);
    }
  }
}

void transform_kernels_backward(const Kernels& kernels, const float* old, const float* matrix,
                                const float* gradient, float* old_gradient,
                                float* matrix_gradient) {
  const std::int64_t size = kernels.size;
  std::fill_n(matrix_gradient, size * size, 0.0F);
  for (std::int64_t kernel = 0; kernel < kernels.count; ++kernel) {
    std::fill_n(old_gradient, size, 0.0F);
    for (std::int64_t i = 0; i < size; ++i) {
      add_scaled(gradient[i], matrix + i * size, old_gradient, size);
      add_scaled(gradient[i], old, matrix_gradient + i * size, size);
    }
    old += size;
    gradient += size;
    old_gradient += size;
  }
}

}  // namespace nas::engine
