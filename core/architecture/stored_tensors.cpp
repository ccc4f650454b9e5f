#include "core/architecture/stored_tensors.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

class Collection {
 public:
  explicit Collection(const Architecture& net) : net_(net) {}

  void add_parameters(NodeId node) {
    const std::vector<ParameterSpec> specs = net_.parameters(node);
    const std::int64_t fan_in = fan_in_of(node, specs);
    for (const ParameterSpec& spec : specs) {
      const ParameterReference reference = net_.reference(node, spec);
      const bool sums = spec.role == ParameterRole::weight || spec.role == ParameterRole::bias;
      add(node, {reference.name, reference.shape, spec.role, sums ? fan_in : 1});
      if (reference.views.empty()) continue;
      for (const ViewStage& stage : resolve(reference).stages) {
        if (stage.matrix.empty()) continue;
        const std::int64_t kernel = stage.shape[2] * stage.shape[3];
        add(node, {stage.matrix, {kernel, kernel}, ParameterRole::transform, 1});
      }
    }
  }

  std::vector<StoredTensor> take() { return std::move(tensors_); }

 private:
  /// The weight's elements for one output channel.
  std::int64_t fan_in_of(NodeId node, const std::vector<ParameterSpec>& specs) const {
    const auto weight = std::ranges::find(specs, ParameterRole::weight, &ParameterSpec::role);
    if (weight == specs.end()) return 1;
    const std::vector<std::int64_t> shape = net_.reference(node, *weight).shape;
    return std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<>());
  }

  void add(NodeId node, StoredTensor tensor) {
    const auto [place, is_new] = places_.emplace(tensor.name, tensors_.size());
    if (is_new) {
      tensors_.push_back(std::move(tensor));
      return;
    }
    const StoredTensor& known = tensors_[place->second];
    if (known.shape != tensor.shape) {
      throw Error(ErrorKind::space,
                  fmt::format("node '{}' uses '{}' with shape ({}), but another with shape ({}); "
                              "all must refer to the stored tensor's full shape",
                              net_.name(node), tensor.name, fmt::join(tensor.shape, ", "),
                              fmt::join(known.shape, ", ")));
    }
    if (known.role != tensor.role) {
      throw Error(
          ErrorKind::space,
          fmt::format("node '{}' uses '{}' as '{}', but another as '{}'; parameters that "
                      "share a tensor must be of the same kind",
                      net_.name(node), tensor.name, role_name(tensor.role), role_name(known.role)));
    }
  }

  const Architecture& net_;
  std::vector<StoredTensor> tensors_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

std::vector<StoredTensor> stored_tensors(const Architecture& architecture) {
  Collection collection(architecture);
  for (NodeId node = 0; node < architecture.size(); ++node) collection.add_parameters(node);
  return collection.take();
}

}  // namespace nas
