/// Images at the resolution that a network reads.
///
/// Bilinear in both directions, antialiased: output pixel i of n has its centre at (i + 1/2) * m/n
/// of the m input pixels and is the mean of those around it, weighted by a triangle that reaches
/// max(1, m/n) pixels to either side and is cut at the edge (as torchvision's and Pillow's
/// antialiased bilinear). Enlarged images are plainly interpolated. Bytes are rounded to the
/// nearest once, after both directions, halves up.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>

#include "core/data/split.hpp"

namespace nas {

/// All images with `height` x `width` pixels, and their labels.
LabelledImages resized(const LabelledImages& images, std::int64_t height, std::int64_t width);

/// A dataset at several resolutions, each of which is made when it is asked for and kept for the
/// next time, as long as all that are kept have at most so many bytes of images; those asked for
/// least recently go first. Training and test part are apart: the test part is not read before it
/// is asked for. Safe to use from several threads.
class ResizedData {
 public:
  /// About three times Fashion-MNIST at 56x56 pixels.
  static constexpr std::size_t default_most_bytes = std::size_t{512} << 20;

  explicit ResizedData(std::shared_ptr<const Dataset> dataset,
                       std::size_t most_bytes = default_most_bytes)
      : dataset_(std::move(dataset)), most_bytes_(most_bytes) {}

  /// The same samples of this dataset at the resolution of `input`, with the normalisation that
  /// they have; as they are where they have that resolution. They live on where they are not kept.
  Samples at(const Samples& samples, const Shape& input);

 private:
  struct Made {
    bool test;
    Shape shape;
    std::shared_ptr<const Dataset> dataset;
    std::size_t bytes;
  };

  Made make(bool test, const Shape& input) const;
  void drop_oldest();

  const std::shared_ptr<const Dataset> dataset_;
  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::list<Made> made_;  ///< what was asked for last comes first
};

}  // namespace nas
