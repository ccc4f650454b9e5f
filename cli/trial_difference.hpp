/// In what two results of one trial differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/search/trial.hpp"

namespace nas::cli {

enum class Agreement {
  exact,      ///< every bit
  tolerated,  ///< measured metrics within `tolerance_of`; what an architecture is and costs exactly
};

/// How far apart two measurements of one trial may be that were made with different instruction
/// sets or versions of the engine: by `absolute` or by the share `relative` of the larger one.
/// results/VERIFY.md says what was measured.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};
Tolerance tolerance_of(std::string_view metric);

/// "val_accuracy: recorded 0.8404, here 0.8401", the first there is; nothing where they agree.
/// `seconds` do not count. With a tolerance neither curves do nor the reasons of failures.
std::optional<std::string> difference(const Trial& recorded, const Trial& here,
                                      Agreement agreement = Agreement::exact);
/// Likewise of metrics alone.
std::optional<std::string> difference(const Metrics& recorded, const Metrics& here,
                                      Agreement agreement);

}  // namespace nas::cli
