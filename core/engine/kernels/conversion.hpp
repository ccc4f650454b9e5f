/// Between floats and bfloat16, value by value.
#pragma once

#include <cstddef>
#include <span>

#include "core/engine/bfloat16.hpp"
#include "core/engine/dnnl.hpp"

namespace nas::engine {

void convert(const float* from, Bfloat16* to, std::size_t count);
void convert(const Bfloat16* from, float* to, std::size_t count);

/// As a step: from a buffer to one of the same layout and the other type.
class Conversion {
 public:
  Conversion(const Desc& from, const Desc& to);
  void operator()(std::span<float* const> buffers) const;

 private:
  bool narrows_;
  std::size_t count_;
};

/// The address of a buffer whose values are of that type.
template <typename Value>
Value* values(float* buffer) {
  return reinterpret_cast<Value*>(buffer);
}

}  // namespace nas::engine
