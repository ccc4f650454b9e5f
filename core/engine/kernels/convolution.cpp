#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/channel_blocks.hpp"
#include "core/engine/fused_activation.hpp"
#include "core/engine/kernels/channel_sums.hpp"
#include "core/engine/kernels/convolution_shapes.hpp"
#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/layer_weights.hpp"
#include "core/engine/vector/depthwise_data_gradient.hpp"
#include "core/engine/vector/winograd_gradient.hpp"

namespace nas::engine {
namespace {

Window window_of(const Op& op) {
  return {.kernel = {op.integer("kernel_h"), op.integer("kernel_w")},
          .strides = {op.integer("stride_h"), op.integer("stride_w")},
          .dilation = {op.integer("dilation_h") - 1, op.integer("dilation_w") - 1},
          .padding_begin = {op.integer("padding_h"), op.integer("padding_w")},
          .padding_end = {op.integer("padding_h"), op.integer("padding_w")}};
}

Eltwise eltwise(FusedActivation activation) {
  switch (activation) {
    case FusedActivation::relu:
      return {dnnl::algorithm::eltwise_relu};
    case FusedActivation::relu6:
      return {dnnl::algorithm::eltwise_clip, 0.0F, 6.0F};
    case FusedActivation::swish:
      return {dnnl::algorithm::eltwise_swish, 1.0F};
    case FusedActivation::h_swish:
      return hard_swish;
    case FusedActivation::none:
      break;
  }
  return {dnnl::algorithm::eltwise_linear, 1.0F, 0.0F};
}

class Convolution {
 public:
  Convolution(Compiler& compiler, NodeId node)
      : compiler_(compiler),
        node_(node),
        input_(compiler.input(node)),
        window_(window_of(compiler.architecture().op(node))),
        weights_(folded_weights()),
        descs_{precision().any(compiler.dims(input_)), precision().any(weight_dims()),
               weights_.bias_desc(), precision().any(compiler.dims(node))},
        forward_(convolution_forward(descs_, window_)) {}

  void add_forward() {
    fuse_nodes_behind();
    value_before_ = compiler_.value(input_);
    source_ = compiler_.in_layout(value_before_, precision().kept(forward_.src_desc()));
    const BufferId value = compiler_.add_buffer(precision().kept(forward_.dst_desc()));
    compiler_.set_value(node_, value);
    if (addend_) add_copy(*addend_, value);
    if (add_winograd(value)) return;
    std::vector<Argument> arguments = {{DNNL_ARG_SRC, source_},
                                       {DNNL_ARG_WEIGHTS, packed_weights(forward_.weights_desc())},
                                       {DNNL_ARG_DST, value}};
    if (weights_.bias()) arguments.push_back({DNNL_ARG_BIAS, *weights_.bias()});
    compiler_.add_primitive(forward_, std::move(arguments));
  }

  void add_backward() {
    const BufferId gradient = compiler_.gradient(node_);
    if (compiler_.wants_gradient(input_)) add_backward_data(gradient);
    add_backward_weights(gradient);
    if (weights_.bias()) add_bias_gradient(gradient);
  }

 private:
  const MixedPrecision& precision() const { return compiler_.precision(); }

  ValueType kept_type() const { return value_type(precision().kept(forward_.dst_desc())); }

  BufferId packed_weights(const Desc& layout) { return weights_.packed(precision().kept(layout)); }

  LayerWeights folded_weights() const {
    LayerWeights weights(compiler_, node_, weight_dims());
    const auto& behind = compiler_.fused_behind(node_);
    if (!behind.empty() && op_of(behind.front()) == OpKind::batch_norm) {
      weights.fold(behind.front());
    }
    return weights;
  }

  OpKind op_of(NodeId node) const { return compiler_.architecture().op(node).kind(); }

  /// Lets the primitive do the work of the nodes behind.
  void fuse_nodes_behind() {
    dnnl::post_ops post_ops;
    NodeId before = node_;
    for (const NodeId node : compiler_.fused_behind(node_)) {
      if (op_of(node) == OpKind::add) {
        const auto& inputs = compiler_.architecture().inputs(node);
        addend_ = compiler_.value(inputs[0] == before ? inputs[1] : inputs[0]);
        append_sum(post_ops);
      } else if (const auto activation = fused_activation(op_of(node))) {
        append(post_ops, eltwise(*activation));
        activation_ = *activation;
      }
      before = node;
    }
    if (post_ops.len() > 0) {
      forward_ = convolution_forward(descs_, window_, post_ops);
    }
  }

