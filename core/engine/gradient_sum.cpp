#include "core/engine/gradient_sum.hpp"

#include <algorithm>
#include <functional>

namespace nas {
namespace {

void set(std::span<const ElementRun> runs, const float* from, float* to) {
  for (const ElementRun& run : runs) std::copy_n(from + run.begin, run.count, to + run.begin);
}

void add(std::span<const ElementRun> runs, const float* from, float* to) {
  for (const ElementRun& run : runs) {
    float* const sum = to + run.begin;
    std::transform(sum, sum + run.count, from + run.begin, sum, std::plus<float>());
  }
}

void clear(std::span<const ElementRun> runs, float* values) {
  for (const ElementRun& run : runs) std::fill_n(values + run.begin, run.count, 0.0F);
}

}  // namespace

void GradientSum::clear() {
  for (const std::size_t place : order_) entries_[place].is_touched = false;
  order_.clear();
  touched_.clear();
}

GradientSum::Entry& GradientSum::entry(Parameter* parameter, std::size_t expected) {
  // Passes of one network come with the same parameters in the same order.
  if (expected < entries_.size() && entries_[expected].parameter == parameter) {
    return entries_[expected];
  }
  const auto [place, is_new] = places_.emplace(parameter, entries_.size());
  if (is_new) entries_.push_back({parameter, {}});
  return entries_[place->second];
}

void GradientSum::add(std::span<const ParameterGradient> gradients) {
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const ParameterGradient& next = gradients[i];
    Entry& sum = entry(next.parameter, i);
    float* const values = next.parameter->gradient.data();
    if (!sum.is_touched) {
      sum.is_touched = true;
      sum.runs.assign(next.touched.begin(), next.touched.end());
      order_.push_back(static_cast<std::size_t>(&sum - entries_.data()));
      set(sum.runs, next.gradient.data(), values);
      continue;
    }
    if (!std::ranges::equal(sum.runs, next.touched)) {
      nas::clear(without(next.touched, sum.runs), values);
      sum.runs = united(sum.runs, next.touched);
    }
    nas::add(next.touched, next.gradient.data(), values);
  }
  touched_.clear();
  for (const std::size_t place : order_) {
    touched_.push_back({entries_[place].parameter, entries_[place].runs});
  }
}

}  // namespace nas
