/// What a compiled program multiplies, read from the keys of its steps.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "core/engine/program.hpp"

namespace nas::test {

/// "24x16x3x3:ABcd8b8a": 24, 16, 3, 3.
inline std::vector<std::int64_t> dimensions(const std::string& tensor) {
  std::vector<std::int64_t> sizes;
  std::istringstream stream(tensor.substr(0, tensor.find(':')));
  for (std::string size; std::getline(stream, size, 'x');) sizes.push_back(std::stoll(size));
  return sizes;
}

inline std::int64_t product(const std::vector<std::int64_t>& sizes) {
  std::int64_t result = 1;
  for (const std::int64_t size : sizes) result *= size;
  return result;
}

/// Each value that a convolution or linear layer writes takes as many multiply-accumulates as one
/// of its output channels has weights. Tensors of such a step: what it reads, weights, what it
/// writes, bias if any.
inline std::int64_t compiled_macs(const Architecture& net) {
  std::int64_t macs = 0;
  for (const StepKey& key : step_keys(net, {.batch = 1, .mode = Mode::inference})) {
    if (!key.work.starts_with("convolution") && !key.work.starts_with("linear")) continue;
    std::istringstream stream(key.tensors);
    std::vector<std::vector<std::int64_t>> tensors;
    for (std::string tensor; stream >> tensor;) tensors.push_back(dimensions(tensor));
    if (tensors.size() < 3) continue;  // copies what the convolution then adds to
    const std::vector<std::int64_t>& weights = tensors.at(1);
    const std::vector<std::int64_t>& written = tensors.at(2);
    macs += product(written) * product(weights) / written.at(1);
  }
  return macs;
}

/// Trainable values that a training program touches: what shares a tensor counts once.
inline std::int64_t compiled_params(const Architecture& net, ParameterStore& store) {
  const Program program(net, store, {.batch = 1, .mode = Mode::training});
  std::int64_t params = 0;
  for (const ParameterGradient& gradient : program.gradients()) {
    if (gradient.parameter->role == ParameterRole::coefficient ||
        gradient.parameter->role == ParameterRole::transform) {
      continue;
    }
    for (const ElementRun& run : gradient.touched) {
      params += static_cast<std::int64_t>(run.count);
    }
  }
  return params;
}

}  // namespace nas::test
