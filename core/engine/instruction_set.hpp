/// Which vector instructions the engine uses: what oneDNN reports, so that DNNL_MAX_CPU_ISA holds
/// for our own kernels too.
#pragma once

namespace nas::engine {

enum class VectorWidth { baseline, avx2, avx512 };
VectorWidth vector_width();

}  // namespace nas::engine