  /// The convolution adds to what it finds in its destination: `from`, in place where nobody reads
  /// that again.
  void add_copy(BufferId from, BufferId to) {
    const Desc layout = compiler_.desc(to);
    const BufferId source = compiler_.in_layout(from, layout);
    compiler_.tape().add(
        [bytes = layout.get_size()](std::span<float* const> buffers) {
          if (buffers[0] != buffers[1]) std::memcpy(buffers[1], buffers[0], bytes);
        },
        {source, to});
    compiler_.tape().allow_in_place(source, to);
  }

  Dims weight_dims() const {
    const Op& op = compiler_.architecture().op(node_);
    const std::int64_t groups = op.integer("groups");
    const std::int64_t in = compiler_.architecture().shape(input_).channels / groups;
    const std::int64_t out = op.integer("out_channels") / groups;
    if (groups == 1) return {out, in, op.integer("kernel_h"), op.integer("kernel_w")};
    return {groups, out, in, op.integer("kernel_h"), op.integer("kernel_w")};
  }

  ConvolutionSizes sizes() const {
    return {compiler_.batch(), compiler_.architecture().shape(input_),
            compiler_.architecture().shape(node_), window_};
  }

  /// Of a convolution whose weight gradient our own kernel can compute.
  std::optional<DepthwiseShape> depthwise() const {
    const ConvolutionSizes all = sizes();
    const auto source = channel_blocks(forward_.src_desc());
    const auto destination = channel_blocks(forward_.dst_desc());
    const bool suits = all.in.channels == all.out.channels &&
                       compiler_.architecture().op(node_).integer("groups") == all.in.channels &&
                       source && destination && source->tag == destination->tag;
    if (!suits) return {};
    const DepthwiseShape shape = depthwise_shape(all, source->width);
    if (depthwise_gradient(shape, kept_type()) == nullptr) return {};
    return shape;
  }

  template <typename Backward>
  BufferId gradient_for(BufferId gradient, const Backward& descriptor) const {
    return compiler_.in_layout(gradient, precision().kept(descriptor.diff_dst_desc()));
  }

  void add_backward_data(BufferId gradient) {
    if (add_winograd_backward(gradient)) return;
    const auto descriptor = convolution_backward_data(descs_, window_, forward_);
    // Measured for 3 to 5 wide kernels, 16 to 480 channels: oneDNN's for AVX2 takes 1.2 to 2.6
    // times as long as ours, and what it falls back to for dilated ones 20 times.
    const std::string_view implementation = descriptor.impl_info_str();
    const bool is_fast = implementation.starts_with("jit_dw") && implementation != "jit_dw:avx2";
    if (!is_fast && add_depthwise_data_gradient(gradient)) return;
    const BufferId source_gradient =
        compiler_.add_buffer(precision().kept(descriptor.diff_src_desc()));
    compiler_.add_primitive(descriptor,
                            {{DNNL_ARG_DIFF_DST, gradient_for(gradient, descriptor)},
                             {DNNL_ARG_WEIGHTS, packed_weights(descriptor.weights_desc())},
                             {DNNL_ARG_DIFF_SRC, source_gradient}});
    compiler_.add_gradient(input_, source_gradient);
  }

  bool add_depthwise_data_gradient(BufferId gradient) {
    const std::optional<DepthwiseShape> shape = depthwise();
    if (!shape || kept_type() != ValueType::float32) return false;
    const DepthwiseDataGradient kernel = depthwise_data_gradient(*shape);
    if (kernel.run == nullptr) return false;
    const BufferId scratch = compiler_.add_buffer(plain({kernel.scratch}));
    const BufferId source_gradient = compiler_.add_buffer(forward_.src_desc());
    const BufferId in_blocks = compiler_.in_layout(gradient, forward_.dst_desc());
    compiler_.tape().add(
        [shape = *shape, run = kernel.run](std::span<float* const> buffers) {
          run(shape, buffers[0], buffers[1], buffers[2], buffers[3]);
        },
        {weights_.plain_values(), in_blocks, scratch, source_gradient});
    compiler_.add_gradient(input_, source_gradient);
    return true;
  }

