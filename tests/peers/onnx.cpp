// Networks as ONNX models, and what the engine makes of one input, for onnx/compare.mjs to repeat
// in onnxruntime.
//
//     nas_peer_onnx ops|networks|spaces FOLDER
//     nas_peer_onnx run FOLDER RUN COUNT
//
// Writes two models for each network, with batch norms and with folded ones, and
// tensors.safetensors: "<number>:input", "<number>:output<k>". Metadata "networks" is JSON: name,
// number, names of the outputs. The second form writes "logits": of the run's best network, for the
// first COUNT test images.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/architecture_json.hpp"
#include "core/base/durable_file.hpp"
#include "core/base/random.hpp"
#include "core/data/batch.hpp"
#include "core/data/sample_notes.hpp"
#include "core/engine/program.hpp"
#include "core/parameters/weights_file.hpp"
#include "results/onnx/model_file.hpp"
#include "results/onnx/network.hpp"
#include "tests/peers/onnx_networks.hpp"
#include "tests/peers/tensor_file.hpp"

using namespace nas;

namespace {

constexpr std::int64_t batch = 3;

class Cases {
 public:
  explicit Cases(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void add(const std::string& name, const Architecture& net, ParameterStore& store) {
    const std::size_t number = networks_.size();
    for (const bool fold : {false, true}) {
      const auto graph = onnx_export::to_onnx(net, store, {.name = name, .fold_batch_norm = fold});
      write_durably(folder_ / fmt::format("{}{}.onnx", number, fold ? "-folded" : ""),
                    onnx_export::serialised(graph, {.producer_version = "test"}));
    }
    Program program(net, store, {.batch = batch});
    Random random(derive_seed(1, name));
    for (float& value : program.input()) value = static_cast<float>(random.normal());
    const Shape& image = net.shape(net.input_nodes().front());
    tensors_.add(fmt::format("{}:input", number), extents(image),
                 std::span<const float>(program.input()));
    program.forward();
    nlohmann::json outputs = nlohmann::json::array();
    for (std::size_t k = 0; k < net.outputs().size(); ++k) {
      const NodeId node = net.outputs()[k];
      tensors_.add(fmt::format("{}:output{}", number, k), extents(net.shape(node)),
                   program.output(k));
      outputs.push_back(net.name(node));
    }
    networks_.push_back({{"name", name}, {"outputs", outputs}});
  }

  void finish() {
    tensors_.note("networks", networks_.dump());
    tensors_.write(folder_ / "tensors.safetensors");
  }

 private:
  static std::vector<std::int64_t> extents(const Shape& shape) {
    if (shape.pixels() == 1) return {batch, shape.channels};
    return {batch, shape.channels, shape.height, shape.width};
  }

  std::filesystem::path folder_;
  peers::TensorFile tensors_;
  nlohmann::json networks_ = nlohmann::json::array();
};

/// The first of the test images in their own order.
Samples first_test_images(const std::filesystem::path& weights, std::uint32_t count) {
  const auto normalisation = noted_normalisation(read_weight_notes(weights));
  Samples samples = test_part(load_dataset("fashion-mnist"), normalisation.value());
  samples.indices.resize(count);
  std::iota(samples.indices.begin(), samples.indices.end(), 0U);
  return samples;
}

void write_logits(const std::filesystem::path& folder, const std::filesystem::path& run,
                  std::uint32_t count) {
  const Architecture net = read_architecture(run / "best/architecture.json");
  ParameterStore store = read_weights(run / "best/weights.safetensors");
  const Samples samples = first_test_images(run / "best/weights.safetensors", count);
  Program program(net, store, {.batch = count});
  std::vector<std::int32_t> labels(count);
  fill_batch(samples, samples.indices, program.input(), labels);
  program.forward();
  peers::TensorFile tensors;
  tensors.add("logits", {count, net.shape(net.outputs().front()).channels}, program.output());
  tensors.write(folder / "tensors.safetensors");
}

int run(const std::string& which, const std::filesystem::path& folder) {
  Cases cases(folder);
  const auto add = [&](const std::string& name, const Architecture& net, ParameterStore& store) {
    cases.add(name, net, store);
  };
  if (which == "ops") {
    peers::visit_ops(add);
  } else if (which == "networks") {
    peers::visit_networks(add);
  } else if (which == "spaces") {
    peers::visit_spaces(add);
  } else {
    fmt::print(stderr, "'{}' is none of ops, networks, spaces\n", which);
    return 2;
  }
  cases.finish();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bool of_run = argc == 5 && std::string_view(argv[1]) == "run";
  if (argc != 3 && !of_run) {
    fmt::print(stderr,
               "usage: nas_peer_onnx ops|networks|spaces FOLDER\n"
               "       nas_peer_onnx run FOLDER RUN COUNT\n");
    return 2;
  }
  try {
    if (of_run) {
      write_logits(argv[2], argv[3], static_cast<std::uint32_t>(std::stoul(argv[4])));
      return 0;
    }
    return run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
