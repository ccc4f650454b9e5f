/// The weight gradient of 3x3 convolutions of stride 1 by Winograd's minimal filtering
/// (Lavin, Gray 2016): with F(2x2, 3x3) turned round, as F(3x3, 2x2), it too takes 16 products
/// where the direct way takes 36.
#pragma once

#include <cstdint>

#include "core/engine/vector/winograd.hpp"

namespace nas::engine {

/// Overwrites `weights_gradient`, plain (out, in, 3, 3), with the sum over samples and pixels,
/// whose order is fixed for each instruction set. `source` is the convolution's input, `gradient`
/// that of its output, both in blocks of channels, of one type, and aligned to a block. `scratch`
/// is any memory of so many floats, aligned to a block.
struct WinogradGradient {
  void (*run)(const WinogradShape& shape, const void* source, const void* gradient, float* scratch,
              float* weights_gradient) = nullptr;
  std::int64_t scratch = 0;
};

/// For this machine; of a shape that is not transposed. Its `run` is null where that of `winograd`
/// is; products of bfloat16 are of transformed values that were rounded to it.
WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type = ValueType::float32);

namespace baseline {
WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type);
}
namespace avx2 {
WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type);
}
namespace avx512 {
WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type);
}
namespace avx512_bf16 {
WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type);
}

}  // namespace nas::engine
