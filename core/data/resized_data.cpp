#include "core/data/resized_data.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

/// What one output pixel reads along one direction.
struct Reach {
  std::int64_t first = 0;
  std::vector<float> weights;  ///< sum 1
};

std::vector<Reach> reaches(std::int64_t from, std::int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double support = std::max(1.0, scale);
  std::vector<Reach> result(static_cast<std::size_t>(to));
  for (std::int64_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first =
        std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(centre - support + 0.5)));
    const auto last =
        std::min<std::int64_t>(from, static_cast<std::int64_t>(std::floor(centre + support + 0.5)));
    std::vector<double> weights;
    double sum = 0;
    for (std::int64_t x = first; x < last; ++x) {
      const double distance = std::abs(static_cast<double>(x) + 0.5 - centre) / support;
      weights.push_back(std::max(0.0, 1 - distance));
      sum += weights.back();
    }
    Reach& reach = result[static_cast<std::size_t>(i)];
    reach.first = first;
    for (const double weight : weights) reach.weights.push_back(static_cast<float>(weight / sum));
  }
  return result;
}

template <typename T>
T stored(float value) {
  if constexpr (std::is_same_v<T, float>) {
    return value;
  } else {
    return static_cast<T>(std::clamp(std::floor(value + 0.5f), 0.0f, 255.0f));
  }
}

/// Resizes planes of one size; keeps what all of them need.
class PlaneResizer {
 public:
  PlaneResizer(const Shape& from, std::int64_t height, std::int64_t width)
      : from_(from),
        rows_(reaches(from.height, height)),
        columns_(reaches(from.width, width)),
        narrowed_(static_cast<std::size_t>(from.height * width)) {}

  template <typename T>
  void run(const T* from, T* to) {
    const std::size_t width = columns_.size();
    for (std::int64_t y = 0; y < from_.height; ++y) {
      const T* row = from + y * from_.width;
      float* narrowed = narrowed_.data() + static_cast<std::size_t>(y) * width;
      for (std::size_t x = 0; x < width; ++x) {
        const Reach& reach = columns_[x];
        float sum = 0;
        for (std::size_t k = 0; k < reach.weights.size(); ++k) {
          sum +=
              reach.weights[k] * static_cast<float>(row[static_cast<std::size_t>(reach.first) + k]);
        }
        narrowed[x] = sum;
      }
    }
    for (const Reach& reach : rows_) {
      const float* first = narrowed_.data() + static_cast<std::size_t>(reach.first) * width;
      for (std::size_t x = 0; x < width; ++x) {
        float sum = 0;
        for (std::size_t k = 0; k < reach.weights.size(); ++k) {
          sum += reach.weights[k] * first[k * width + x];
        }
        *to++ = stored<T>(sum);
      }
    }
  }

 private:
  Shape from_;
  std::vector<Reach> rows_;
  std::vector<Reach> columns_;
  std::vector<float> narrowed_;  ///< all rows, with the new number of columns
};

}  // namespace

LabelledImages resized(const LabelledImages& images, std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1) {
    throw Error(ErrorKind::data,
                fmt::format("images cannot be resized to '{}x{}' pixels", height, width));
  }
  LabelledImages result{{images.shape.channels, height, width}, {}, images.labels};
  PlaneResizer resizer(images.shape, height, width);
  std::visit(
      [&]<typename T>(const std::vector<T>& from) {
        const auto planes = images.count() * static_cast<std::size_t>(images.shape.channels);
        const auto before = static_cast<std::size_t>(images.shape.pixels());
        const auto after = static_cast<std::size_t>(result.shape.pixels());
        std::vector<T> to(planes * after);
        for (std::size_t i = 0; i < planes; ++i) {
          resizer.run(from.data() + i * before, to.data() + i * after);
        }
        result.values = std::move(to);
      },
      images.values);
  return result;
}

ResizedData::Made ResizedData::make(bool test, const Shape& input) const {
  auto dataset = std::make_shared<Dataset>();
  dataset->name = dataset_->name;
  dataset->format = dataset_->format;
  dataset->location = dataset_->location;
  dataset->classes = dataset_->classes;
  dataset->class_names = dataset_->class_names;
  dataset->hash = dataset_->hash;
  LabelledImages& part = test ? dataset->test : dataset->train;
  part = resized(test ? dataset_->test : dataset_->train, input.height, input.width);
  const std::size_t bytes =
      std::visit([]<typename T>(const std::vector<T>& values) { return values.size() * sizeof(T); },
                 part.values);
  return {test, part.shape, std::move(dataset), bytes};
}

void ResizedData::drop_oldest() {
  std::size_t bytes = 0;
  for (const Made& made : made_) bytes += made.bytes;
  while (bytes > most_bytes_ && !made_.empty()) {
    bytes -= made_.back().bytes;
    made_.pop_back();
  }
}

Samples ResizedData::at(const Samples& samples, const Shape& input) {
  const Shape& has = samples.images().shape;
  if (has.height == input.height && has.width == input.width) return samples;
  const std::lock_guard lock(mutex_);
  auto found = std::ranges::find_if(made_, [&](const Made& made) {
    return made.test == samples.test && made.shape.height == input.height &&
           made.shape.width == input.width;
  });
  if (found == made_.end()) {
    made_.push_front(make(samples.test, input));
  } else {
    made_.splice(made_.begin(), made_, found);
  }
  Samples result = samples;
  result.dataset = made_.front().dataset;
  drop_oldest();
  return result;
}

}  // namespace nas
