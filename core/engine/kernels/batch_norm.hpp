#pragma once

#include "core/engine/compiler.hpp"

namespace nas::engine {

/// Whether the batch norm does the work of the ReLU that reads it: nobody else may see its value.
bool fuses_relu(const Compiler& compiler, NodeId batch_norm);

}  // namespace nas::engine
