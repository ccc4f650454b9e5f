/// An activation in blocks of channels, for kernels that are tested on their own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/random.hpp"
#include "core/engine/bfloat16.hpp"
#include "core/parameters/tensor.hpp"

namespace nas::test {

/// Normal values, with the padding lanes zero.
class Blocked {
 public:
  Blocked(std::int64_t samples, std::int64_t channels, std::int64_t pixels, std::int64_t block,
          std::uint64_t seed, engine::ValueType type = engine::ValueType::float32)
      : blocks_((channels + block - 1) / block),
        pixels_(pixels),
        block_(block),
        is_half_(type == engine::ValueType::bfloat16),
        values_(static_cast<std::size_t>(samples * blocks_ * pixels * block)) {
    Random random(seed);
    for (std::int64_t n = 0; n < samples; ++n) {
      for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t p = 0; p < pixels; ++p) {
          set(index(n, c, p), static_cast<float>(random.normal()));
        }
      }
    }
  }
  double at(std::int64_t n, std::int64_t c, std::int64_t p) const {
    const std::size_t i = index(n, c, p);
    return static_cast<double>(is_half_ ? engine::to_float(halves()[i]) : values_.data()[i]);
  }
  const float* data() const { return values_.data(); }
  float* data() { return values_.data(); }

 private:
  const engine::Bfloat16* halves() const {
    return reinterpret_cast<const engine::Bfloat16*>(values_.data());
  }
  void set(std::size_t i, float value) {
    if (is_half_) {
      reinterpret_cast<engine::Bfloat16*>(values_.data())[i] = engine::to_bfloat16(value);
    } else {
      values_.data()[i] = value;
    }
  }
  std::size_t index(std::int64_t n, std::int64_t c, std::int64_t p) const {
    return static_cast<std::size_t>(((n * blocks_ + c / block_) * pixels_ + p) * block_ +
                                    c % block_);
  }
  std::int64_t blocks_, pixels_, block_;
  bool is_half_;
  Tensor values_;
};

}  // namespace nas::test
