/// Images at the resolution that a network reads.
///
/// Bilinear in both directions, antialiased: output pixel i of n has its centre at (i + 1/2) * m/n
/// of the m input pixels and is the mean of those around it, weighted by a triangle that reaches
/// max(1, m/n) pixels to either side and is cut at the edge (as torchvision's and Pillow's
/// antialiased bilinear). Enlarged images are plainly interpolated. Bytes are rounded to the
/// nearest once, after both directions, halves up.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "core/data/split.hpp"

namespace nas {

/// All images with `height` x `width` pixels, and their labels.
LabelledImages resized(const LabelledImages& images, std::int64_t height, std::int64_t width);

/// A dataset at several resolutions, each of which is made once, when it is first asked for, and
/// kept. Training and test part are apart: the test part is not read before it is asked for. Safe
/// to use from several threads.
class ResizedData {
 public:
  explicit ResizedData(std::shared_ptr<const Dataset> dataset) : dataset_(std::move(dataset)) {}

  /// The same samples of this dataset at the resolution of `input`, with the normalisation that
  /// they have; as they are where they have that resolution.
  Samples at(const Samples& samples, const Shape& input);

 private:
  struct Key {
    bool test;
    std::int64_t height;
    std::int64_t width;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  std::shared_ptr<const Dataset> dataset_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<const Dataset>> made_;
};

}  // namespace nas
