#include "core/engine/instruction_set.hpp"

#include <string>

#include <fmt/format.h>

#include "core/engine/dnnl.hpp"
#include "core/engine/program.hpp"

namespace nas {
namespace engine {

VectorWidth vector_width() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::all:  // what oneDNN says where there is not even SSE 4.1
    case dnnl::cpu_isa::sse41:
    case dnnl::cpu_isa::avx:
      return VectorWidth::baseline;
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx2_vnni:
      return VectorWidth::avx2;
    default:
      return VectorWidth::avx512;
  }
}

}  // namespace engine

std::string instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
      return "sse41";
    case dnnl::cpu_isa::avx:
      return "avx";
    case dnnl::cpu_isa::avx2:
      return "avx2";
    case dnnl::cpu_isa::avx2_vnni:
      return "avx2_vnni";
    case dnnl::cpu_isa::avx512_mic:
      return "avx512_mic";
    case dnnl::cpu_isa::avx512_mic_4ops:
      return "avx512_mic_4ops";
    case dnnl::cpu_isa::avx512_core:
      return "avx512_core";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "avx512_core_vnni";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "avx512_core_bf16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "avx512_core_amx";
    case dnnl::cpu_isa::all:
      break;
  }
  return "generic";
}

std::string engine_version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace nas
