#include <memory>

#include "core/engine/kernels/kernel_table.hpp"
#include "core/engine/kernels/layer_weights.hpp"

namespace nas::engine {
namespace {

/// oneDNN's inner product, which flattens channels, height and width.
class Linear {
 public:
  Linear(Compiler& compiler, NodeId node)
      : compiler_(compiler),
        node_(node),
        input_(compiler.input(node)),
        weights_(compiler, node, weight_dims()),
        output_({compiler.batch(), compiler.architecture().shape(node).channels}),
        descs_{precision().any(compiler.dims(input_)), precision().any(weight_dims()),
               weights_.bias_desc(), plain(output_)},
        forward_(inner_product_forward(compiler.training(), descs_)) {}

  void add_forward() {
    source_ = compiler_.in_layout(compiler_.value(input_), precision().kept(forward_.src_desc()));
    const BufferId value = compiler_.add_buffer(plain(compiler_.dims(node_)));
    std::vector<Argument> arguments = {
        {DNNL_ARG_SRC, source_},
        {DNNL_ARG_WEIGHTS, weights_.packed(precision().kept(forward_.weights_desc()))},
        {DNNL_ARG_DST, compiler_.tape().reinterpret(value, plain(output_))}};
    if (weights_.bias()) arguments.push_back({DNNL_ARG_BIAS, *weights_.bias()});
    compiler_.add_primitive(forward_, std::move(arguments));
    compiler_.set_value(node_, value);
  }

  void add_backward() {
    const BufferId gradient = compiler_.tape().reinterpret(
        compiler_.in_layout(compiler_.gradient(node_),
                            plain(compiler_.dims(node_), precision().activations())),
        plain(output_, precision().activations()));
    if (compiler_.wants_gradient(input_)) add_backward_data(gradient);
    add_backward_weights(gradient);
  }

 private:
  const MixedPrecision& precision() const { return compiler_.precision(); }

  /// The gradients read that of the output as an activation, while the output is for a loss.
  ConvolutionDescs backward_descs() const {
    ConvolutionDescs descs = descs_;
    descs.destination = precision().plain(output_);
    return descs;
  }

  Dims weight_dims() const {
    Dims dims = compiler_.dims(input_);
    dims[0] = compiler_.architecture().shape(node_).channels;
    return dims;
  }

  void add_backward_data(BufferId gradient) {
    const auto descriptor = inner_product_backward_data(backward_descs(), forward_);
    const BufferId source_gradient =
        compiler_.add_buffer(precision().kept(descriptor.diff_src_desc()));
    compiler_.add_primitive(
        descriptor,
        {{DNNL_ARG_DIFF_DST, gradient},
         {DNNL_ARG_WEIGHTS, weights_.packed(precision().kept(descriptor.weights_desc()))},
         {DNNL_ARG_DIFF_SRC, source_gradient}});
    compiler_.add_gradient(input_, source_gradient);
  }

  void add_backward_weights(BufferId gradient) {
    ConvolutionDescs of_gradients = backward_descs();
    of_gradients.weights = any(weight_dims());  // sums are not for bfloat16
    const auto descriptor = inner_product_backward_weights(of_gradients, forward_);
    const BufferId weights_gradient = weights_.gradient(descriptor.diff_weights_desc());
    std::vector<Argument> arguments = {
        {DNNL_ARG_SRC, compiler_.in_layout(source_, precision().kept(descriptor.src_desc()))},
        {DNNL_ARG_DIFF_DST, gradient},
        {DNNL_ARG_DIFF_WEIGHTS, weights_gradient}};
    if (weights_.bias()) arguments.push_back({DNNL_ARG_DIFF_BIAS, weights_.bias_gradient()});
    compiler_.add_primitive(descriptor, std::move(arguments));
    weights_.unpack(weights_gradient);
  }

  Compiler& compiler_;
  NodeId node_;
  NodeId input_;
  LayerWeights weights_;
  Dims output_;
  ConvolutionDescs descs_;
  InnerProductForward forward_;
  BufferId source_ = 0;
};

}  // namespace

std::function<void()> compile_linear(Compiler& compiler, NodeId node) {
  const auto linear = std::make_shared<Linear>(compiler, node);
  linear->add_forward();
  return [linear] { linear->add_backward(); };
}

}  // namespace nas::engine
