// Which of its compilations a kernel is taken from.
#include "core/engine/instruction_set.hpp"
#include "core/engine/vector/convolution_gradient.hpp"
#include "core/engine/vector/depthwise_data_gradient.hpp"
#include "core/engine/vector/depthwise_gradient.hpp"
#include "core/engine/vector/max_pool_gradient.hpp"
#include "core/engine/vector/normalisation.hpp"
#include "core/engine/vector/winograd.hpp"
#include "core/engine/vector/winograd_gradient.hpp"

namespace nas::engine {
namespace {

template <typename Function>
Function for_this_machine(Function with_baseline, Function with_avx2, Function with_avx512) {
  switch (vector_width()) {
    case VectorWidth::avx512:
      return with_avx512;
    case VectorWidth::avx2:
      return with_avx2;
    case VectorWidth::baseline:
      break;
  }
  return with_baseline;
}

}  // namespace

NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width) {
  if (type == ValueType::bfloat16 && has_bf16_instructions()) {
    return avx512_bf16::norm_kernels(activation, type, width);
  }
  return for_this_machine(baseline::norm_kernels, avx2::norm_kernels, avx512::norm_kernels)(
      activation, type, width);
}

ConvolutionGradient convolution_gradient(const ConvolutionShape& shape) {
  return for_this_machine(baseline::convolution_gradient, avx2::convolution_gradient,
                          avx512::convolution_gradient)(shape);
}

MaxPoolGradient max_pool_gradient(std::int64_t width) {
  return for_this_machine(baseline::max_pool_gradient, avx2::max_pool_gradient,
                          avx512::max_pool_gradient)(width);
}

Winograd winograd(const WinogradShape& shape, ValueType type) {
  if (type == ValueType::bfloat16 && has_bf16_instructions()) {
    return avx512_bf16::winograd(shape, type);
  }
  return for_this_machine(baseline::winograd, avx2::winograd, avx512::winograd)(shape, type);
}

WinogradGradient winograd_gradient(const WinogradShape& shape, ValueType type) {
  if (type == ValueType::bfloat16 && has_bf16_instructions()) {
    return avx512_bf16::winograd_gradient(shape, type);
  }
  return for_this_machine(baseline::winograd_gradient, avx2::winograd_gradient,
                          avx512::winograd_gradient)(shape, type);
}

DepthwiseDataGradient depthwise_data_gradient(const DepthwiseShape& shape) {
  return for_this_machine(baseline::depthwise_data_gradient, avx2::depthwise_data_gradient,
                          avx512::depthwise_data_gradient)(shape);
}

DepthwiseGradient depthwise_gradient(const DepthwiseShape& shape, ValueType type) {
  return for_this_machine(baseline::depthwise_gradient, avx2::depthwise_gradient,
                          avx512::depthwise_gradient)(shape, type);
}

}  // namespace nas::engine
