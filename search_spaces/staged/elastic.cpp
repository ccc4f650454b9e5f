#include "search_spaces/staged/elastic.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nas {
namespace {

constexpr std::size_t axes_of_kernels = 4;

}  // namespace

void ElasticTensors::include(const Architecture& net) {
  for (NodeId node = 0; node < net.size(); ++node) {
    for (const ParameterSpec& spec : net.parameters(node)) {
      Tensor& tensor = tensors_[fmt::format("{}.{}", net.name(node), spec.suffix)];
      tensor.shape.resize(spec.shape.size(), 0);
      for (std::size_t axis = 0; axis < spec.shape.size(); ++axis) {
        tensor.shape[axis] = std::max(tensor.shape[axis], spec.shape[axis]);
      }
      if (spec.shape.size() == axes_of_kernels) tensor.kernels.insert(spec.shape.back());
    }
  }
}

void ElasticTensors::share(Architecture& net) const {
  for (NodeId node = 0; node < net.size(); ++node) {
    for (const ParameterSpec& spec : net.parameters(node)) {
      const std::string name = fmt::format("{}.{}", net.name(node), spec.suffix);
      const Tensor& tensor = tensors_.at(name);
      if (tensor.shape == spec.shape) continue;
      ParameterReference reference{name, tensor.shape, {}};
      if (spec.shape.size() == axes_of_kernels) {
        std::int64_t from = tensor.shape.back();
        for (auto size = tensor.kernels.rbegin(); size != tensor.kernels.rend(); ++size) {
          if (*size >= from || *size < spec.shape.back()) continue;
          reference.views.emplace_back(CentreView{*size, *size});
          reference.views.emplace_back(
              TransformView{fmt::format("{}.{}to{}", net.name(node), from, *size)});
          from = *size;
        }
      }
      const std::size_t ranged = std::min<std::size_t>(spec.shape.size(), 2);
      for (std::size_t axis = 0; axis < ranged; ++axis) {
        if (spec.shape[axis] == tensor.shape[axis]) continue;
        reference.views.emplace_back(RangeView{
            .axis = static_cast<std::int64_t>(axis), .begin = 0, .count = spec.shape[axis]});
      }
      net.refer(node, spec.suffix, std::move(reference));
    }
  }
}

}  // namespace nas