  void add_backward_weights(BufferId gradient) {
    ConvolutionDescs of_gradients = descs_;
    of_gradients.weights = any(weight_dims());  // sums are not for bfloat16
    of_gradients.bias = Desc();
    const auto descriptor = convolution_backward_weights(of_gradients, window_, forward_);
    // Measured for 3 to 9 wide kernels, 16 to 192 channels: oneDNN's own depthwise kernel takes 0.5
    // to 0.9 times as long as ours, anything else that it falls back to 4 times or more.
    const std::string_view implementation = descriptor.impl_info_str();
    const bool has_own = implementation.starts_with("jit_dw");
    const std::optional<DepthwiseShape> shape = has_own ? std::nullopt : depthwise();
    if (shape) {
      add_depthwise_gradient(*shape, gradient);
      return;
    }
    if (add_winograd_gradient(gradient)) return;
    // Measured for 16 to 128 channels: takes 1.1 to 1.25 times as long as ours.
    if (implementation == "jit:avx2" && add_own_gradient(gradient)) return;
    const BufferId weights_gradient = weights_.gradient(descriptor.diff_weights_desc());
    compiler_.add_primitive(descriptor,
                            {{DNNL_ARG_SRC, source_again(precision().kept(descriptor.src_desc()))},
                             {DNNL_ARG_DIFF_DST, gradient_for(gradient, descriptor)},
                             {DNNL_ARG_DIFF_WEIGHTS, weights_gradient}});
    weights_.unpack(weights_gradient);
  }

  /// The width of the blocks of channels that it reads and writes, if it is without groups and
  /// dilation.
  std::optional<std::int64_t> width_of_dense_blocks() const {
    const auto source = channel_blocks(forward_.src_desc());
    const auto destination = channel_blocks(forward_.dst_desc());
    const bool suits = source && destination && destination->tag == source->tag &&
                       compiler_.architecture().op(node_).integer("groups") == 1 &&
                       window_.dilation == Dims{0, 0};
    if (!suits) return {};
    return source->width;
  }

  /// Of a convolution that is faster so. In oneDNN's kernels products are what takes the time:
  /// measured for 16 to 128 channels, they take 1.15 to 1.8 times as long.
  std::optional<WinogradShape> winograd_forward() const {
    constexpr std::int64_t least_pixels = 1024;  // for which weights are worth being transformed
    const ConvolutionSizes all = sizes();
    const bool suits = window_.kernel == Dims{3, 3} && window_.strides == Dims{1, 1} &&
                       std::ranges::max(window_.padding_begin) <= 2 &&
                       all.samples * all.out.pixels() >= least_pixels;
    const std::optional<std::int64_t> width = width_of_dense_blocks();
    if (!suits || !width || !precision().is_direct()) return {};
    const std::string_view implementation = forward_.impl_info_str();
    const bool is_direct = implementation == "jit:avx2" || implementation == "jit:avx512_core" ||
                           implementation == "jit_bf16:avx512_core_bf16";
    if (!is_direct) return {};
    WinogradShape shape = winograd_shape(all, *width);
    shape.accumulates = addend_.has_value();
    shape.activation = activation_;
    if (winograd(shape, kept_type()).run == nullptr) return {};
    return shape;
  }

  bool add_winograd(BufferId value) {
    const std::optional<WinogradShape> shape = winograd_forward();
    if (shape) add_winograd(*shape, source_, value, weights_.bias());
    return shape.has_value();
  }

  bool add_winograd_backward(BufferId gradient) {
    const std::optional<WinogradShape> shape = winograd_forward();
    if (!shape) return false;
    const BufferId source_gradient = compiler_.add_buffer(forward_.src_desc());
    add_winograd(backward(*shape), compiler_.in_layout(gradient, forward_.dst_desc()),
                 source_gradient);
    compiler_.add_gradient(input_, source_gradient);
    return true;
  }

