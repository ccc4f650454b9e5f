/// The only file that includes oneDNN: its names, and the one place that knows which version of its
/// interface is installed, 2.6 (where a primitive is described in two steps) or 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <dnnl.hpp>
#include <oneapi/dnnl/dnnl_debug.h>

namespace nas::engine {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using DataType = dnnl::memory::data_type;
using dnnl::primitive_desc_base;

/// oneDNN's handle of this processor, one for the process: its primitive cache is keyed by it.
inline const dnnl::engine& cpu() {
  static const dnnl::engine processor(dnnl::engine::kind::cpu, 0);
  return processor;
}

#if DNNL_VERSION_MAJOR >= 3
inline int axes(const Desc& desc) { return desc.get_ndims(); }
inline Dims extents(const Desc& desc) { return desc.get_dims(); }
inline bool is_blocked(const Desc& desc) {
  return desc.get_format_kind() == dnnl::memory::format_kind::blocked;
}
inline DataType data_type(const Desc& desc) { return desc.get_data_type(); }
#else
inline int axes(const Desc& desc) { return desc.data.ndims; }
inline Dims extents(const Desc& desc) { return desc.dims(); }
inline bool is_blocked(const Desc& desc) { return desc.data.format_kind == dnnl_blocked; }
inline DataType data_type(const Desc& desc) { return desc.data_type(); }
#endif
inline std::int64_t extent(const Desc& desc, int axis) {
  return extents(desc)[static_cast<std::size_t>(axis)];
}

/// How a tensor lies in memory: the stride of every axis, and the blocks inside them, outermost
/// first.
struct Blocking {
  Dims strides;
  Dims block_sizes;
  Dims block_axes;
};
/// Where the descriptor is blocked.
inline Blocking blocking(const Desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return {desc.get_strides(), desc.get_inner_blks(), desc.get_inner_idxs()};
#else
  const dnnl_blocking_desc_t& inner = desc.data.format_desc.blocking;
  return {Dims(inner.strides, inner.strides + desc.data.ndims),
          Dims(inner.inner_blks, inner.inner_blks + inner.inner_nblks),
          Dims(inner.inner_idxs, inner.inner_idxs + inner.inner_nblks)};
#endif
}

/// Whether values of both lie in the same order, whatever their types. Along an axis of extent one
/// nothing is a stride apart: oneDNN sets that one as it likes.
inline bool same_layout(const Desc& a, const Desc& b) {
  if (extents(a) != extents(b) || !is_blocked(a) || !is_blocked(b)) return false;
  const Blocking first = blocking(a), second = blocking(b);
  for (std::size_t axis = 0; axis < first.strides.size(); ++axis) {
    if (extents(a)[axis] != 1 && first.strides[axis] != second.strides[axis]) return false;
  }
  return first.block_sizes == second.block_sizes && first.block_axes == second.block_axes;
}

/// Row-major, of one to five axes.
inline Desc plain(const Dims& dims, DataType type = DataType::f32) {
  using Tag = dnnl::memory::format_tag;
  static constexpr Tag tags[] = {Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde};
  return {dims, type, tags[dims.size() - 1]};
}
/// Of the same type.
inline Desc plain_like(const Desc& desc) { return plain(extents(desc), data_type(desc)); }
/// The layout is left to the primitive.
inline Desc any(const Dims& dims, DataType type = DataType::f32) {
  return {dims, type, dnnl::memory::format_tag::any};
}

/// Values in memory, those that are padding included.
inline std::size_t elements(const Desc& desc) {
  return desc.get_size() / dnnl::memory::data_type_size(data_type(desc));
}
/// What a primitive reads or writes as its argument `slot`.
inline Desc argument_desc(const primitive_desc_base& descriptor, int slot) {
  return descriptor.query_md(dnnl::query::exec_arg_md, slot);
}

/// In oneDNN's notation: "1x24x14x14:aBcd16b"; floats, unless another type precedes it, as in
/// "bf16:1x24x14x14:aBcd16b".
std::string text(const Desc& desc);
/// Which primitive it describes: "convolution", "reorder".
std::string kind_name(const primitive_desc_base& descriptor);

/// Scratch memory is handed in by us, so that the memory plan knows of it.
inline dnnl::primitive_attr attributes() {
  dnnl::primitive_attr result;
  result.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return result;
}

/// Describes a primitive for this processor; `arguments` are oneDNN's, in its order.
template <typename Primitive, typename... Arguments>
typename Primitive::primitive_desc describe(const dnnl::primitive_attr& attr,
                                            const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), arguments..., attr};
