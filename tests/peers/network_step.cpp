// One training step of small networks, and inference after it, for network_step.py to repeat in
// PyTorch.
//
//     nas_peer_network_step SEED FILE
//
// For each network tensors "<network>:<what>": "image", "labels" (255: does not count), "output",
// "loss" (the mean; of one element), "inference", and "before:", "gradient:" and "after:" with the
// name of a parameter: its value before the step, its gradient, and, of running statistics, its
// value after the step. No weight changes. Metadata "networks" is JSON: each network with its
// architecture and the parameters and MACs that the cost model counts.
#include <cstdio>
#include <exception>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/architecture_json.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/engine/program.hpp"
#include "core/training/loss.hpp"
#include "core/training/sharded_batch.hpp"
#include "tests/peers/small_networks.hpp"
#include "tests/peers/tensor_file.hpp"

using namespace nas;

namespace {

constexpr std::int64_t batch = 5;
constexpr std::int32_t ignored = 255;
constexpr double share_ignored = 0.1;  ///< of pixels; every image counts

/// Initialised as ever, but for batch norms, which would multiply by 1 and add 0, and for
/// coefficients, which would be equal.
ParameterStore seeded_store(const Architecture& net, std::uint64_t seed) {
  ParameterStore store;
  store.prepare(net, seed);
  for (const auto& [name, parameter] : store.all()) {
    Random random(derive_seed(seed, name));
    for (float& value : parameter->value.values()) {
      switch (parameter->role) {
        case ParameterRole::scale:
        case ParameterRole::running_variance:
          value = static_cast<float>(random.uniform(0.5, 1.5));
          break;
        case ParameterRole::shift:
        case ParameterRole::running_mean:
          value = static_cast<float>(0.3 * random.normal());
          break;
        case ParameterRole::coefficient:
          value = static_cast<float>(random.normal());
          break;
        case ParameterRole::weight:
        case ParameterRole::bias:
        case ParameterRole::transform:
          break;
      }
    }
  }
  return store;
}

std::vector<float> random_images(const Shape& shape, std::uint64_t seed) {
  Random random(derive_seed(seed, "images"));
  std::vector<float> values(static_cast<std::size_t>(batch * shape.elements()));
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

std::vector<std::int32_t> random_labels(const Shape& output, std::uint64_t seed) {
  Random random(derive_seed(seed, "labels"));
  std::vector<std::int32_t> labels(static_cast<std::size_t>(batch * output.pixels()));
  for (std::int32_t& label : labels) {
    label = static_cast<std::int32_t>(random.below(static_cast<std::size_t>(output.channels)));
    if (output.pixels() > 1 && random.chance(share_ignored)) label = ignored;
  }
  return labels;
}

/// Samples that the trainer reads as they are. What it makes of the labels matters to nobody here.
Samples unchanged(const Shape& shape, const std::vector<float>& images) {
  auto dataset = std::make_shared<Dataset>();
  dataset->train.shape = shape;
  dataset->train.values = images;
  dataset->train.labels.assign(batch, 0);
  std::vector<std::uint32_t> indices(batch);
  std::iota(indices.begin(), indices.end(), 0u);
  const auto channels = static_cast<std::size_t>(shape.channels);
  return {dataset, false, indices,
          Normalisation{std::vector<float>(channels, 0), std::vector<float>(channels, 1)}};
}

/// Moves the running statistics as the trainer does, in one shard.
void move_statistics(const Architecture& net, ParameterStore& store, const Samples& samples) {
  const auto executor = make_serial_executor();
  ShardedBatch step(net, store, {.batch = batch});
  const Augmentation none;
  step.run({.samples = samples,
            .positions = samples.indices,
            .augmentation = none,
            .seed = 0,
            .label_smoothing = 0},
           *executor);
  step.reduce();
}

class Record {
 public:
  Record(peers::TensorFile& file, const peers::SmallNetwork& network, std::uint64_t seed)
      : file_(file),
        name_(network.name),
        net_(network.architecture),
        input_(net_.shape(net_.input_nodes().front())),
        output_(net_.shape(net_.outputs().front())),
        store_(seeded_store(net_, seed)),
        images_(random_images(input_, seed)),
        labels_(random_labels(output_, seed)) {}

  void run() {
    add("image", with_batch(input_), std::span<const float>(images_));
    add("labels", {batch, output_.height, output_.width}, std::span<const std::int32_t>(labels_));
    for (const auto& [name, parameter] : store_.all()) add_parameter("before:", *parameter);
    add_training();
    move_statistics(net_, store_, unchanged(input_, images_));
    for (const auto& [name, parameter] : store_.all()) {
      if (!is_trainable(parameter->role)) add_parameter("after:", *parameter);
    }
    add_inference();
  }

 private:
  static std::vector<std::int64_t> with_batch(const Shape& shape) {
    return {batch, shape.channels, shape.height, shape.width};
  }

  template <typename T>
  void add(const std::string& what, const std::vector<std::int64_t>& shape,
           std::span<const T> values) {
    file_.add(name_ + ":" + what, shape, values);
  }
  void add_parameter(const std::string& when, const Parameter& parameter) {
    add(when + parameter.name, parameter.shape, std::span<const float>(parameter.value.values()));
  }

  void add_training() {
    Program program(net_, store_, {.batch = batch, .mode = Mode::training});
    std::ranges::copy(images_, program.input().begin());
    program.forward();
    const std::int64_t count = counted_pixels(labels_, ignored);
    const LossResult result = pixel_cross_entropy<float>(
        program.output(), labels_,
        {.classes = output_.channels, .pixels = output_.pixels(), .ignored = ignored},
        program.output_gradient(), count);
    add("output", with_batch(output_), program.output());
    const double loss = result.loss / static_cast<double>(count);
    add("loss", {1}, std::span<const double>(&loss, 1));
    program.backward();
    for (const ParameterGradient& entry : program.gradients()) {
      add("gradient:" + entry.parameter->name, entry.parameter->shape, entry.gradient);
    }
  }

  void add_inference() {
    Program program(net_, store_, {.batch = batch});
    std::ranges::copy(images_, program.input().begin());
    program.forward();
    add("inference", with_batch(output_), program.output());
  }

  peers::TensorFile& file_;
  std::string name_;
  const Architecture& net_;
  Shape input_;
  Shape output_;
  ParameterStore store_;
  std::vector<float> images_;
  std::vector<std::int32_t> labels_;
};

void add_all(peers::TensorFile& file, std::uint64_t seed) {
  nlohmann::json described = nlohmann::json::object();
  for (const peers::SmallNetwork& network : peers::small_networks()) {
    const Cost counted = cost(network.architecture);
    described[network.name] = {{"architecture", to_json(network.architecture)},
                               {"params", counted.params},
                               {"macs", counted.macs}};
    Record(file, network, derive_seed(seed, network.name)).run();
  }
  file.note("networks", described.dump());
}

}  // namespace

int main(int argc, char** argv) {
  const auto seed = argc == 3 ? parse_integer(argv[1]) : std::nullopt;
  if (!seed) {
    fmt::print(stderr, "usage: nas_peer_network_step SEED FILE\n");
    return 2;
  }
  try {
    peers::TensorFile file;
    add_all(file, static_cast<std::uint64_t>(*seed));
    file.write(argv[2]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "nas_peer_network_step: error: {}\n", error.what());
    return 1;
  }
}
