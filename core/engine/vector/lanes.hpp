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

namespace nas::engine::NAS_VECTOR_ISA {

/// One pixel of a block of `width` channels.
template <int width>
struct Lanes {
  typedef float Floats __attribute__((vector_size(width * sizeof(float)), may_alias));
  typedef std::int32_t Integers __attribute__((vector_size(width * sizeof(float)), may_alias));
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

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t larger(std::int64_t a, std::int64_t b) { return a < b ? b : a; }

}  // namespace nas::engine::NAS_VECTOR_ISA
