/// Loops of our own, compiled for each width of vectors.
#pragma once

#include "core/engine/instruction_set.hpp"

namespace nas::engine {

template <typename Kernel, typename... Arguments>
void run_baseline(Arguments... arguments) {
  Kernel::run(arguments...);
}
template <typename Kernel, typename... Arguments>
__attribute__((target("avx2,fma"))) void run_avx2(Arguments... arguments) {
  Kernel::run(arguments...);
}
template <typename Kernel, typename... Arguments>
__attribute__((target("avx512f,avx512vl,avx2,fma"))) void run_avx512(Arguments... arguments) {
  Kernel::run(arguments...);
}

/// Calls Kernel::run(arguments...), compiled for the vectors that this machine has. `run`, and all
/// that it calls, must be always_inline: what is not inlined runs as compiled for every machine.
template <typename Kernel, typename... Arguments>
void run_vectorised(Arguments... arguments) {
  switch (vector_width()) {
    case VectorWidth::avx512:
      return run_avx512<Kernel>(arguments...);
    case VectorWidth::avx2:
      return run_avx2<Kernel>(arguments...);
    case VectorWidth::baseline:
      return run_baseline<Kernel>(arguments...);
  }
}

}  // namespace nas::engine
