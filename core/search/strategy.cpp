#include "core/search/strategy.hpp"

#include <limits>

namespace nas {

double fitness(const Result& result, const Objective& objective) {
  if (result.kind != Result::Kind::measured || result.values.empty()) {
    return -std::numeric_limits<double>::infinity();
  }
  return objective.maximise ? result.values.front() : -result.values.front();
}

}  // namespace nas
