// Trains published recipes on Fashion-MNIST, to compare this engine's training with its peers'.
//
//     build/tests/nas_recipe plain --seeds 1-10 --expect 82.29 --within 0.6
//     build/tests/nas_recipe mobile --seeds 1-2 --workers 2
//     python3 tests/peers/recipe.py --seeds 1-12        # the first recipe in PyTorch
//
// One line per seed, then the mean and its standard deviation.
//
// plain: three 3x3 convolutions, 3 epochs over the first 10,000 training images, measured on the
// last 10,000. PyTorch 1.13 gives 82.29 % with a deviation of 0.52 between seeds (twelve seeds);
// the mean of ten seeds must be within 0.6 of that. mobile: five inverted bottlenecks (58,226
// parameters), 4 epochs over all training images, measured on the test images; 92.2 %.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/blocks.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/data/dataset.hpp"
#include "core/training/trainer.hpp"

using namespace nas;

namespace {

struct Recipe {
  Architecture net;
  Samples train;
  Samples measured;
  TrainingSettings settings;
};

/// Training images [first, first + count), with a normalisation of their own.
Samples training_images(const std::shared_ptr<const Dataset>& dataset, std::uint32_t first,
                        std::uint32_t count) {
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), first);
  Normalisation normalisation = measure_normalisation(dataset->train, indices);
  return {dataset, false, std::move(indices), std::move(normalisation)};
}

Architecture plain_network(const Task& task) {
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_convolution_block(net, x, "first", {.out_channels = 16, .kernel = 3}, {});
  x = add_convolution_block(net, x, "second", {.out_channels = 32, .kernel = 3, .stride = 2}, {});
  x = add_convolution_block(net, x, "third", {.out_channels = 64, .kernel = 3, .stride = 2}, {});
  add_classifier(net, x, task.classes);
  return net;
}

Recipe plain_recipe(const std::shared_ptr<const Dataset>& dataset) {
  Recipe recipe{.net = plain_network(dataset->task()),
                .train = training_images(dataset, 0, 10000),
                .measured = training_images(dataset, 50000, 10000),
                .settings = {.epochs = 3}};
  recipe.measured.normalisation = recipe.train.normalisation;
  recipe.settings.optimizer = SgdSettings{.weight_decay = 5e-4};
  return recipe;
}

Architecture mobile_network(const Task& task) {
  const Activation relu6{.kind = OpKind::relu6};
  Architecture net;
  NodeId x = net.add(input_op(task.input), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 16, .kernel = 3}, relu6);
  const InvertedBottleneck blocks[] = {{.out_channels = 24, .expansion = 3, .stride = 2},
                                       {.out_channels = 24, .expansion = 3},
                                       {.out_channels = 40, .expansion = 4, .stride = 2},
                                       {.out_channels = 40, .expansion = 4},
                                       {.out_channels = 64, .expansion = 4}};
  int index = 0;
  for (const InvertedBottleneck& block : blocks) {
    x = add_inverted_bottleneck(net, x, fmt::format("block{}", index++), block);
  }
  x = add_convolution_block(net, x, "head", {.out_channels = 128}, relu6);
  add_classifier(net, x, task.classes);
  return net;
}

Recipe mobile_recipe(const std::shared_ptr<const Dataset>& dataset) {
  Samples train = training_images(dataset, 0, static_cast<std::uint32_t>(dataset->train.count()));
  Samples measured = test_part(dataset, train.normalisation);
  Recipe recipe{.net = mobile_network(dataset->task()),
                .train = std::move(train),
                .measured = std::move(measured),
                .settings = {.epochs = 4, .augmentation = {.flip = true}}};
  recipe.settings.optimizer = SgdSettings{.weight_decay = 5e-4};
  return recipe;
}

[[noreturn]] void usage(const std::string& message) {
  throw Error(ErrorKind::usage,
              message +
                  "\nusage: nas_recipe plain|mobile [--seeds A-B] [--shards N] [--workers N] "
                  "[--rate R] [--decay D] [--epochs E] [--precision float32|bf16] "
                  "[--expect PERCENT --within POINTS]");
}

struct Arguments {
  std::string recipe;
  std::map<std::string, std::string> values{
      {"--seeds", "1-10"}, {"--shards", "1"}, {"--workers", "1"},
      {"--rate", ""},      {"--decay", ""},   {"--precision", "float32"},
      {"--epochs", ""},    {"--expect", ""},  {"--within", "0.6"}};

