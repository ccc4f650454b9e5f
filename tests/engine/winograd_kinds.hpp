/// Which kernels by Winograd's filtering there are, and how exact.
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine/bfloat16.hpp"
#include "core/engine/instruction_set.hpp"

namespace nas::test {

/// What a kernel is compiled for.
struct WinogradKind {
  std::int64_t block;
  engine::ValueType type = engine::ValueType::float32;

  /// Relative to the norm of the result: a few units in the last place, or what a rounding of
  /// transformed inputs, of transformed weights or gradients, and of the result may change.
  double tolerance() const { return type == engine::ValueType::float32 ? 1e-6 : 3 * 0x1p-9; }
};
/// Those that this machine has.
inline std::vector<WinogradKind> winograd_kinds() {
  std::vector<WinogradKind> kinds = {{8}};
  if (engine::vector_width() == engine::VectorWidth::avx512) kinds.push_back({16});
  if (engine::has_bf16_instructions()) kinds.push_back({16, engine::ValueType::bfloat16});
  return kinds;
}

}  // namespace nas::test
