/// The memory of a program's activations, which programs leave to those that come after them.
#pragma once

#include <cstddef>

#include "core/parameters/tensor.hpp"

namespace nas::engine {

/// Fresh memory costs several times as much as all else that compiling a network does: the system
/// clears every page of it. So the last blocks given back are kept, up to 512 MiB in the process.
/// Safe to make and destroy in several threads at once.
class Arena {
 public:
  /// At least that many floats of any value. Throws std::bad_alloc.
  explicit Arena(std::size_t size);
  ~Arena();
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) = delete;

  float* data() { return block_.data(); }
  const float* data() const { return block_.data(); }

 private:
  Tensor block_;
};

}  // namespace nas::engine
