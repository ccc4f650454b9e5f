#include "core/architecture/fragmentation.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace nas {
namespace {

/// Of the mean work of all working ops; an op below it is small.
constexpr double small_share = 0.1;

/// The work of a node; nothing where it does not count.
std::optional<std::int64_t> work_of(const Architecture& net, NodeId node, std::int64_t macs) {
  const Op& op = net.op(node);
  switch (op.kind()) {
    case OpKind::convolution:
    case OpKind::linear:
      return macs;
    case OpKind::max_pool:
    case OpKind::average_pool:
      return net.shape(node).elements() * op.integer("kernel_h") * op.integer("kernel_w");
    case OpKind::global_max_pool:
    case OpKind::global_average_pool:
      return net.shape(net.inputs(node)[0]).elements();
    default:
      return std::nullopt;
  }
}

double share_of_small(const std::vector<std::int64_t>& work) {
  double total = 0;
  for (const std::int64_t one : work) total += static_cast<double>(one);
  const double threshold = small_share * total / static_cast<double>(work.size());
  const auto small = std::ranges::count_if(
      work, [&](std::int64_t one) { return static_cast<double>(one) < threshold; });
  return static_cast<double>(small) / static_cast<double>(work.size());
}

}  // namespace

double Fragmentation::mean_branches() const {
  if (critical_path == 0) return 0;
  return static_cast<double>(working_ops) / static_cast<double>(critical_path);
}

Fragmentation fragmentation(const Architecture& architecture, std::span<const std::int64_t> macs) {
  std::vector<std::size_t> level(architecture.size(), 0);
  std::vector<std::int64_t> on_level;  // from level 1
  std::vector<std::int64_t> work;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    for (const NodeId input : architecture.inputs(node)) {
      level[node] = std::max(level[node], level[input]);
    }
    const auto own = work_of(architecture, node, macs[node]);
    if (!own) continue;
    work.push_back(*own);
    on_level.resize(std::max(on_level.size(), ++level[node]), 0);
    ++on_level[level[node] - 1];
  }
  if (work.empty()) return {};
  return {static_cast<std::int64_t>(work.size()), *std::ranges::max_element(on_level),
          static_cast<std::int64_t>(on_level.size()), share_of_small(work)};
}

}  // namespace nas
