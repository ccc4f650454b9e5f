#include "plugins/strategies/tpe/parzen.hpp"

#include <numeric>

namespace nas::tpe {
namespace {

constexpr std::size_t latest_of_full_weight = 25;
constexpr double prior_weight = 1;

}  // namespace

std::vector<double> weights(std::size_t count) {
  std::vector<double> result(count, 1.0);
  if (count <= latest_of_full_weight) return result;
  const std::size_t falling = count - latest_of_full_weight;
  const double least = 1.0 / static_cast<double>(count);
  for (std::size_t i = 0; i < falling; ++i) {
    const double along =
        falling == 1 ? 0 : static_cast<double>(i) / static_cast<double>(falling - 1);
    result[i] = least + along * (1 - least);
  }
  return result;
}

std::vector<double> parzen(const std::vector<int>& observed, std::size_t answers) {
  const double components = static_cast<double>(observed.size()) + 1;
  const double floor = prior_weight / components;
  const double row = 1 + floor * static_cast<double>(answers);
  const std::vector<double> weight = weights(observed.size());
  const double total = std::accumulate(weight.begin(), weight.end(), prior_weight);
  const double kernels = total - prior_weight;
  std::vector<double> probability(
      answers, kernels / total * floor / row + prior_weight / total / static_cast<double>(answers));
  for (std::size_t i = 0; i < observed.size(); ++i) {
    probability[static_cast<std::size_t>(observed[i])] += weight[i] / total / row;
  }
  return probability;
}

}  // namespace nas::tpe
