/// Activation functions and their slopes, over vectors.
#pragma once

#include "core/engine/fused_activation.hpp"
#include "core/engine/vector/lanes.hpp"

namespace nas::engine::NAS_VECTOR_ISA {

/// e^x to 2 units in the last place (Cody and Waite's reduction, a polynomial of degree 6); clamped
/// where a float has no room for it.
template <int width>
Floats<width> exponential(Floats<width> x) {
  using Integers = typename Lanes<width>::Integers;
  constexpr float largest = 88.0F;
  x = x < -largest ? Floats<width>{} - largest : x;
  x = x > largest ? Floats<width>{} + largest : x;
  constexpr float log2_e = 1.44269504F;
  constexpr float ln2_high = 0.693359375F;
  constexpr float ln2_low = -2.12194440e-4F;
  const Floats<width> half = x < 0.0F ? Floats<width>{} - 0.5F : Floats<width>{} + 0.5F;
  const Integers power = __builtin_convertvector(x * log2_e + half, Integers);
  const Floats<width> whole = __builtin_convertvector(power, Floats<width>);
  const Floats<width> r = (x - whole * ln2_high) - whole * ln2_low;
  Floats<width> sum = r * (1.0F / 720) + 1.0F / 120;
  sum = sum * r + 1.0F / 24;
  sum = sum * r + 1.0F / 6;
  sum = sum * r + 0.5F;
  sum = sum * r + 1.0F;
  sum = sum * r + 1.0F;
  const Integers scale = (power + 127) << 23;
  return sum * __builtin_bit_cast(Floats<width>, scale);
}

/// f(y) and f'(y); at a kink the slope of the flat side.
template <FusedActivation activation, int width>
struct ActivationOf {
  static Floats<width> value(Floats<width> y) {
    if constexpr (activation == FusedActivation::relu) return y > 0.0F ? y : Floats<width>{};
    if constexpr (activation == FusedActivation::relu6) {
      const Floats<width> above = y > 0.0F ? y : Floats<width>{};
      return above < 6.0F ? above : Floats<width>{} + 6.0F;
    }
    if constexpr (activation == FusedActivation::swish) {
      return y / (1.0F + exponential<width>(-y));
    }
    if constexpr (activation == FusedActivation::h_swish) {
      return y * ActivationOf<FusedActivation::relu6, width>::value(y + 3.0F) * (1.0F / 6);
    }
    return y;
  }

  /// `gradient` * f'(y).
  static Floats<width> backward(Floats<width> y, Floats<width> gradient) {
    if constexpr (activation == FusedActivation::relu) return y > 0.0F ? gradient : Floats<width>{};
    if constexpr (activation == FusedActivation::relu6) {
      const Floats<width> below = y < 6.0F ? gradient : Floats<width>{};
      return y > 0.0F ? below : Floats<width>{};
    }
    if constexpr (activation == FusedActivation::swish) {
      const Floats<width> sigmoid = 1.0F / (1.0F + exponential<width>(-y));
      return gradient * sigmoid * (1.0F + y * (1.0F - sigmoid));
    }
    if constexpr (activation == FusedActivation::h_swish) {
      const Floats<width> ramp = gradient * (y * (1.0F / 3) + 0.5F);
      const Floats<width> below = y < 3.0F ? ramp : gradient;
      return y > -3.0F ? below : Floats<width>{};
    }
    return gradient;
  }
};

}  // namespace nas::engine::NAS_VECTOR_ISA
