/// The shape of one sample's activation.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace nas {

/// Channels, height, width; a vector is C x 1 x 1. The batch dimension belongs to the engine.
struct Shape {
  std::int64_t channels = 0;
  std::int64_t height = 1;
  std::int64_t width = 1;

  std::int64_t elements() const { return channels * height * width; }
  std::int64_t pixels() const { return height * width; }
  /// "16x28x28".
  std::string text() const;
  friend auto operator<=>(const Shape&, const Shape&) = default;
};

/// What a network has to do: the shape of a sample and the number of classes.
struct Task {
  Shape input;
  int classes = 0;
  friend bool operator==(const Task&, const Task&) = default;
};

}  // namespace nas
