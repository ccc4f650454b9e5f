#include "search_spaces/autodeeplab_path.hpp"

#include <cmath>
#include <limits>

namespace nas {
namespace {

/// Whether move `m` from `level` stays within `levels`.
bool stays(std::size_t level, std::size_t m, std::size_t levels) {
  return level + m >= 1 && level + m - 1 < levels;
}

}  // namespace

BigInteger count_level_paths(std::size_t levels, std::size_t transitions, std::size_t from) {
  std::vector<boost::multiprecision::cpp_int> onwards(levels, 1);  // of so many transitions
  for (std::size_t t = 0; t < transitions; ++t) {
    std::vector<boost::multiprecision::cpp_int> longer(levels, 0);
    for (std::size_t level = 0; level < levels; ++level) {
      for (std::size_t m = 0; m < level_moves; ++m) {
        if (stays(level, m, levels)) longer[level] += onwards[level + m - 1];
      }
    }
    onwards = std::move(longer);
  }
  return {onwards[from]};
}

LevelLogits level_log_probabilities(const LevelLogits& logits) {
  LevelLogits result = logits;
  for (auto& transition : result) {
    for (std::size_t level = 0; level < transition.size(); ++level) {
      double most = -std::numeric_limits<double>::infinity(), total = 0;
      for (std::size_t m = 0; m < level_moves; ++m) {
        double& value = transition[level][m];
        if (!stays(level, m, transition.size())) value = -std::numeric_limits<double>::infinity();
        most = std::max(most, value);
      }
      for (const double value : transition[level]) total += std::exp(value - most);
      for (double& value : transition[level]) value -= most + std::log(total);
    }
  }
  return result;
}

LevelPath most_probable_path(const LevelLogits& logits, std::size_t from) {
  LevelPath path{0, {from}};
  if (logits.empty()) return path;
  const LevelLogits steps = level_log_probabilities(logits);
  const std::size_t levels = steps.front().size();
  // Backwards, so that going forwards the first of equals is the finest.
  std::vector<double> best(levels, 0);
  std::vector<std::vector<std::size_t>> next(steps.size(), std::vector<std::size_t>(levels));
  for (std::size_t t = steps.size(); t-- > 0;) {
    std::vector<double> longer(levels, -std::numeric_limits<double>::infinity());
    for (std::size_t level = 0; level < levels; ++level) {
      for (std::size_t m = 0; m < level_moves; ++m) {
        if (!stays(level, m, levels)) continue;
        const double value = steps[t][level][m] + best[level + m - 1];
        if (value <= longer[level]) continue;
        longer[level] = value;
        next[t][level] = level + m - 1;
      }
    }
    best = std::move(longer);
  }
  path.log_probability = best[from];
  for (const auto& choices : next) path.levels.push_back(choices[path.levels.back()]);
  return path;
}

}  // namespace nas
