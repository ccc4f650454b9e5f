/// Which vector instructions the engine uses: what oneDNN reports, so that DNNL_MAX_CPU_ISA holds
/// for our own kernels too.
#pragma once

namespace nas::engine {

enum class VectorWidth { baseline, avx2, avx512 };
VectorWidth vector_width();

/// Whether oneDNN has primitives in bfloat16 for all passes of training, which it has from AVX-512
/// on; fast ones where there are instructions for it, too.
bool has_bf16_primitives();
bool has_bf16_instructions();

}  // namespace nas::engine
