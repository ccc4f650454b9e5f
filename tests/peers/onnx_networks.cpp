#include "tests/peers/onnx_networks.hpp"

#include <memory>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "core/base/executor.hpp"
#include "core/base/random.hpp"
#include "core/training/trainer.hpp"
#include "search_spaces/codes.hpp"
#include "search_spaces/registry.hpp"
#include "tests/engine/elastic_networks.hpp"
#include "tests/engine/op_cases.hpp"
#include "tests/peers/small_networks.hpp"
#include "tests/search_spaces/tasks.hpp"

namespace nas::peers {
namespace {

constexpr int genotypes_per_space = 3;
constexpr std::int64_t training_batch = 16;
constexpr double training_epochs = 2;
constexpr std::size_t training_images = 64;

/// Everything but weights and biases, too, at values that matter.
ParameterStore random_store(const Architecture& net, const std::string& seed_text) {
  const std::uint64_t seed = derive_seed(7, seed_text);
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
        case ParameterRole::coefficient:
          value = static_cast<float>(0.5 * random.normal());
          break;
        case ParameterRole::transform:
          value += static_cast<float>(0.1 * random.normal());
          break;
        case ParameterRole::weight:
        case ParameterRole::bias:
          break;
      }
    }
  }
  return store;
}

void visit_random(const std::string& name, const Architecture& net, const NetworkVisitor& visit) {
  ParameterStore store = random_store(net, name);
  visit(name, net, store);
}

/// Images of noise with random labels: enough to move weights and statistics.
Samples noise(const Task& task) {
  Random random(3);
  auto dataset = std::make_shared<Dataset>();
  dataset->name = "noise";
  dataset->classes = task.classes;
  dataset->train.shape = dataset->test.shape = task.input;
  std::vector<std::uint8_t> values(training_images *
                                   static_cast<std::size_t>(task.input.elements()));
  for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(random.below(256));
  dataset->train.values = std::move(values);
  for (std::size_t i = 0; i < training_images; ++i) {
    dataset->train.labels.push_back(
        static_cast<std::int32_t>(random.below(static_cast<std::size_t>(task.classes))));
  }
  std::vector<std::uint32_t> indices(training_images);
  std::iota(indices.begin(), indices.end(), 0U);
  const Normalisation normalisation = measure_normalisation(dataset->train, indices);
  return {dataset, false, indices, normalisation};
}

bool is_classifier(const Architecture& net, const Task& task) {
  return net.outputs().size() == 1 && net.shape(net.outputs().front()) == Shape{task.classes, 1, 1};
}

ParameterStore trained_store(const Architecture& net, const Task& task, std::uint64_t seed) {
  const Shape input = net.shape(net.input_nodes().front());
  ParameterStore store;
  store.prepare(net, seed);
  CancelToken cancel;
  const auto executor = make_serial_executor();
  const TrainingOutcome outcome =
      train(net, store, noise({input, task.classes}),
            {.epochs = training_epochs, .batch_size = training_batch, .learning_rate = 0.02}, seed,
            *executor, cancel);
  if (outcome.status != TrainingOutcome::Status::finished) {
    throw std::runtime_error("a training has failed: " + outcome.reason);
  }
  return store;
}

/// A layer whose value something else reads as well cannot take in the batch norm behind it.
Architecture shared_layer() {
  Architecture net;
  const NodeId image = net.add(input_op({3, 6, 5}), {}, "image");
  const NodeId layer = net.add(convolution({.out_channels = 4, .kernel = 3}), {image}, "layer");
  const NodeId norm = net.add(Op(OpKind::batch_norm), {layer}, "norm");
  net.mark_output(net.add(Op(OpKind::add), {layer, norm}, "sum"));
  return net;
}

/// Batch norms behind a linear layer, behind another batch norm, before a layer.
Architecture many_norms() {
  Architecture net;
  NodeId x = net.add(input_op({3, 6, 5}), {}, "image");
  x = net.add(Op(OpKind::batch_norm).set("affine", 0), {x}, "first");
  x = net.add(linear(6), {x}, "linear");
  x = net.add(Op(OpKind::batch_norm), {x}, "second");
  x = net.add(Op(OpKind::batch_norm), {x}, "third");
  const NodeId gate = net.add(Op(OpKind::sigmoid), {x}, "gate");
  x = net.add(Op(OpKind::scale), {x, gate}, "scaled");
  net.mark_output(x);
  net.mark_output(gate);
  return net;
}

/// Two layers of one weight, and an output that is the image.
Architecture shared_weight() {
  Architecture net;
  const NodeId image = net.add(input_op({4, 5, 5}), {}, "image");
  const NodeId first = net.add(convolution({.out_channels = 4, .kernel = 3}), {image}, "first");
  const NodeId second = net.add(convolution({.out_channels = 4, .kernel = 3}), {first}, "second");
  net.refer(second, "weight", {"first.weight", {4, 4, 3, 3}, {}});
  const NodeId same = net.add(Op(OpKind::identity), {image}, "same");
  net.mark_output(second);
  net.mark_output(same);
  net.mark_output(net.add(Op(OpKind::dropout), {second}, "again"));
  return net;
}

}  // namespace

void visit_ops(const NetworkVisitor& visit) {
  for (const Shape& shape : {Shape{1, 5, 4}, Shape{6, 7, 6}, Shape{21, 4, 7}, Shape{8, 1, 1}}) {
    for (const test::OpCase& each : test::op_cases(shape)) {
      Architecture net;
      const NodeId image = net.add(input_op({3, shape.height, shape.width}), {}, "image");
      const NodeId stem = net.add(convolution({.out_channels = shape.channels}), {image}, "stem");
      net.mark_output(each.add(net, stem, image));
      visit_random(fmt::format("{} of {}", each.name, shape.text()), net, visit);
    }
  }
  for (const test::OpCase& each : test::op_cases({3, 6, 5})) {
    Architecture net;
    const NodeId image = net.add(input_op({3, 6, 5}), {}, "image");
    net.mark_output(each.add(net, image, image));
    visit_random(fmt::format("{} of the image", each.name), net, visit);
  }
}

void visit_networks(const NetworkVisitor& visit) {
  for (const SmallNetwork& network : small_networks()) {
    visit_random(network.name, network.architecture, visit);
  }
  for (const std::int64_t kernel : {7, 5, 3}) {
    visit_random(fmt::format("elastic {}x{}", kernel, kernel),
                 test::elastic_network({.width = 10, .kernel = kernel}), visit);
  }
  visit_random("shared layer", shared_layer(), visit);
  visit_random("many norms", many_norms(), visit);
  visit_random("shared weight", shared_weight(), visit);
}

void visit_spaces(const NetworkVisitor& visit) {
  const Task& task = fashion_task;
  for (const SpaceEntry& entry : search_spaces()) {
    if (entry.name == codes_space_name) continue;  // has no networks
    const auto space = entry.make(task, OptionValues(entry.name, entry.options, {}));
    Random random(derive_seed(11, entry.name));
    for (int i = 0; i < genotypes_per_space; ++i) {
      const Architecture net = space->build(space->sample(random));
      const std::string name = fmt::format("{} {}", entry.name, i);
      if (!is_classifier(net, task)) {
        visit_random(name, net, visit);
        continue;
      }
      ParameterStore store = trained_store(net, task, derive_seed(5, name));
      visit(name, net, store);
    }
  }
}

}  // namespace nas::peers
