#include "core/engine/mixed_precision.hpp"

#include "core/engine/channel_blocks.hpp"
#include "core/engine/instruction_set.hpp"

namespace nas::engine {

MixedPrecision::MixedPrecision(Precision precision)
    : activations_(precision == Precision::bf16 ? DataType::bf16 : DataType::f32),
      primitives_(has_bf16_primitives() ? activations_ : DataType::f32) {}

Desc MixedPrecision::kept(const Desc& desc) const {
  return is_direct() ? desc : in_type(desc, activations_);
}

Desc MixedPrecision::seen(const Desc& desc) const {
  const bool is_float = data_type(desc) == DataType::f32;
  return is_direct() || is_float ? desc : in_type(desc, primitives_);
}

Desc in_type(const Desc& desc, DataType type) {
  if (data_type(desc) == type) return desc;
  const auto blocks = channel_blocks(desc);
  return blocks ? blocks->layout(extents(desc), type) : plain(extents(desc), type);
}

}  // namespace nas::engine
