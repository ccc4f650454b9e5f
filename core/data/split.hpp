/// Which samples train, which validate, and how values are normalised.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/data/dataset.hpp"

namespace nas {

/// Per channel: (value - mean) / deviation, of bytes and floats alike.
struct Normalisation {
  std::vector<float> mean;
  std::vector<float> deviation;
  friend bool operator==(const Normalisation&, const Normalisation&) = default;
};

/// Some samples of a set of images, in an order, with their normalisation. Views: the dataset lives
/// on through the shared pointer.
struct Samples {
  std::shared_ptr<const Dataset> dataset;
  bool test = false;  ///< indices are into the test part
  std::vector<std::uint32_t> indices;
  Normalisation normalisation;

  const LabelledImages& images() const { return test ? dataset->test : dataset->train; }
  std::size_t count() const { return indices.size(); }
  /// The first `count` samples, or all where there are fewer; subsets are nearly stratified, since
  /// the order is shuffled.
  Samples first(std::size_t count) const;
};

struct Split {
  Samples train;
  Samples validation;
};

/// A stratified split of the training part by `seed`: every class gives the same share (largest
/// remainder, ties by class) to validation, but at least one sample and never all. Both orders are
/// shuffled. Normalisation is computed from the training samples alone. Throws Error(data) where a
/// class has fewer than two samples, Error(config) on a share outside (0, 1).
Split split_training_part(std::shared_ptr<const Dataset> dataset, double validation_share,
                          std::uint64_t seed);
/// The whole training part, normalised by itself; for final training.
Samples whole_training_part(std::shared_ptr<const Dataset> dataset, std::uint64_t seed);
/// The test part, with the normalisation of what was trained on.
Samples test_part(std::shared_ptr<const Dataset> dataset, const Normalisation& normalisation);

/// Mean and deviation (of the population) per channel over the given samples of the training part;
/// a deviation of 0 becomes 1. In double, and the same for every order of `indices`. Bytes are
/// taken as they are: dividing them by 255 first would change nothing, since the deviation shrinks
/// along.
Normalisation measure_normalisation(const LabelledImages& images,
                                    std::span<const std::uint32_t> indices);

}  // namespace nas
