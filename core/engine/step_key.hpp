/// The key of one step of a tape.
#pragma once

#include <span>

#include "core/architecture/architecture.hpp"
#include "core/engine/program.hpp"
#include "core/engine/tape.hpp"

namespace nas::engine {

/// `nodes` are the one that the step was compiled for and those that are fused behind it.
StepKey step_key(const Tape& tape, const Step& step, const Architecture& architecture,
                 std::span<const NodeId> nodes);

}  // namespace nas::engine