#else
  return {typename Primitive::desc(arguments...), attr, cpu()};
#endif
}
/// One that goes backwards, through what `forward` computes.
template <typename Primitive, typename Forward, typename... Arguments>
typename Primitive::primitive_desc describe_backward(const Forward& forward,
                                                     const Arguments&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), arguments..., forward, attributes()};
#else
  return {typename Primitive::desc(arguments...), attributes(), cpu(), forward};
#endif
}

inline dnnl::prop_kind forward_kind(bool training) {
  return training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
}

/// Sizes along height and width, as oneDNN wants them.
struct Window {
  Dims kernel;
  Dims strides;
  Dims dilation;  ///< 0 where neighbouring weights read neighbouring pixels
  Dims padding_begin;
  Dims padding_end;
};

using ConvolutionForward = dnnl::convolution_forward::primitive_desc;
using ConvolutionBackwardData = dnnl::convolution_backward_data::primitive_desc;
using ConvolutionBackwardWeights = dnnl::convolution_backward_weights::primitive_desc;

/// What the three passes of a convolution work on; `bias` has no axes where there is none.
struct ConvolutionDescs {
  Desc source;
  Desc weights;
  Desc bias;
  Desc destination;
};

/// For inference, too: what oneDNN has for that alone works on channels-last tensors, and takes up
/// to 1.1 times as long for networks of inverted bottlenecks and of 3x3 convolutions.
inline ConvolutionForward convolution_forward(const ConvolutionDescs& descs, const Window& window,
                                              const dnnl::post_ops& post_ops = {}) {
  dnnl::primitive_attr attr = attributes();
  attr.set_post_ops(post_ops);
  return describe<dnnl::convolution_forward>(
      attr, forward_kind(true), dnnl::algorithm::convolution_direct, descs.source, descs.weights,
      descs.bias, descs.destination, window.strides, window.dilation, window.padding_begin,
      window.padding_end);
}
inline ConvolutionBackwardData convolution_backward_data(const ConvolutionDescs& descs,
                                                         const Window& window,
                                                         const ConvolutionForward& forward) {
  return describe_backward<dnnl::convolution_backward_data>(
      forward, dnnl::algorithm::convolution_direct, descs.source, descs.weights, descs.destination,
      window.strides, window.dilation, window.padding_begin, window.padding_end);
}
inline ConvolutionBackwardWeights convolution_backward_weights(const ConvolutionDescs& descs,
                                                               const Window& window,
                                                               const ConvolutionForward& forward) {
  return describe_backward<dnnl::convolution_backward_weights>(
      forward, dnnl::algorithm::convolution_direct, descs.source, descs.weights, descs.bias,
      descs.destination, window.strides, window.dilation, window.padding_begin, window.padding_end);
}

using EltwiseForward = dnnl::eltwise_forward::primitive_desc;
using EltwiseBackward = dnnl::eltwise_backward::primitive_desc;

/// A function of one number, with its parameters as oneDNN 3 wants them.
struct Eltwise {
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
};
/// What oneDNN 2 knows these parameters to be, and ignores.
inline constexpr Eltwise hard_swish{dnnl::algorithm::eltwise_hardswish, 1.0F / 6.0F, 0.5F};
inline constexpr Eltwise soft_relu{dnnl::algorithm::eltwise_soft_relu, 1.0F};

/// Work that a convolution does on its result before it writes it.
inline void append(dnnl::post_ops& post_ops, const Eltwise& function) {
#if DNNL_VERSION_MAJOR >= 3
  post_ops.append_eltwise(function.algorithm, function.alpha, function.beta);
#else
  post_ops.append_eltwise(1.0F, function.algorithm, function.alpha, function.beta);
#endif
}
/// Adds what its destination held before.
inline void append_sum(dnnl::post_ops& post_ops) { post_ops.append_sum(1.0F); }
inline bool adds_to_destination(const primitive_desc_base& descriptor) {
  const dnnl::primitive_attr attr = descriptor.get_primitive_attr();  // owns its post-ops
  const dnnl::post_ops post_ops = attr.get_post_ops();
  return post_ops.len() > 0 && post_ops.kind(0) == dnnl::primitive::kind::sum;
}

