#include "core/data/split.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/random.hpp"

namespace nas {
namespace {

using Indices = std::vector<std::uint32_t>;

std::vector<Indices> indices_by_class(const Dataset& dataset) {
  std::vector<Indices> classes(static_cast<std::size_t>(dataset.classes));
  const auto& labels = dataset.train.labels;
  for (std::uint32_t i = 0; i < labels.size(); ++i) {
    classes[static_cast<std::size_t>(labels[i])].push_back(i);
  }
  return classes;
}

void check_split(const Dataset& dataset, const std::vector<Indices>& classes, double share) {
  if (!(share > 0 && share < 1)) {
    throw Error(
        ErrorKind::config,
        fmt::format("the validation share '{}' must lie between 0 and 1, both excluded", share));
  }
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (classes[c].size() >= 2) continue;
    throw Error(ErrorKind::data,
                fmt::format("class '{}' of dataset '{}' has {} training image(s); at least two are "
                            "needed, one to train and one to validate",
                            c, dataset.name, classes[c].size()));
  }
}

/// How many samples of each class validate: the share rounded down, then one more for the classes
/// with the largest remainders until the total is the rounded share of all.
std::vector<std::size_t> validation_counts(const std::vector<Indices>& classes, double share) {
  std::vector<std::size_t> counts;
  std::vector<double> remainders;
  std::size_t samples = 0;
  for (const Indices& indices : classes) {
    const double quota = share * static_cast<double>(indices.size());
    counts.push_back(static_cast<std::size_t>(quota));
    remainders.push_back(quota - std::floor(quota));
    samples += indices.size();
  }
  const auto total = static_cast<std::size_t>(std::llround(share * static_cast<double>(samples)));
  const auto given = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  std::vector<std::size_t> order(classes.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t c) { return remainders[c]; });
  for (std::size_t i = 0; i < order.size() && given + i < total; ++i) ++counts[order[i]];
  for (std::size_t c = 0; c < counts.size(); ++c) {
    counts[c] = std::clamp<std::size_t>(counts[c], 1, classes[c].size() - 1);
  }
  return counts;
}

}  // namespace

Samples Samples::first(std::size_t count) const {
  Samples subset = *this;
  subset.indices.resize(std::min(count, indices.size()));
  return subset;
}

Split split_training_part(std::shared_ptr<const Dataset> dataset, double validation_share,
                          std::uint64_t seed) {
  std::vector<Indices> classes = indices_by_class(*dataset);
  check_split(*dataset, classes, validation_share);
  const std::vector<std::size_t> counts = validation_counts(classes, validation_share);
  Random random(derive_seed(seed, "validation split"));
  Split split;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    random.shuffle(std::span(classes[c]));
    const auto middle = classes[c].begin() + static_cast<std::ptrdiff_t>(counts[c]);
    auto& validation = split.validation.indices;
    auto& train = split.train.indices;
    validation.insert(validation.end(), classes[c].begin(), middle);
    train.insert(train.end(), middle, classes[c].end());
  }
  random.shuffle(std::span(split.train.indices));
  random.shuffle(std::span(split.validation.indices));
  split.train.normalisation = measure_normalisation(dataset->train, split.train.indices);
  split.validation.normalisation = split.train.normalisation;
  split.train.dataset = dataset;
  split.validation.dataset = std::move(dataset);
  return split;
}

Samples whole_training_part(std::shared_ptr<const Dataset> dataset, std::uint64_t seed) {
  Samples samples;
  samples.indices.resize(dataset->train.count());
  std::iota(samples.indices.begin(), samples.indices.end(), 0u);
  Random random(derive_seed(seed, "whole training part"));
  random.shuffle(std::span(samples.indices));
  samples.normalisation = measure_normalisation(dataset->train, samples.indices);
  samples.dataset = std::move(dataset);
  return samples;
}

Samples test_part(std::shared_ptr<const Dataset> dataset, const Normalisation& normalisation) {
  Samples samples;
  samples.test = true;
  samples.indices.resize(dataset->test.count());
  std::iota(samples.indices.begin(), samples.indices.end(), 0u);
  samples.normalisation = normalisation;
  samples.dataset = std::move(dataset);
  return samples;
}

}  // namespace nas
