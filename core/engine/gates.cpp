#include "core/engine/gates.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::engine {
namespace {

bool is_gated(const Op& op) { return op.kind() == OpKind::mix && op.integer("gated") != 0; }

}  // namespace

Gates::Gates(const Architecture& architecture) : node_guards_(architecture.size()) {
  guards_.push_back({});
  std::vector<std::vector<GuardId>> readers(architecture.size());
  for (const NodeId output : architecture.outputs()) readers[output].push_back(always_open);
  for (NodeId node = architecture.size(); node-- > 0;) {
    node_guards_[node] = guard_of_readers(std::move(readers[node]));
    if (is_gated(architecture.op(node))) add_mix(architecture, node);
    const std::vector<NodeId>& inputs = architecture.inputs(node);
    for (std::size_t i = 0; i < inputs.size(); ++i) readers[inputs[i]].push_back(guard(node, i));
  }
  open_.resize(guards_.size());
  evaluate();
}

GuardId Gates::guard(NodeId node, std::size_t input) const {
  const auto mix = mixes_.find(node);
  return mix == mixes_.end() ? guard(node) : mix->second.first_guard + input;
}

GuardId Gates::add(Guard guard) {
  guards_.push_back(std::move(guard));
  return guards_.size() - 1;
}

GuardId Gates::guard_of_readers(std::vector<GuardId> readers) {
  do {
    std::ranges::sort(readers);
    readers.erase(std::unique(readers.begin(), readers.end()), readers.end());
  } while (fold_whole_mix(readers));
  if (readers.empty() || readers.front() == always_open) return always_open;
  if (readers.size() == 1) return readers.front();
  const auto known = known_.find(readers);
  if (known != known_.end()) return known->second;
  return known_[readers] = add({readers, {}});
}

/// What every input of a mix needs runs whenever the mix does: at least one of them is open.
bool Gates::fold_whole_mix(std::vector<GuardId>& readers) const {
  for (const auto& [node, mix] : mixes_) {
    if (mix.inputs > readers.size()) continue;
    std::vector<GuardId> inputs(mix.inputs);
    std::iota(inputs.begin(), inputs.end(), mix.first_guard);
    if (!std::ranges::includes(readers, inputs)) continue;
    const auto first = std::ranges::lower_bound(readers, mix.first_guard);
    readers.erase(first, first + static_cast<std::ptrdiff_t>(mix.inputs));
    readers.push_back(guard(node));
    return true;
  }
  return false;
}

void Gates::add_mix(const Architecture& architecture, NodeId node) {
  const Mix mix{gates_.size(), guards_.size(), architecture.inputs(node).size()};
  gates_.resize(gates_.size() + mix.inputs, 1);
  for (std::size_t i = 0; i < mix.inputs; ++i) add({{guard(node)}, mix.first_gate + i});
  mixes_.emplace(node, mix);
  names_.emplace(architecture.name(node), node);
}

void Gates::set_open(const std::string& mix, const std::vector<bool>& inputs) {
  const auto found = names_.find(mix);
  if (found == names_.end()) {
    std::vector<std::string> known;
    for (const auto& [name, node] : names_) known.push_back(name);
    throw Error(ErrorKind::internal,
                fmt::format("the network has no gated mix '{}'{}", mix, suggestion(mix, known)));
  }
  const Mix& target = mixes_.at(found->second);
  if (inputs.size() != target.inputs) {
    throw Error(ErrorKind::internal, fmt::format("the mix '{}' has {} inputs, not '{}'", mix,
                                                 target.inputs, inputs.size()));
  }
  if (std::ranges::find(inputs, true) == inputs.end()) {
    throw Error(ErrorKind::internal,
                fmt::format("the mix '{}' must have at least one open input", mix));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) gates_[target.first_gate + i] = inputs[i] ? 1 : 0;
  evaluate();
}

void Gates::evaluate() {
  open_[always_open] = 1;
  for (GuardId guard = 1; guard < guards_.size(); ++guard) {
    const Guard& each = guards_[guard];
    const bool needed = std::ranges::any_of(each.any_of, [&](GuardId id) { return open(id); });
    open_[guard] = needed && (!each.gate || gates_[*each.gate] != 0) ? 1 : 0;
  }
}

}  // namespace nas::engine
