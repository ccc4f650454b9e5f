/// The upper half of a float: its sign, its 8 bits of exponent and 7 of its fraction.
#pragma once

#include <cstdint>

namespace nas::engine {

/// What the values of an activation are kept in.
enum class ValueType : std::uint8_t { float32, bfloat16 };

struct Bfloat16 {
  std::uint16_t bits;
};

[[gnu::always_inline]] inline float to_float(float value) { return value; }
[[gnu::always_inline]] inline float to_float(Bfloat16 value) {
  return __builtin_bit_cast(float, std::uint32_t{value.bits} << 16U);
}

/// The nearest one, the even one of two; what is not a number stays so.
[[gnu::always_inline]] inline Bfloat16 to_bfloat16(float value) {
  constexpr std::uint32_t infinity = 0x7f800000U;
  constexpr std::uint32_t quiet = 0x00400000U;
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  const std::uint32_t rounded = bits + 0x7fffU + ((bits >> 16U) & 1U);
  const bool is_number = (bits & 0x7fffffffU) <= infinity;
  return {static_cast<std::uint16_t>((is_number ? rounded : bits | quiet) >> 16U)};
}

[[gnu::always_inline]] inline void set(float& to, float value) { to = value; }
[[gnu::always_inline]] inline void set(Bfloat16& to, float value) { to = to_bfloat16(value); }

}  // namespace nas::engine
