#include "core/architecture/parameter_reference.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/architecture/op_rules.hpp"
#include "core/base/error.hpp"

namespace nas {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr std::size_t max_axes = 5;
constexpr std::size_t kernel_axes = 4;  ///< out, in, height, width

template <typename... Arguments>
[[noreturn]] void reject_reference(fmt::format_string<Arguments...> format,
                                   Arguments&&... arguments) {
  throw Error(ErrorKind::space, fmt::format(format, std::forward<Arguments>(arguments)...));
}

Box whole(const Extents& shape) { return {Extents(shape.size(), 0), shape}; }

/// The number of elements; rejects what is no shape.
std::int64_t checked_elements(const Extents& shape, const std::string& what) {
  if (shape.empty() || shape.size() > max_axes) {
    reject_reference("{} has {} axes, but must have 1 to {}", what, shape.size(), max_axes);
  }
  std::int64_t elements = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 1) reject_reference("{} ({}) must be positive", what, fmt::join(shape, ", "));
    if (__builtin_mul_overflow(elements, extent, &elements) || elements > max_elements) {
      reject_reference("{} ({}) has more than {} elements", what, fmt::join(shape, ", "),
                       max_elements);
    }
  }
  return elements;
}

/// Follows a chain view by view.
class Resolution {
 public:
  explicit Resolution(const Extents& shape) { stages_.push_back({{}, shape, whole(shape)}); }

  ResolvedReference result() const { return {stages_, reshaped_.empty() ? shape() : reshaped_}; }

  void apply(const View& view) {
    if (!reshaped_.empty()) reject_reference("a reshape must be the last view");
    std::visit([&](const auto& each) { take(each); }, view);
  }

 private:
  const Extents& shape() const { return stages_.back().part.count; }
  std::size_t axes() const { return shape().size(); }

  void take(const RangeView& view) {
    if (view.axis < 0 || view.axis >= static_cast<std::int64_t>(axes())) {
      reject_reference("a range of axis '{}' does not fit shape ({}), whose axes are 0 to {}",
                       view.axis, fmt::join(shape(), ", "), axes() - 1);
    }
    const auto axis = static_cast<std::size_t>(view.axis);
    // So written that nothing can overflow.
    if (view.begin < 0 || view.count < 1 || view.count > shape()[axis] ||
        view.begin > shape()[axis] - view.count) {
      reject_reference("a range of '{}' elements from '{}' on does not fit axis {} of shape ({})",
                       view.count, view.begin, view.axis, fmt::join(shape(), ", "));
    }
    narrow(axis, view.begin, view.count);
  }

  void take(const CentreView& view) {
    if (axes() < 2)
      reject_reference("a centre needs two axes, but shape ({}) has one", shape().front());
    const std::int64_t high = shape()[axes() - 2], wide = shape()[axes() - 1];
    const auto fits = [](std::int64_t inner, std::int64_t outer) {
      return inner >= 1 && inner <= outer && (outer - inner) % 2 == 0;
    };
    if (!fits(view.height, high) || !fits(view.width, wide)) {
      reject_reference("{}x{} has no centre of '{}x{}': sizes must differ by an even number", high,
                       wide, view.height, view.width);
    }
    narrow(axes() - 2, (high - view.height) / 2, view.height);
    narrow(axes() - 1, (wide - view.width) / 2, view.width);
  }

  void take(const TransformView& view) {
    if (view.matrix.empty()) reject_reference("a transform must name its matrix");
    if (axes() != kernel_axes) {
      reject_reference(
          "a transform by '{}' needs kernels of shape (out, in, height, width), not ({})",
          view.matrix, fmt::join(shape(), ", "));
    }
    const std::int64_t kernel = shape()[2] * shape()[3];
    checked_elements({kernel, kernel}, fmt::format("the matrix '{}'", view.matrix));
    stages_.push_back({view.matrix, shape(), whole(shape())});
  }

  void take(const ReshapeView& view) {
    const std::int64_t given = checked_elements(view.shape, "the shape of a reshape");
    const std::int64_t there = checked_elements(shape(), "what is reshaped");
    if (given != there) {
      reject_reference("({}) cannot be reshaped to ({}): it has {} elements, not {}",
                       fmt::join(shape(), ", "), fmt::join(view.shape, ", "), there, given);
    }
    reshaped_ = view.shape;
  }

  /// What lies before a kernel is the same in all stages.
  void narrow(std::size_t axis, std::int64_t begin, std::int64_t count) {
    const bool in_kernel = axes() == kernel_axes && axis >= 2;
    ViewStage& first = in_kernel ? stages_.back() : stages_.front();
    first.part.begin[axis] += begin;
    first.part.count[axis] = count;
    if (in_kernel) return;
    for (std::size_t i = 1; i < stages_.size(); ++i) {
      stages_[i].shape[axis] = count;
      stages_[i].part.count[axis] = count;
    }
  }

  std::vector<ViewStage> stages_;
  Extents reshaped_;
};

std::string text(const RangeView& view) {
  if (view.begin == 0) return fmt::format("first {} of axis {}", view.count, view.axis);
  return fmt::format("{} from {} on of axis {}", view.count, view.begin, view.axis);
}
std::string text(const CentreView& view) {
  return fmt::format("centre {}x{}", view.height, view.width);
}
std::string text(const TransformView& view) { return fmt::format("transform {}", view.matrix); }
std::string text(const ReshapeView& view) {
  return fmt::format("reshape ({})", fmt::join(view.shape, ", "));
}

}  // namespace

ResolvedReference resolve(const ParameterReference& reference) {
  try {
    if (reference.name.empty()) reject_reference("it has no name");
    checked_elements(reference.shape, "the stored tensor");
    Resolution resolution(reference.shape);
    for (const View& view : reference.views) resolution.apply(view);
    return resolution.result();
  } catch (const Error& error) {
    throw Error(error.kind(),
                fmt::format("the reference to '{}': {}", reference.name, error.what()));
  }
}

std::string text(const ParameterReference& reference) {
  std::string result = fmt::format("{}({})", reference.name, fmt::join(reference.shape, ", "));
  for (const View& view : reference.views) {
    result += ", " + std::visit([](const auto& each) { return text(each); }, view);
  }
  return result;
}

}  // namespace nas
