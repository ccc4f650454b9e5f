#include "core/data/batch.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// Which window of a picture is taken, and whether it is mirrored. The window may reach beyond the
/// picture by the padding.
struct Window {
  std::int64_t top = 0;
  std::int64_t left = 0;
  bool mirrored = false;
};

/// Of one channel. A plain division: compilers make it quicker than a table of the 256 bytes.
struct ChannelNormalisation {
  float mean = 0;
  float deviation = 1;

  template <typename T>
  float operator()(T value) const {
    return (static_cast<float>(value) - mean) / deviation;
  }
};

Window draw_window(const Augmentation& augmentation, Random& random) {
  Window window;
  if (augmentation.crop_padding > 0) {
    const auto offsets = 2 * static_cast<std::size_t>(augmentation.crop_padding) + 1;
    window.top = static_cast<std::int64_t>(random.below(offsets)) - augmentation.crop_padding;
    window.left = static_cast<std::int64_t>(random.below(offsets)) - augmentation.crop_padding;
  }
  if (augmentation.flip) window.mirrored = random.chance(0.5);
  return window;
}

/// One channel of one sample.
template <typename T>
void copy_plane(const T* from, const Shape& shape, const Window& window,
                const ChannelNormalisation& normalise, float* to) {
  if (window.top == 0 && window.left == 0 && !window.mirrored) {
    std::transform(from, from + shape.pixels(), to, normalise);
    return;
  }
  const std::int64_t first = std::clamp<std::int64_t>(-window.left, 0, shape.width);
  const std::int64_t last = std::clamp<std::int64_t>(shape.width - window.left, 0, shape.width);
  for (std::int64_t y = 0; y < shape.height; ++y, to += shape.width) {
    const std::int64_t row = y + window.top;
    std::fill_n(to, shape.width, 0.0f);
    if (row < 0 || row >= shape.height) continue;
    const T* source = from + row * shape.width + window.left;
    for (std::int64_t x = first; x < last; ++x) to[x] = normalise(source[x]);
    if (window.mirrored) std::reverse(to, to + shape.width);
  }
}

template <typename T>
void copy_samples(const std::vector<T>& values, const Samples& samples,
                  std::span<const std::uint32_t> positions, std::span<const Window> windows,
                  float* images) {
  const Shape& shape = samples.images().shape;
  const std::int64_t pixels = shape.pixels();
  for (std::int64_t channel = 0; channel < shape.channels; ++channel) {
    const auto c = static_cast<std::size_t>(channel);
    const ChannelNormalisation normalise{samples.normalisation.mean[c],
                                         samples.normalisation.deviation[c]};
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const std::int64_t sample = samples.indices[positions[i]];
      copy_plane(values.data() + (sample * shape.channels + channel) * pixels, shape,
                 windows.empty() ? Window{} : windows[i], normalise,
                 images + (static_cast<std::int64_t>(i) * shape.channels + channel) * pixels);
    }
  }
}

void fill(const Samples& samples, std::span<const std::uint32_t> positions,
          std::span<const Window> windows, std::span<float> images,
          std::span<std::int32_t> labels) {
  const LabelledImages& source = samples.images();
  const auto elements = static_cast<std::size_t>(source.shape.elements());
  if (images.size() != positions.size() * elements || labels.size() != positions.size()) {
    throw Error(ErrorKind::internal,
                fmt::format("a batch of {} samples of {} values does not fit into {} values and {} "
                            "labels",
                            positions.size(), elements, images.size(), labels.size()));
  }
  std::visit(
      [&](const auto& values) { copy_samples(values, samples, positions, windows, images.data()); },
      source.values);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    labels[i] = source.labels[samples.indices[positions[i]]];
  }
}

}  // namespace

void fill_batch(const Samples& samples, std::span<const std::uint32_t> positions,
                const Augmentation& augmentation, Random& random, std::span<float> images,
                std::span<std::int32_t> labels) {
  std::vector<Window> windows(positions.size());
  for (Window& window : windows) window = draw_window(augmentation, random);
  fill(samples, positions, windows, images, labels);
}

void fill_batch(const Samples& samples, std::span<const std::uint32_t> positions,
                std::span<float> images, std::span<std::int32_t> labels) {
  fill(samples, positions, {}, images, labels);
}

}  // namespace nas
