/// 3x3 convolutions of stride 1 by Winograd's minimal filtering F(2x2, 3x3) (Lavin, Gray 2016): 16
/// products for four outputs where the direct way takes 36, in single precision as exact as that.
#pragma once

#include <cstdint>

#include "core/engine/bfloat16.hpp"
#include "core/engine/fused_activation.hpp"

namespace nas::engine {

struct WinogradShape {
  std::int64_t samples;
  std::int64_t block;  ///< channels that lie side by side
  std::int64_t in_channels, out_channels;
  std::int64_t in_h, in_w;
  std::int64_t out_h, out_w;
  std::int64_t padding_h, padding_w;  ///< at the top and on the left
  /// The weights are (in, out, 3, 3), and each kernel is turned by half a turn: so the gradient of
  /// a convolution's input follows from that of its output, with 2 - padding.
  bool transposed = false;
  /// What becomes of the result, in this order: it is added to what the destination holds, and goes
  /// through an activation.
  bool accumulates = false;
  FusedActivation activation = FusedActivation::none;
};

/// Overwrites `destination`. `source` and `destination` are in blocks of channels, of one type, and
/// aligned to a block; `weights` are plain (out, in, 3, 3); `bias`, one for each output channel,
/// may be null. `scratch` is any memory of so many floats, aligned to a block.
struct Winograd {
  void (*run)(const WinogradShape& shape, const void* source, const float* weights,
              const float* bias, float* scratch, void* destination) = nullptr;
  std::int64_t scratch = 0;
};

/// For this machine. Its `run` is null but for blocks of 8 channels and, with AVX-512, of 16; for
/// bfloat16 but for blocks of 16 and with instructions for its products. These round transformed
/// inputs and weights to bfloat16, and add up in float.
Winograd winograd(const WinogradShape& shape, ValueType type = ValueType::float32);

namespace baseline {
Winograd winograd(const WinogradShape& shape, ValueType type);
}
namespace avx2 {
Winograd winograd(const WinogradShape& shape, ValueType type);
}
namespace avx512 {
Winograd winograd(const WinogradShape& shape, ValueType type);
}
namespace avx512_bf16 {
Winograd winograd(const WinogradShape& shape, ValueType type);
}

}  // namespace nas::engine
