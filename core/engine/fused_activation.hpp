/// Activations that a kernel may apply to what it computes.
///
/// All of them give 0 for 0, so that the lanes that pad a block of channels stay zero.
#pragma once

#include <cstdint>
#include <optional>

#include "core/architecture/op_table.hpp"

namespace nas::engine {

enum class FusedActivation : std::uint8_t { none, relu, relu6, swish, h_swish };

/// Nothing for an op that is no such activation.
constexpr std::optional<FusedActivation> fused_activation(OpKind kind) {
  switch (kind) {
    case OpKind::relu:
      return FusedActivation::relu;
    case OpKind::relu6:
      return FusedActivation::relu6;
    case OpKind::swish:
      return FusedActivation::swish;
    case OpKind::h_swish:
      return FusedActivation::h_swish;
    default:
      return {};
  }
}

}  // namespace nas::engine
