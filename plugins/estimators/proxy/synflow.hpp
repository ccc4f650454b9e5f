/// synflow: how much signal flows through the absolute values of the weights.
#pragma once

#include <map>
#include <string>

#include "core/architecture/architecture.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::proxy {

/// Tanaka, Kunin, Yamins, Ganguli 2020, as a proxy (Abdelfattah et al. 2021): batch norms are
/// removed, every parameter is replaced by its absolute value, R is the sum of the outputs for one
/// image of ones. Of each layer, by the name of its weight, the sum of |w * dR/dw|. In double;
/// `architecture` has no dropout.
std::map<std::string, double> synflow_by_layer(const Architecture& architecture,
                                               const ParameterStore& store);

/// The natural logarithm of the sum over layers: minus infinity where nothing flows.
double log_synflow(const Architecture& architecture, const ParameterStore& store);

}  // namespace nas::proxy