inline EltwiseForward eltwise_forward(bool training, const Eltwise& function, const Desc& data) {
#if DNNL_VERSION_MAJOR >= 3
  return describe<dnnl::eltwise_forward>(attributes(), forward_kind(training), function.algorithm,
                                         data, data, function.alpha, function.beta);
#else
  return describe<dnnl::eltwise_forward>(attributes(), forward_kind(training), function.algorithm,
                                         data, function.alpha, function.beta);
#endif
}
inline EltwiseBackward eltwise_backward(const Eltwise& function, const Desc& data,
                                        const EltwiseForward& forward) {
#if DNNL_VERSION_MAJOR >= 3
  return describe_backward<dnnl::eltwise_backward>(forward, function.algorithm, data, data, data,
                                                   function.alpha, function.beta);
#else
  return describe_backward<dnnl::eltwise_backward>(forward, function.algorithm, data, data,
                                                   function.alpha, function.beta);
#endif
}

using PoolingForward = dnnl::pooling_forward::primitive_desc;
using PoolingBackward = dnnl::pooling_backward::primitive_desc;

struct AveragePooling {
  Window window;
  bool include_padding = false;  ///< in what the sum is divided by

  dnnl::algorithm algorithm() const {
    return include_padding ? dnnl::algorithm::pooling_avg_include_padding
                           : dnnl::algorithm::pooling_avg_exclude_padding;
  }
};

inline PoolingForward average_pooling_forward(bool training, const Desc& source,
                                              const Desc& destination,
                                              const AveragePooling& pooling) {
  const Window& window = pooling.window;
#if DNNL_VERSION_MAJOR >= 3
  return describe<dnnl::pooling_forward>(attributes(), forward_kind(training), pooling.algorithm(),
                                         source, destination, window.strides, window.kernel,
                                         window.dilation, window.padding_begin, window.padding_end);
#else
  return describe<dnnl::pooling_forward>(attributes(), forward_kind(training), pooling.algorithm(),
                                         source, destination, window.strides, window.kernel,
                                         window.padding_begin, window.padding_end);
#endif
}
inline PoolingBackward average_pooling_backward(const Desc& source, const Desc& destination,
                                                const AveragePooling& pooling,
                                                const PoolingForward& forward) {
  const Window& window = pooling.window;
#if DNNL_VERSION_MAJOR >= 3
  return describe_backward<dnnl::pooling_backward>(
      forward, pooling.algorithm(), source, destination, window.strides, window.kernel,
      window.dilation, window.padding_begin, window.padding_end);
#else
  return describe_backward<dnnl::pooling_backward>(forward, pooling.algorithm(), source,
                                                   destination, window.strides, window.kernel,
                                                   window.padding_begin, window.padding_end);
#endif
}

using InnerProductForward = dnnl::inner_product_forward::primitive_desc;
using InnerProductBackwardData = dnnl::inner_product_backward_data::primitive_desc;
using InnerProductBackwardWeights = dnnl::inner_product_backward_weights::primitive_desc;

inline InnerProductForward inner_product_forward(bool training, const ConvolutionDescs& descs) {
  return describe<dnnl::inner_product_forward>(attributes(), forward_kind(training), descs.source,
                                               descs.weights, descs.bias, descs.destination);
}
inline InnerProductBackwardData inner_product_backward_data(const ConvolutionDescs& descs,
                                                            const InnerProductForward& forward) {
  return describe_backward<dnnl::inner_product_backward_data>(forward, descs.source, descs.weights,
                                                              descs.destination);
}
inline InnerProductBackwardWeights inner_product_backward_weights(
    const ConvolutionDescs& descs, const InnerProductForward& forward) {
  return describe_backward<dnnl::inner_product_backward_weights>(
      forward, descs.source, descs.weights, descs.bias, descs.destination);
}

inline dnnl::binary::primitive_desc binary_add(const Desc& data) {
  return describe<dnnl::binary>(attributes(), dnnl::algorithm::binary_add, data, data, data);
}
inline dnnl::binary::primitive_desc binary_multiply(const Desc& data) {
  return describe<dnnl::binary>(attributes(), dnnl::algorithm::binary_mul, data, data, data);
}
inline dnnl::reorder::primitive_desc reorder(const Desc& from, const Desc& to) {
  return {cpu(), from, cpu(), to, attributes()};
}

}  // namespace nas::engine
