// How long strategies with a surrogate think: `ask` after 1,000 trials, over 110 asks, each of
// which is told before the next; fits of the surrogate, which are due once in a while, are among
// them. And how long the distances between networks take that NASBOT's kernel stands on.
//
//     nas_surrogate_bench PLUGINS
#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/executor.hpp"
#include "core/base/random.hpp"
#include "core/plugin/registry.hpp"
#include "plugins/strategies/bayesian/otmann_kernel.hpp"
#include "search_spaces/registry.hpp"

namespace {

using namespace nas;
using Options = std::map<std::string, std::string>;

constexpr int trials_before = 1000;
constexpr int asks = 110;  // predictors are trained again after 100
constexpr int networks = 40;

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
  return passed.count();
}

std::unique_ptr<SearchSpace> make_space(const std::string& name) {
  const SpaceEntry& entry = search_space(name);
  return entry.make({{3, 32, 32}, 10}, OptionValues(name, entry.options, {}));
}

/// Of something to learn: every answer counts, and there is noise.
double value_of(const Genotype& genotype) {
  double value = 0;
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    value -= static_cast<double>(genotype.answers[i]) / static_cast<double>(i + 1);
  }
  return value + 0.1 * Random(derive_seed(0, genotype.text())).normal();
}

void time_asks(const PluginRegistry& plugins, const std::string& name,
               const std::string& space_name, const Options& given, const std::string& what) {
  const auto space = make_space(space_name);
  const auto library = plugins.find(PluginKind::strategy, name);
  const std::vector<Objective> objectives = {{"val_accuracy", true}};
  const OptionValues options(name, library->options(), given);
  const auto strategy = library->make_strategy({*space, objectives, 1, 1, options});
  Random random(1);
  std::int64_t id = 0;
  const auto tell = [&](const Genotype& genotype) {
    strategy->tell({Result::Kind::measured, id++, genotype, {}, {value_of(genotype)}});
  };
  while (id < trials_before) tell(space->sample(random));
  strategy->ask();  // the first fit, to all of them, which a search makes step by step
  std::vector<double> times;
  for (int i = 0; i < asks; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto proposal = strategy->ask();
    times.push_back(milliseconds_since(start));
    if (!proposal) throw Error(ErrorKind::internal, name + " has nothing more to propose");
    tell(proposal->genotype);
  }
  double sum = 0;
  for (const double time : times) sum += time;
  std::ranges::sort(times);
  fmt::print("{:<44} {:>8.1f} {:>8.1f} {:>8.1f}\n", fmt::format("{}, {}{}", name, space_name, what),
             times[asks / 2], sum / asks, times.back());
}

void time_distances(const std::string& space_name) {
  const auto space = make_space(space_name);
  Random random(1);
  std::vector<OtmannNetwork> all;
  double layers = 0;
  for (int i = 0; i < networks; ++i) {
    const Architecture network = space->build(space->sample(random));
    const LayerGraph graph = layers_of(network, NetworkFamily::convolutional);
    layers += static_cast<double>(graph.size()) / networks;
    all.emplace_back(graph, NetworkFamily::convolutional);
  }
  const auto start = std::chrono::steady_clock::now();
  for (const OtmannNetwork& a : all) {
    for (const OtmannNetwork& b : all) {
      otmann_distances(a, b, OtmannKernel::structural_coefficients);
    }
  }
  fmt::print("{:<44} {:>8.3f} ms a pair, {:.0f} layers\n", "four distances, " + space_name,
             milliseconds_since(start) / (networks * networks), layers);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    fmt::print(stderr, "usage: nas_surrogate_bench PLUGINS\n");
    return 2;
  }
  try {
    const PluginRegistry plugins({arguments[1]});
    fmt::print("{:<44} {:>8} {:>8} {:>8}\n", "ms an ask after 1,000 trials", "median", "mean",
               "most");
    for (const std::string space : {"nasbench201", "mbconv", "nasbench101"}) {
      time_asks(plugins, "bayesian", space, {}, "");
    }
    time_asks(plugins, "bayesian", "nasbench201", {{"candidates", "all"}}, ", all");
    time_asks(plugins, "bayesian", "nasbench201", {{"acquisition", "thompson"}}, ", thompson");
    for (const std::string space : {"nasbench201", "mbconv", "nasbench101"}) {
      time_asks(plugins, "bananas", space, {}, "");
    }
    for (const std::string space : {"nasbot", "nasbench201", "mbconv", "darts"}) {
      time_distances(space);
    }
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
