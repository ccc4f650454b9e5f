/// What a compiler hands over: the tape, and the buffers on it that somebody outside reads or
/// writes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/drop_mask.hpp"
#include "core/engine/gates.hpp"
#include "core/engine/tape.hpp"
#include "core/parameters/element_runs.hpp"

namespace nas::engine {

/// A stored tensor, and the buffer that stands for it.
struct ParameterBuffer {
  std::string name;
  BufferId buffer;
};

/// The gradient of a stored tensor, at its full size.
struct GradientBuffer {
  /// Elements that the backward pass fills while a guard is open.
  struct Part {
    GuardId guard;
    ElementRuns runs;
  };
  std::string name;
  BufferId buffer;
  std::vector<Part> parts;
};

struct StatisticsBuffers {
  NodeId node;
  BufferId mean;
  BufferId variance;
  std::int64_t count;
  double momentum;
};

/// The value of a node, plain, and the loss's gradient with respect to it, in training.
struct Tap {
  BufferId value;
  std::optional<BufferId> gradient;
};

struct CompiledNetwork {
  Tape tape;
  std::shared_ptr<Gates> gates;
  BufferId input = 0;
  std::optional<BufferId> input_gradient;
  std::vector<BufferId> outputs;
  std::vector<BufferId> output_gradients;
  std::vector<ParameterBuffer> parameters;
  std::vector<GradientBuffer> gradients;
  std::vector<StatisticsBuffers> statistics;
  std::vector<Tap> taps;
  /// By pass and step: the node that it was compiled for, then those that are fused behind it.
  std::array<std::vector<std::vector<NodeId>>, 3> step_nodes;
  /// What steps read when they run.
  std::shared_ptr<StepRandomness> randomness = std::make_shared<StepRandomness>();

  const std::vector<std::vector<NodeId>>& nodes_of_steps(Pass pass) const {
    return step_nodes[static_cast<std::size_t>(pass)];
  }
};

}  // namespace nas::engine