  Arguments(int count, char** words) {
    if (count < 2) usage("no recipe given");
    recipe = words[1];
    for (int i = 2; i < count; i += 2) {
      const auto option = values.find(words[i]);
      if (option == values.end()) usage(fmt::format("unknown option '{}'", words[i]));
      if (i + 1 == count) usage(fmt::format("option '{}' needs a value", words[i]));
      option->second = words[i + 1];
    }
  }

  std::int64_t positive(const std::string& name, const std::string& text) const {
    const auto value = parse_integer(text);
    if (!value || *value < 1) usage(fmt::format("'{}' of {} is no positive number", text, name));
    return *value;
  }
  std::int64_t positive(const std::string& name) const { return positive(name, values.at(name)); }

  /// `fallback` where the option was not given.
  double real(const std::string& name, double fallback) const {
    if (values.at(name).empty()) return fallback;
    const auto value = parse_real(values.at(name));
    if (!value) usage(fmt::format("'{}' of {} is no number", values.at(name), name));
    return *value;
  }

  /// "3" or "1-10".
  std::pair<std::int64_t, std::int64_t> seeds() const {
    const std::string& text = values.at("--seeds");
    const std::size_t dash = text.find('-');
    const std::int64_t first = positive("--seeds", text.substr(0, dash));
    if (dash == std::string::npos) return {first, first};
    return {first, positive("--seeds", text.substr(dash + 1))};
  }
};

/// Accuracy in percent.
double run_seed(const Recipe& recipe, std::uint64_t seed, Executor& executor) {
  const auto start = std::chrono::steady_clock::now();
  ParameterStore store;
  store.prepare(recipe.net, derive_seed(seed, "weights"));
  const TrainingOutcome outcome =
      train(recipe.net, store, recipe.train, recipe.settings, seed, executor, CancelToken());
  const Evaluation evaluation =
      evaluate(recipe.net, store, recipe.measured, executor, recipe.settings.precision);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("seed {:3}  accuracy {:.2f} %  loss {:.4f}  training loss {:.4f}  {:.1f} s  {}\n",
             seed, 100 * evaluation.accuracy, evaluation.loss, outcome.train_loss, seconds.count(),
             outcome.reason);
  std::fflush(stdout);
  return 100 * evaluation.accuracy;
}

double print_mean(const std::vector<double>& accuracies) {
  const auto count = static_cast<double>(accuracies.size());
  const double mean = std::accumulate(accuracies.begin(), accuracies.end(), 0.0) / count;
  double squares = 0;
  for (const double accuracy : accuracies) squares += (accuracy - mean) * (accuracy - mean);
  const double deviation = count > 1 ? std::sqrt(squares / (count - 1)) : 0;
  fmt::print("mean {:.2f} %, standard deviation {:.2f} over {} seeds\n", mean, deviation, count);
  return mean;
}

void check(double mean, const Arguments& arguments) {
  const double expected = arguments.real("--expect", mean);
  const double tolerance = arguments.real("--within", 0);
  if (std::abs(mean - expected) <= tolerance) return;
  throw Error(ErrorKind::mismatch, fmt::format("the mean, {:.2f} %, is not within {} of {} %", mean,
                                               tolerance, expected));
}

void run(const Arguments& arguments) {
  if (arguments.recipe != "plain" && arguments.recipe != "mobile") {
    usage(fmt::format("unknown recipe '{}'", arguments.recipe));
  }
  const auto dataset = load_dataset("fashion-mnist");
  Recipe recipe = arguments.recipe == "plain" ? plain_recipe(dataset) : mobile_recipe(dataset);
  TrainingSettings& settings = recipe.settings;
  settings.shards = static_cast<int>(arguments.positive("--shards"));
  settings.learning_rate = arguments.real("--rate", settings.learning_rate);
  auto& sgd = std::get<SgdSettings>(settings.optimizer);
  sgd.weight_decay = arguments.real("--decay", sgd.weight_decay);
  settings.epochs = arguments.real("--epochs", settings.epochs);
  settings.precision = parse_precision(arguments.values.at("--precision"));
  const auto executor = make_tbb_executor(static_cast<int>(arguments.positive("--workers")));

  const Cost network = cost(recipe.net);
  fmt::print("{}: {} parameters, {} MACs, {}\n", arguments.recipe, network.params, network.macs,
             precision_name(settings.precision));
  std::fflush(stdout);
  std::vector<double> accuracies;
  const auto [first, last] = arguments.seeds();
  for (std::int64_t seed = first; seed <= last; ++seed) {
    accuracies.push_back(run_seed(recipe, static_cast<std::uint64_t>(seed), *executor));
  }
  check(print_mean(accuracies), arguments);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(Arguments(argc, argv));
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "nas_recipe: error: {}\n", error.what());
    return error.kind() == ErrorKind::usage ? 2 : 1;
  }
}
