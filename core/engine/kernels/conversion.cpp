#include "core/engine/kernels/conversion.hpp"

#include "core/engine/kernels/vectorised.hpp"

namespace nas::engine {
namespace {

struct Narrow {
  [[gnu::always_inline]] static void run(const float* from, Bfloat16* to, std::size_t count) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) to[i] = to_bfloat16(from[i]);
  }
};

struct Widen {
  [[gnu::always_inline]] static void run(const Bfloat16* from, float* to, std::size_t count) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) to[i] = to_float(from[i]);
  }
};

}  // namespace

void convert(const float* from, Bfloat16* to, std::size_t count) {
  run_vectorised<Narrow>(from, to, count);
}

void convert(const Bfloat16* from, float* to, std::size_t count) {
  run_vectorised<Widen>(from, to, count);
}

Conversion::Conversion(const Desc& from, const Desc& to)
    : narrows_(data_type(to) == DataType::bf16), count_(elements(from)) {}

void Conversion::operator()(std::span<float* const> buffers) const {
  if (narrows_) {
    convert(buffers[0], values<Bfloat16>(buffers[1]), count_);
  } else {
    convert(values<Bfloat16>(buffers[0]), buffers[1], count_);
  }
}

}  // namespace nas::engine