  void add_winograd(const WinogradShape& shape, BufferId from, BufferId to,
                    std::optional<BufferId> bias = {}) {
    const Winograd kernel = winograd(shape, kept_type());
    std::vector<BufferId> arguments = {from, weights_.plain_values(), to,
                                       compiler_.add_buffer(plain({kernel.scratch}))};
    if (bias) arguments.push_back(*bias);
    compiler_.tape().add(
        [shape, run = kernel.run](std::span<float* const> buffers) {
          const float* added = buffers.size() > 4 ? buffers[4] : nullptr;
          run(shape, buffers[0], buffers[1], added, buffers[3], buffers[2]);
        },
        std::move(arguments));
  }

  bool add_winograd_gradient(BufferId gradient) {
    const std::optional<WinogradShape> shape = winograd_forward();
    const WinogradGradient kernel =
        shape ? winograd_gradient(*shape, kept_type()) : WinogradGradient{};
    if (kernel.run == nullptr) return false;
    const BufferId scratch = compiler_.add_buffer(plain({kernel.scratch}));
    const BufferId in_blocks = compiler_.in_layout(gradient, forward_.dst_desc());
    compiler_.tape().add(
        [shape = *shape, run = kernel.run](std::span<float* const> buffers) {
          run(shape, buffers[0], buffers[1], buffers[2], buffers[3]);
        },
        {source_again(forward_.src_desc()), in_blocks, scratch, weights_.plain_gradient()});
    return true;
  }

  /// Whether our own kernel can compute the weight gradient of a convolution that is not depthwise.
  bool add_own_gradient(BufferId gradient) {
    if (kept_type() != ValueType::float32 || width_of_dense_blocks() != 8) return false;
    const ConvolutionShape shape = dense_shape(sizes());
    const ConvolutionGradient kernel = convolution_gradient(shape);
    if (kernel.run == nullptr) return false;
    const BufferId scratch = compiler_.add_buffer(plain({kernel.scratch}));
    const BufferId in_layout = compiler_.in_layout(gradient, forward_.dst_desc());
    compiler_.tape().add(
        [shape, run = kernel.run](std::span<float* const> buffers) {
          run(shape, buffers[0], buffers[1], buffers[2], buffers[3]);
        },
        {source_again(forward_.src_desc()), in_layout, scratch, weights_.plain_gradient()});
    return true;
  }

  void add_bias_gradient(BufferId gradient) {
    const BufferId source = compiler_.in_known_layout(compiler_.in_floats(gradient));
    const ChannelBlocks blocks = channel_blocks(compiler_.desc(source)).value();
    compiler_.tape().add(
        [blocks](std::span<float* const> buffers) { sum_channels(blocks, buffers[0], buffers[1]); },
        {source, weights_.bias_gradient()});
  }

  void add_depthwise_gradient(const DepthwiseShape& shape, BufferId gradient) {
    const BufferId in_blocks = compiler_.in_layout(gradient, precision().kept(forward_.dst_desc()));
    std::vector<BufferId> arguments = {source_again(precision().kept(forward_.src_desc())),
                                       in_blocks, weights_.plain_gradient()};
    if (kept_type() == ValueType::bfloat16) {
      arguments.push_back(compiler_.add_buffer(plain({scratch_size(shape)})));
    }
    compiler_.tape().add(
        [shape, run = depthwise_gradient(shape, kept_type())](std::span<float* const> buffers) {
          float* const scratch = buffers.size() > 3 ? buffers[3] : nullptr;
          run(shape, buffers[0], buffers[1], scratch, buffers[2]);
        },
        std::move(arguments));
  }

  BufferId source_again(const Desc& layout) const {
    const BufferId again = compiler_.value_again(input_);
    return compiler_.in_layout(again == value_before_ ? source_ : again, layout);
  }

  Compiler& compiler_;
  NodeId node_;
  NodeId input_;
  Window window_;
  LayerWeights weights_;
  ConvolutionDescs descs_;
  ConvolutionForward forward_;
  BufferId value_before_ = 0;                           ///< the input, and
  BufferId source_ = 0;                                 ///< the same in the primitive's layout
  std::optional<BufferId> addend_;                      ///< what is added to the result, and
  FusedActivation activation_ = FusedActivation::none;  ///< what becomes of the sum
};

}  // namespace

std::function<void()> compile_convolution(Compiler& compiler, NodeId node) {
  const auto convolution = std::make_shared<Convolution>(compiler, node);
  convolution->add_forward();
  return [convolution] { convolution->add_backward(); };
}

}  // namespace nas::engine
