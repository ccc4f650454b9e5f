#include "core/engine/instruction_set.hpp"

#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>

#include "core/engine/program.hpp"

using namespace nas;
using engine::VectorWidth;

namespace {

VectorWidth width_of(const std::string& set) {
  if (set.starts_with("avx512") || set.starts_with("avx10_1_512")) return VectorWidth::avx512;
  if (set.starts_with("avx2")) return VectorWidth::avx2;
  return VectorWidth::baseline;
}

}  // namespace

TEST_CASE("our own kernels use the vectors of the instruction set that is recorded") {
  CHECK(engine::vector_width() == width_of(instruction_set()));
}

TEST_CASE("DNNL_MAX_CPU_ISA limits the instruction set that is recorded") {
  const char* const limit = std::getenv("DNNL_MAX_CPU_ISA");
  if (limit == nullptr || std::string(limit) != "AVX2" || !__builtin_cpu_supports("avx2")) return;
  CHECK(instruction_set() == "avx2");
}
