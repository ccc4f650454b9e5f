/// A sum of which some terms may not be there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/engine/gates.hpp"

namespace nas::engine {

/// Sums buffers of equal size from left to right, those whose guard is open: as if the others were
/// not listed. Zero where none is.
class OpenSum {
 public:
  OpenSum(const Gates& gates, std::vector<GuardId> guards, std::size_t elements)
      : gates_(&gates), guards_(std::move(guards)), elements_(elements) {}

  /// The terms, then the total, which may be the first term's memory.
  void operator()(std::span<float* const> buffers) const {
    float* const total = buffers[guards_.size()];
    bool is_first = true;
    for (std::size_t i = 0; i < guards_.size(); ++i) {
      if (!gates_->open(guards_[i])) continue;
      const float* const term = buffers[i];
      if (!is_first) {
        for (std::size_t k = 0; k < elements_; ++k) total[k] += term[k];
      } else if (term != total) {
        std::copy_n(term, elements_, total);
      }
      is_first = false;
    }
    if (is_first) std::fill_n(total, elements_, 0.0F);
  }

 private:
  const Gates* gates_;
  std::vector<GuardId> guards_;
  std::size_t elements_;
};

}  // namespace nas::engine
