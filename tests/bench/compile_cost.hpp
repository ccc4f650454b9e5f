#pragma once

namespace nas::bench {

/// Registers benchmarks of compiling a network for training that differs from an earlier one in one
/// block, as a supernet's next path does; beside the time, in per cent of one training step of it.
void register_compile_cost();

}  // namespace nas::bench
