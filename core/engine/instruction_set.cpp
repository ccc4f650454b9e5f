#include "core/engine/instruction_set.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/engine/dnnl.hpp"
#include "core/engine/program.hpp"

namespace nas {
namespace engine {
namespace {

/// oneDNN's values have a bit for each extension that an instruction set includes.
bool includes(dnnl::cpu_isa set, dnnl::cpu_isa part) {
  const auto bits = static_cast<unsigned>(part);
  return (static_cast<unsigned>(set) & bits) == bits;
}

}  // namespace

VectorWidth vector_width() {
  const dnnl::cpu_isa set = dnnl::get_effective_cpu_isa();
  if (includes(set, dnnl::cpu_isa::avx512_core)) return VectorWidth::avx512;
  if (includes(set, dnnl::cpu_isa::avx2)) return VectorWidth::avx2;
  return VectorWidth::baseline;
}

bool has_bf16_primitives() {
  return includes(dnnl::get_effective_cpu_isa(), dnnl::cpu_isa::avx512_core);
}

bool has_bf16_instructions() {
  return includes(dnnl::get_effective_cpu_isa(), dnnl::cpu_isa::avx512_core_bf16);
}

}  // namespace engine

void require_precision(Precision precision) {
  if (precision == Precision::float32 || engine::has_bf16_primitives()) return;
  throw Error(ErrorKind::config,
              fmt::format("precision '{}' needs a CPU with AVX-512, best with its bfloat16 "
                          "instructions (avx512_core_bf16 or AMX); here there is {}; leave it "
                          "at 'float32'",
                          precision_name(precision), instruction_set()));
}

std::string instruction_set() {
  const dnnl_cpu_isa_t set = dnnl_get_effective_cpu_isa();
  if (set == 0) return "generic";  // not even SSE 4.1
  constexpr std::string_view prefix = "cpu_isa_";
  return std::string(dnnl_cpu_isa2str(set)).substr(prefix.size());
}

std::string engine_version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace nas
