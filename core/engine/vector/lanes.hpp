/// Vectors of floats, for the files of this folder, which are compiled once for each kind of vector
/// registers.
///
/// CMakeLists.txt compiles them with NAS_VECTOR_ISA set to the namespace that their functions go
/// to: `baseline`, `avx2` or `avx512`, and what writes bfloat16 also `avx512_bf16`; dispatch.cpp
/// chooses among them at run time.
/// Everything that such a file calls must be in that namespace or have no name outside of the file:
/// of an inline function that several files define the linker keeps one, compiled for whichever
/// machine.
#pragma once

#include <cstdint>

#include "core/engine/bfloat16.hpp"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

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
#ifdef __AVX512F__
  if constexpr (width == 16) {  // GCC 12 makes of the below two halves of a vector, and joins them
    const __m512i wide = _mm512_maskz_cvtepu16_epi32(0xffff, __builtin_bit_cast(__m256i, values));
    return __builtin_bit_cast(Floats<width>, __builtin_bit_cast(Bits, wide) << 16);
  }
#endif
  return __builtin_bit_cast(Floats<width>, __builtin_convertvector(values, Bits) << 16);
}

/// As `to_bfloat16` does it; but where there is an instruction for it, that takes subnormal numbers
/// for zero.
template <int width>
typename Lanes<width>::Halves narrowed(Floats<width> values) {
  using Halves = typename Lanes<width>::Halves;
#ifdef __AVX512BF16__
  if constexpr (width == 16) {
    return __builtin_bit_cast(Halves, _mm512_cvtneps_pbh(__builtin_bit_cast(__m512, values)));
  }
  if constexpr (width == 8) {
    return __builtin_bit_cast(Halves, _mm256_cvtneps_pbh(__builtin_bit_cast(__m256, values)));
  }
#endif
  using Bits = typename Lanes<width>::Bits;
  const Bits bits = __builtin_bit_cast(Bits, values);
  const Bits rounded = bits + (0x7fffU + ((bits >> 16) & 1U));
  const Bits upper = ((bits & 0x7fffffffU) <= 0x7f800000U ? rounded : bits | 0x00400000U) >> 16;
  return __builtin_convertvector(upper, Halves);
}

/// Vectors of factors that are multiplied and added up in single precision: one float in each lane,
/// or two bfloat16 that belong to two terms of the same sum. So many of Value lie in a lane.
template <typename Value>
constexpr std::int64_t in_lane = sizeof(float) / sizeof(Value);

/// Lane by lane one of the first and, in the upper half of the lane, one of the second.
template <int width>
Floats<width> paired(Floats<width> first, Floats<width> second) {
  using Bits = typename Lanes<width>::Bits;
  const Bits lower = __builtin_bit_cast(Bits, widened<width>(narrowed<width>(first))) >> 16;
  const Bits upper = __builtin_bit_cast(Bits, widened<width>(narrowed<width>(second)));
  return __builtin_bit_cast(Floats<width>, lower | upper);
}

/// `lanes` with this in their upper halves.
template <int width>
Floats<width> with_second(Floats<width> lanes, Floats<width> second) {
  using Bits = typename Lanes<width>::Bits;
  const Bits upper = __builtin_bit_cast(Bits, widened<width>(narrowed<width>(second)));
  return __builtin_bit_cast(Floats<width>, __builtin_bit_cast(Bits, lanes) | upper);
}

/// Adds the products of `lane`, the same for all lanes, and `factors` to `sums`.
template <typename Value, int width>
[[gnu::always_inline]] inline void add_product(Floats<width>& sums, const float& lane,
                                               const Floats<width>& factors) {
  if constexpr (in_lane<Value> == 1) {
    sums += lane * factors;
  } else {
#ifdef __AVX512BF16__
    const __m512i both = _mm512_set1_epi32(__builtin_bit_cast(int, lane));
    sums =
        __builtin_bit_cast(Floats<width>, _mm512_dpbf16_ps(__builtin_bit_cast(__m512, sums),
                                                           __builtin_bit_cast(__m512bh, both),
                                                           __builtin_bit_cast(__m512bh, factors)));
#else
    static_assert(in_lane<Value> == 1, "needs the instructions");
#endif
  }
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
