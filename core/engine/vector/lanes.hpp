/// Vectors of floats, for the files of this folder, which are compiled once for each kind of vector
/// registers.
///
/// CMakeLists.txt compiles them with NAS_VECTOR_ISA set to the namespace that their functions go
/// to: `baseline`, `avx2` or `avx512`; `for_this_machine` chooses among the three at run time.
/// Everything that such a file calls must be in that namespace or have no name outside of the file:
/// of an inline function that several files define the linker keeps one, compiled for whichever
/// machine.
#pragma once

#include <cstdint>

#include "core/engine/bfloat16.hpp"

namespace nas::engine::NAS_VECTOR_ISA {

/// One pixel of a block of `width` channels.
template <int width>
struct Lanes {
  typedef float Floats __attribute__((vector_size(width * sizeof(float)), may_alias));
  typedef std::int32_t Integers __attribute__((vector_size(width * sizeof(float)), may_alias));
  typedef std::uint32_t Bits __attribute__((vector_size(width * sizeof(float)), may_alias));
  typedef std::uint16_t Halves __attribute__((vector_size(width * sizeof(Bfloat16)), may_alias));
};

template <int width>
using Floats = typename Lanes<width>::Floats;

template <int width>
const Floats<width>* vectors(const float* values) {
  return reinterpret_cast<const Floats<width>*>(values);
}
template <int width>
Floats<width>* vectors(float* values) {
  return reinterpret_cast<Floats<width>*>(values);
}

template <int width>
Floats<width> widened(typename Lanes<width>::Halves values) {
  using Bits = typename Lanes<width>::Bits;
  return __builtin_bit_cast(Floats<width>, __builtin_convertvector(values, Bits) << 16);
}

/// As `to_bfloat16` does it.
template <int width>
typename Lanes<width>::Halves narrowed(Floats<width> values) {
  using Bits = typename Lanes<width>::Bits;
  const Bits bits = __builtin_bit_cast(Bits, values);
  const Bits rounded = bits + (0x7fffU + ((bits >> 16) & 1U));
  const Bits upper = ((bits & 0x7fffffffU) <= 0x7f800000U ? rounded : bits | 0x00400000U) >> 16;
  return __builtin_convertvector(upper, typename Lanes<width>::Halves);
}

/// An activation in memory, a block of a pixel's channels at a time, whatever its type.
template <int width, typename Value>
class Pixels;

template <int width>
class Pixels<width, float> {
 public:
  explicit Pixels(const void* values) : values_(static_cast<const Floats<width>*>(values)) {}
  Floats<width> operator[](std::int64_t pixel) const { return values_[pixel]; }
  Pixels operator+(std::int64_t pixels) const { return Pixels(values_ + pixels); }

 private:
  const Floats<width>* values_;
};

template <int width>
class Pixels<width, Bfloat16> {
 public:
  explicit Pixels(const void* values) : values_(static_cast<const Halves*>(values)) {}
  Floats<width> operator[](std::int64_t pixel) const { return widened<width>(values_[pixel]); }
  Pixels operator+(std::int64_t pixels) const { return Pixels(values_ + pixels); }

 private:
  using Halves = typename Lanes<width>::Halves;
  const Halves* values_;
};

/// Writes them, to an activation of type Value.
template <int width, typename Value>
void set_pixel(void* values, std::int64_t pixel, Floats<width> value) {
  if constexpr (sizeof(Value) == sizeof(float)) {
    static_cast<Floats<width>*>(values)[pixel] = value;
  } else {
    static_cast<typename Lanes<width>::Halves*>(values)[pixel] = narrowed<width>(value);
  }
}

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t larger(std::int64_t a, std::int64_t b) { return a < b ? b : a; }

}  // namespace nas::engine::NAS_VECTOR_ISA
