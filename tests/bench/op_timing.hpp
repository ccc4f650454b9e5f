/// Measures what single ops of a compiled network take, in training.
#pragma once

#include <cstdint>
#include <string>

#include "core/architecture/architecture.hpp"
#include "core/engine/compiler.hpp"
#include "core/engine/executable.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::bench {

/// A network and the node of it that is measured, with what is fused behind it.
struct OpInNetwork {
  Architecture net;
  NodeId node = 0;
};

/// Runs whole passes over the network, so that layouts are those of real use, and adds up the time
/// of the node's steps.
class OpTiming {
 public:
  OpTiming(OpInNetwork op, std::int64_t batch);

  /// Seconds that the node's steps take in one pass.
  double forward();
  double backward();

  /// Of all tensors that the steps of a pass read or write; 0 where the node has no steps.
  double bytes(engine::Pass pass) const;
  /// Floating-point operations of a pass, two for each multiply-accumulate; 0 where the op has
  /// none.
  double flops(engine::Pass pass) const;

 private:
  bool is_measured(engine::Pass pass, std::size_t step) const;
  template <typename Run>
  double measured(engine::Pass pass, const Run& run);

  OpInNetwork op_;
  std::int64_t batch_;
  ParameterStore store_;
  engine::CompiledNetwork network_;
  engine::Executable executable_;
};

}  // namespace nas::bench
