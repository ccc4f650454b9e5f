#include "core/engine/reference/views.hpp"

#include <utility>

namespace nas::reference {
namespace {

using Extents = std::vector<std::int64_t>;

std::size_t element_count(const Extents& shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  return count;
}

/// For every element of a part: where it lies in the whole.
std::vector<std::size_t> positions(const Extents& shape, const Box& part) {
  std::vector<std::size_t> result(element_count(part.count));
  for (std::size_t element = 0; element < result.size(); ++element) {
    std::size_t rest = element, stride = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      const auto count = static_cast<std::size_t>(part.count[axis]);
      result[element] += (static_cast<std::size_t>(part.begin[axis]) + rest % count) * stride;
      rest /= count;
      stride *= static_cast<std::size_t>(shape[axis]);
    }
  }
  return result;
}

Box box_of(const RangeView& view, const Extents& shape) {
  Box box{Extents(shape.size(), 0), shape};
  box.begin[static_cast<std::size_t>(view.axis)] = view.begin;
  box.count[static_cast<std::size_t>(view.axis)] = view.count;
  return box;
}

Box box_of(const CentreView& view, const Extents& shape) {
  Box box{Extents(shape.size(), 0), shape};
  const std::size_t axis = shape.size() - 2;
  box.begin[axis] = (shape[axis] - view.height) / 2;
  box.count[axis] = view.height;
  box.begin[axis + 1] = (shape[axis + 1] - view.width) / 2;
  box.count[axis + 1] = view.width;
  return box;
}

/// One view forward and backward. `T` is the element type; each function reads a record.
template <typename T>
struct Step {
  const ViewRecord<T>& record;
  const Lookup<T>& values;

  template <typename Part>
  std::vector<T> forward(const Part& view, Extents& shape) const {
    const Box box = box_of(view, record.shape);
    std::vector<T> result;
    for (const std::size_t position : positions(record.shape, box)) {
      result.push_back(record.values[position]);
    }
    shape = box.count;
    return result;
  }

  std::vector<T> forward(const TransformView& view, Extents&) const {
    const std::span<const T> matrix = values(view.matrix);
    const std::size_t size = kernel_size();
    std::vector<T> result(record.values.size());
    for (std::size_t k = 0; k < result.size(); ++k) {
      const std::size_t kernel = k / size * size, i = k % size;
      double sum = 0;
      for (std::size_t j = 0; j < size; ++j) {
        sum += static_cast<double>(matrix[i * size + j]) * record.values[kernel + j];
      }
      result[k] = static_cast<T>(sum);
    }
    return result;
  }

  std::vector<T> forward(const ReshapeView& view, Extents& shape) const {
    shape = view.shape;
    return record.values;
  }

  template <typename Part>
  std::vector<T> backward(const Part& view, const std::vector<T>& gradient,
                          const Lookup<T>&) const {
    std::vector<T> result(record.values.size(), T{0});
    const auto where = positions(record.shape, box_of(view, record.shape));
    for (std::size_t i = 0; i < where.size(); ++i) result[where[i]] += gradient[i];
    return result;
  }

  std::vector<T> backward(const TransformView& view, const std::vector<T>& gradient,
                          const Lookup<T>& gradients) const {
    const std::span<const T> matrix = values(view.matrix);
    const std::span<T> matrix_gradient = gradients(view.matrix);
    const std::size_t size = kernel_size();
    std::vector<T> result(record.values.size(), T{0});
    for (std::size_t k = 0; k < gradient.size(); ++k) {
      const std::size_t kernel = k / size * size, i = k % size;
      for (std::size_t j = 0; j < size; ++j) {
        result[kernel + j] += matrix[i * size + j] * gradient[k];
        matrix_gradient[i * size + j] += gradient[k] * record.values[kernel + j];
      }
    }
    return result;
  }

  std::vector<T> backward(const ReshapeView&, const std::vector<T>& gradient,
                          const Lookup<T>&) const {
    return gradient;
  }

 private:
  std::size_t kernel_size() const {
    return static_cast<std::size_t>(record.shape[2] * record.shape[3]);
  }
};

}  // namespace

template <typename T>
ViewChain<T>::ViewChain(const ParameterReference& reference, const Lookup<T>& values)
    : name_(reference.name) {
  const std::span<const T> stored = values(reference.name);
  values_.assign(stored.begin(), stored.end());
  Extents shape = reference.shape;
  for (const View& view : reference.views) {
    records_.push_back({view, shape, std::move(values_)});
    const Step<T> step{records_.back(), values};
    values_ = std::visit([&](const auto& each) { return step.forward(each, shape); }, view);
  }
}

template <typename T>
void ViewChain<T>::add_gradient(std::vector<T> gradient, const Lookup<T>& values,
                                const Lookup<T>& gradients) const {
  for (std::size_t i = records_.size(); i-- > 0;) {
    const Step<T> step{records_[i], values};
    gradient =
        std::visit([&](const auto& each) { return step.backward(each, gradient, gradients); },
                   records_[i].view);
  }
  const std::span<T> stored = gradients(name_);
  for (std::size_t i = 0; i < stored.size(); ++i) stored[i] += gradient[i];
}

template class ViewChain<float>;
template class ViewChain<double>;

}  // namespace nas::reference
