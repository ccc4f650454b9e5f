#include "core/parameters/parameter_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/parameters/element_runs.hpp"

namespace nas {
namespace {

using Values = std::vector<float>;

std::span<const float> stored(const ParameterStore& store, const std::string& name,
                              const std::vector<std::int64_t>& shape) {
  const Parameter& parameter = store.at(name);
  if (parameter.shape != shape) {
    throw Error(ErrorKind::space,
                fmt::format("parameter '{}' has the shape ({}), and the network needs ({})", name,
                            fmt::join(parameter.shape, ", "), fmt::join(shape, ", ")));
  }
  return parameter.value.values();
}

Values part_of(std::span<const float> whole, const ViewStage& stage) {
  Values part;
  for (const ElementRun& run : runs_of(stage.part, stage.shape)) {
    const auto values = whole.subspan(run.begin, run.count);
    part.insert(part.end(), values.begin(), values.end());
  }
  return part;
}

/// Every kernel, the last two axes, times the matrix.
Values transformed(std::span<const float> kernels, const ViewStage& stage,
                   const ParameterStore& store) {
  const std::int64_t side = stage.shape[2] * stage.shape[3];
  const auto matrix = stored(store, stage.matrix, {side, side});
  const auto size = static_cast<std::size_t>(side);
  Values result(kernels.size());
  for (std::size_t k = 0; k < result.size(); ++k) {
    const std::size_t kernel = k / size * size;
    const std::size_t row = k % size * size;
    double sum = 0;
    for (std::size_t j = 0; j < size; ++j) {
      sum += static_cast<double>(matrix[row + j]) * kernels[kernel + j];
    }
    result[k] = static_cast<float>(sum);
  }
  return result;
}

}  // namespace

Values parameter_values(const ParameterStore& store, const ParameterReference& reference) {
  const ResolvedReference resolved = resolve(reference);
  Values values = part_of(stored(store, reference.name, reference.shape), resolved.stages.front());
  for (std::size_t i = 1; i < resolved.stages.size(); ++i) {
    const ViewStage& stage = resolved.stages[i];
    values = part_of(transformed(values, stage, store), stage);
  }
  return values;
}

}  // namespace nas
