/// The sum of the gradients of several backward passes: of a batch's shards, of the subnets that
/// share one step.
#pragma once

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/engine/program.hpp"

namespace nas {

class GradientSum {
 public:
  void clear();
  /// Adds to Parameter::gradient where it has been touched since `clear`, and sets it where it has
  /// not; what none of them touches is left as it was. Sums are taken in the order of the calls.
  void add(std::span<const ParameterGradient> gradients);

  /// What has a gradient, in the order of first use. Valid until the next `add` or `clear`.
  std::span<const TouchedParameter> touched() const { return touched_; }

 private:
  struct Entry {
    Parameter* parameter;
    ElementRuns runs;
    bool is_touched = false;  ///< since `clear`
  };
  Entry& entry(Parameter* parameter, std::size_t expected);

  std::vector<Entry> entries_;  ///< kept by `clear`, and so is their memory
  std::unordered_map<const Parameter*, std::size_t> places_;
  std::vector<std::size_t> order_;
  std::vector<TouchedParameter> touched_;
};

}  // namespace nas
