#include "results/onnx/model_file.hpp"

#include <exception>
#include <limits>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas::onnx_export {
namespace {

/// Of the format's own layout: the version of 2020, which `onnx_opset` came with.
constexpr std::int64_t ir_version = 7;

void fill(onnx::TensorProto& proto, const Tensor& tensor) {
  proto.set_name(tensor.name);
  for (const std::int64_t size : tensor.shape) proto.add_dims(size);
  std::visit(
      [&]<typename T>(const std::vector<T>& values) {
        proto.set_data_type(std::is_same_v<T, float> ? onnx::TensorProto::FLOAT
                                                     : onnx::TensorProto::INT64);
        proto.set_raw_data(values.data(), values.size() * sizeof(T));
      },
      tensor.values);
}

struct AttributeFiller {
  onnx::AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const Extents& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
  void operator()(const Tensor& value) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    fill(*proto.mutable_t(), value);
  }
};

void fill(onnx::NodeProto& proto, const Node& node) {
  proto.set_op_type(node.op);
  proto.set_name(node.name);
  for (const std::string& input : node.inputs) proto.add_input(input);
  proto.add_output(node.output);
  for (const auto& [name, value] : node.attributes) {
    onnx::AttributeProto& attribute = *proto.add_attribute();
    attribute.set_name(name);
    std::visit(AttributeFiller{attribute}, value);
  }
}

void fill(onnx::ValueInfoProto& proto, const ValueInfo& value) {
  proto.set_name(value.name);
  auto& type = *proto.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const std::int64_t size : value.shape) type.mutable_shape()->add_dim()->set_dim_value(size);
}

onnx::ModelProto to_proto(const Graph& graph, const ModelNotes& notes) {
  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.set_producer_name("nas");
  model.set_producer_version(notes.producer_version);
  model.set_doc_string(notes.description);
  onnx::OperatorSetIdProto& operators = *model.add_opset_import();
  operators.set_domain("");
  operators.set_version(onnx_opset);
  for (const auto& [key, value] : notes.metadata) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name(graph.name);
  for (const ValueInfo& input : graph.inputs) fill(*proto.add_input(), input);
  for (const ValueInfo& output : graph.outputs) fill(*proto.add_output(), output);
  for (const Tensor& tensor : graph.initializers) fill(*proto.add_initializer(), tensor);
  for (const Node& node : graph.nodes) fill(*proto.add_node(), node);
  return model;
}

}  // namespace

std::string serialised(const Graph& graph, const ModelNotes& notes) {
  std::size_t bytes = 0;
  for (const Tensor& tensor : graph.initializers) {
    bytes += std::visit(
        []<typename T>(const std::vector<T>& values) { return values.size() * sizeof(T); },
        tensor.values);
  }
  constexpr std::size_t most_bytes = std::numeric_limits<std::int32_t>::max() - (1 << 24);
  if (bytes > most_bytes) {
    throw Error(
        ErrorKind::space,
        fmt::format("the weights take {} bytes; an ONNX file holds less than 2 GiB", bytes));
  }
  onnx::ModelProto model = to_proto(graph, notes);
  try {
    onnx::checker::check_model(model);
    constexpr bool check_types = true, propagate_data = true;
    constexpr int strictly = 1;
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                       {check_types, strictly, propagate_data});
  } catch (const std::exception& error) {
    throw Error(ErrorKind::internal,
                fmt::format("the ONNX model of '{}' is not valid: {}", graph.name, error.what()));
  }
  return model.SerializeAsString();
}

}  // namespace nas::onnx_export
