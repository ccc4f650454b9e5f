// Ops that move values, or change the resolution.
#include "results/onnx/translator.hpp"
#include "results/onnx/upsampling.hpp"

namespace nas::onnx_export {

Value Translator::concat(NodeId node) {
  Operands parts = operands(node, all_inputs(node));
  return {graph_.add("Concat", net_.name(node), std::move(parts.names), {{"axis", channel_axis}}),
          parts.are_vectors};
}

Value Translator::slice(NodeId node) {
  const Op& op = net_.op(node);
  const std::int64_t begin = op.integer("begin");
  const std::string starts = graph_.constant(label(node, "starts"), {begin});
  const std::string ends = graph_.constant(label(node, "ends"), {begin + op.integer("count")});
  const std::string axes = graph_.constant(label(node, "axes"), {channel_axis});
  return {graph_.add("Slice", net_.name(node), {read(node).name, starts, ends, axes}),
          read(node).is_vector};
}

/// Channels as a table of `groups` rows, transposed. A 0 in a shape: as it is.
Value Translator::channel_shuffle(NodeId node) {
  const Shape& shape = net_.shape(node);
  const std::int64_t groups = net_.op(node).integer("groups");
  const std::string table = graph_.constant(
      label(node, "table"), {0, groups, shape.channels / groups, shape.height, shape.width});
  const std::string row =
      graph_.constant(label(node, "row"), {0, shape.channels, shape.height, shape.width});
  const std::string split = graph_.add("Reshape", label(node, "split"), {image_of(node), table});
  const std::string turned =
      graph_.add("Transpose", label(node, "turned"), {split}, {{"perm", Extents{0, 2, 1, 3, 4}}});
  return {graph_.add("Reshape", net_.name(node), {turned, row})};
}

Value Translator::shift(NodeId node) {
  const Op& op = net_.op(node);
  const Shape& in = net_.shape(net_.inputs(node).front());
  const Shape& out = net_.shape(node);
  const std::int64_t top = op.integer("top"), left = op.integer("left");
  std::string x = image_of(node);
  if (top > 0 || left > 0) {
    const std::string starts = graph_.constant(label(node, "starts"), {top, left});
    const std::string ends = graph_.constant(label(node, "ends"), {in.height, in.width});
    const std::string axes = graph_.constant(label(node, "axes"), {2, 3});
    x = graph_.add("Slice", label(node, "rest"), {x, starts, ends, axes});
  }
  const std::int64_t bottom = out.height - (in.height - top);
  const std::int64_t right = out.width - (in.width - left);
  if (bottom > 0 || right > 0) {
    const std::string pads =
        graph_.constant(label(node, "pads"), {0, 0, 0, 0, 0, 0, bottom, right});
    const std::string value = graph_.scalar(label(node, "padding"), 0);
    x = graph_.add("Pad", net_.name(node), {x, pads, value}, {{"mode", std::string("constant")}});
  }
  return {x};
}

/// Of as many samples as the input has, whatever their values.
Value Translator::zero(NodeId node) {
  const Shape& shape = net_.shape(node);
  const std::string all = graph_.add("Shape", label(node, "shape"), {read(node).name});
  const std::string first = graph_.constant(label(node, "first"), {0});
  const std::string batch =
      graph_.add("Gather", label(node, "batch"), {all, first}, {{"axis", std::int64_t{0}}});
  const std::string sample =
      graph_.constant(label(node, "sample"), {shape.channels, shape.height, shape.width});
  const std::string size =
      graph_.add("Concat", label(node, "size"), {batch, sample}, {{"axis", std::int64_t{0}}});
  return {.name = graph_.add("ConstantOfShape", net_.name(node), {size},
                             {{"value", Tensor{"value", {1}, Floats{0.0F}}}}),
          .is_zero = true};
}

Value Translator::pool(NodeId node, const std::string& op) {
  const auto [kernel, stride] = window(net_.op(node));
  Attributes attributes = {
      {"kernel_shape", kernel}, {"strides", stride}, {"pads", pads(net_.op(node))}};
  if (op == "AveragePool") {
    attributes["count_include_pad"] = net_.op(node).integer("include_padding");
  }
  return on_image(node, op, std::move(attributes));
}

Value Translator::upsample(NodeId node) {
  return {add_upsampling(graph_, image_of(node), net_.name(node),
                         {.input = net_.shape(net_.inputs(node).front()),
                          .output = net_.shape(node),
                          .bilinear = net_.op(node).integer("bilinear") != 0})};
}

}  // namespace nas::onnx_export
