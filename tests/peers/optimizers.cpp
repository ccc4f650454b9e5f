// Steps of every optimiser over the same gradients, for optimizers.py to repeat in PyTorch.
//
//     nas_peer_optimizers FILE
//
// Metadata "variants" is JSON: for each variant its class in torch.optim and its arguments there.
// Tensors: "start.<parameter>", "gradient.<step>.<parameter>" and what follows,
// "<variant>.<step>.<parameter>", for the parameters "weight" (which decays) and "bias" (which does
// not). Step s has the learning rate of the variant times 1 - s / 40.
#include <cstdio>
#include <exception>
#include <vector>

#include <fmt/format.h>

#include "core/base/random.hpp"
#include "core/engine/optimizer.hpp"
#include "tests/peers/tensor_file.hpp"

using namespace nas;

namespace {

constexpr int steps = 20;
constexpr double fading_steps = 40;

struct Variant {
  std::string name;
  OptimizerSettings settings;
  double learning_rate;
  double clip_norm;  ///< 0: not clipped
  nlohmann::json peer;
};

std::vector<Variant> variants() {
  return {
      {"sgd", SgdSettings{.momentum = 0}, 0.1, 0, {{"class", "SGD"}}},
      {"sgd decay",
       SgdSettings{.momentum = 0, .weight_decay = 0.01},
       0.1,
       0,
       {{"class", "SGD"}, {"weight_decay", 0.01}}},
      {"sgd momentum",
       SgdSettings{.momentum = 0.9, .nesterov = false, .weight_decay = 0.01},
       0.05,
       0,
       {{"class", "SGD"}, {"momentum", 0.9}, {"weight_decay", 0.01}}},
      {"sgd nesterov",
       SgdSettings{.momentum = 0.9, .nesterov = true, .weight_decay = 0.01},
       0.05,
       0,
       {{"class", "SGD"}, {"momentum", 0.9}, {"nesterov", true}, {"weight_decay", 0.01}}},
      {"sgd clipped",
       SgdSettings{.momentum = 0.9, .nesterov = true},
       0.05,
       2,
       {{"class", "SGD"}, {"momentum", 0.9}, {"nesterov", true}}},
      {"adam", AdamSettings{}, 0.01, 0, {{"class", "Adam"}}},
      {"adam betas",
       AdamSettings{.beta1 = 0.5, .beta2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.01},
       0.01,
       0,
       {{"class", "Adam"}, {"betas", {0.5, 0.99}}, {"eps", 1e-3}, {"weight_decay", 0.01}}},
      {"adam without mean",
       AdamSettings{.beta1 = 0},
       0.01,
       0,
       {{"class", "Adam"}, {"betas", {0.0, 0.999}}}},
      {"adamw",
       AdamSettings{.weight_decay = 0.1, .decoupled = true},
       0.01,
       0,
       {{"class", "AdamW"}, {"weight_decay", 0.1}}},
      {"rmsprop", RmsPropSettings{}, 0.01, 0, {{"class", "RMSprop"}}},
      {"rmsprop momentum",
       RmsPropSettings{.alpha = 0.9, .epsilon = 1e-3, .momentum = 0.9, .weight_decay = 0.01},
       0.01,
       0,
       {{"class", "RMSprop"},
        {"alpha", 0.9},
        {"eps", 1e-3},
        {"momentum", 0.9},
        {"weight_decay", 0.01}}},
      {"rmsprop centered",
       RmsPropSettings{.alpha = 0.9, .momentum = 0.5, .centered = true},
       0.01,
       0,
       {{"class", "RMSprop"}, {"alpha", 0.9}, {"momentum", 0.5}, {"centered", true}}},
      {"rmsprop tensorflow",
       RmsPropSettings{.alpha = 0.9, .epsilon = 1e-3, .momentum = 0.9, .tensorflow = true},
       0.01,
       0,
       {{"class", "TensorFlowRMSprop"}, {"alpha", 0.9}, {"eps", 1e-3}, {"momentum", 0.9}}},
      {"rmsprop tensorflow centered",
       RmsPropSettings{.alpha = 0.9, .epsilon = 1e-3, .centered = true, .tensorflow = true},
       0.01,
       1,
       {{"class", "TensorFlowRMSprop"}, {"alpha", 0.9}, {"eps", 1e-3}, {"centered", true}}},
  };
}

/// Normal values; gradients of later elements are smaller, down to a thousandth.
void fill(Tensor& tensor, bool fading, Random& random) {
  const auto size = static_cast<double>(tensor.size());
  double scale = 1;
  for (float& value : tensor.values()) {
    value = static_cast<float>(scale * random.normal());
    if (fading) scale *= std::pow(1e-3, 1 / size);
  }
}

ParameterStore new_store() {
  ParameterStore store;
  Random random(1);
  fill(store.create("weight", {13, 17}, ParameterRole::weight).value, false, random);
  fill(store.create("bias", {13}, ParameterRole::bias).value, false, random);
  return store;
}

void fill_gradients(ParameterStore& store, int step) {
  for (const auto& [name, parameter] : store.all()) {
    Random random(derive_seed(2, name, static_cast<std::uint64_t>(step)));
    fill(parameter->gradient, true, random);
  }
}

void run(const Variant& variant, peers::TensorFile& file) {
  ParameterStore store = new_store();
  std::vector<Parameter*> touched;
  for (const auto& [name, parameter] : store.all()) touched.push_back(parameter.get());
  for (int step = 0; step < steps; ++step) {
    fill_gradients(store, step);
    if (variant.clip_norm > 0) clip_gradients(touched, variant.clip_norm);
    optimizer_step(touched, variant.settings, variant.learning_rate * (1 - step / fading_steps));
    for (const Parameter* parameter : touched) {
      file.add(fmt::format("{}.{}.{}", variant.name, step, parameter->name), parameter->shape,
               std::as_const(parameter->value).values());
    }
  }
}

void add_inputs(peers::TensorFile& file) {
  ParameterStore store = new_store();
  for (const auto& [name, parameter] : store.all()) {
    file.add("start." + name, parameter->shape, std::as_const(parameter->value).values());
  }
  for (int step = 0; step < steps; ++step) {
    fill_gradients(store, step);
    for (const auto& [name, parameter] : store.all()) {
      file.add(fmt::format("gradient.{}.{}", step, name), parameter->shape,
               std::as_const(parameter->gradient).values());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: nas_peer_optimizers FILE\n");
    return 2;
  }
  try {
    peers::TensorFile file;
    add_inputs(file);
    nlohmann::json described = nlohmann::json::object();
    for (const Variant& variant : variants()) {
      run(variant, file);
      described[variant.name] = variant.peer;
      described[variant.name]["lr"] = variant.learning_rate;
      described[variant.name]["clip_norm"] = variant.clip_norm;
    }
    file.note("variants", described.dump());
    file.note("steps", std::to_string(steps));
    file.write(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "nas_peer_optimizers: error: {}\n", error.what());
    return 1;
  }
}
