#include "plugins/estimators/proxy/synflow.hpp"

#include <cmath>
#include <vector>

#include "core/architecture/stored_tensors.hpp"
#include "core/engine/reference_network.hpp"
#include "plugins/estimators/proxy/networks.hpp"

namespace nas::proxy {

std::map<std::string, double> synflow_by_layer(const Architecture& architecture,
                                               const ParameterStore& store) {
  const Architecture linear = without(architecture, {OpKind::batch_norm});
  ReferenceNetwork<double> network(linear, 1, Mode::training);
  network.load(store);
  for (const StoredTensor& tensor : stored_tensors(linear)) {
    for (double& value : network.parameter(tensor.name)) value = std::abs(value);
  }
  const Shape& image = linear.shape(linear.input_nodes().front());
  const Shape& output = linear.shape(linear.outputs().front());
  const std::vector<double> input(static_cast<std::size_t>(image.elements()), 1.0);
  const std::vector<double> gradient(static_cast<std::size_t>(output.elements()), 1.0);
  network.forward(input);
  network.backward(gradient);
  std::map<std::string, double> result;
  for (const auto& [name, runs] : layer_weights(linear)) {
    const std::vector<double>& weights = network.parameter(name);
    double sum = 0;
    for_elements(runs, network.gradient(name),
                 [&](std::size_t i, double slope) { sum += std::abs(weights[i] * slope); });
    result[name] = sum;
  }
  return result;
}

double log_synflow(const Architecture& architecture, const ParameterStore& store) {
  double sum = 0;
  for (const auto& [name, flow] : synflow_by_layer(architecture, store)) sum += flow;
  return std::log(sum);
}

}  // namespace nas::proxy
