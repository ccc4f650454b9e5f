#pragma once

#include <optional>

#include "core/engine/compiler.hpp"

namespace nas::engine {

/// What a batch norm in inference mode reads.
struct NormBuffers {
  BufferId mean;
  BufferId variance;
  std::optional<BufferId> scale;
  std::optional<BufferId> shift;
  float epsilon;
};

NormBuffers norm_buffers(Compiler& compiler, NodeId batch_norm);

}  // namespace nas::engine
