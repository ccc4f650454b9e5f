/// The type of number that convolutions and matrix products compute in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nas {

enum class Precision {
  float32,
  /// Activations and weights of convolutions and linear layers in bfloat16 (a float's upper half:
  /// 8 bits of precision); sums, statistics, losses, gradients of parameters and the parameters
  /// themselves in float32 (Micikevicius et al. 2018, Kalamkar et al. 2019).
  bf16,
};

/// "float32", "bf16".
std::string_view precision_name(Precision precision);
std::vector<std::string> precision_names();
/// Nothing for anything that is no name of a precision.
std::optional<Precision> find_precision(std::string_view name);
/// Throws Error(usage) there.
Precision parse_precision(std::string_view name);

}  // namespace nas
