/// Whether two networks that are built differently compute the same, with the same weights.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/base/hash.hpp"
#include "core/base/random.hpp"
#include "core/engine/program.hpp"

namespace nas::test {

/// Says of every node what it computes, whatever it is called and wherever it stands: equal texts,
/// equal functions. Sums do not depend on their order, nor on which of their terms are added first,
/// and what adds nothing is left out.
class Computations {
 public:
  explicit Computations(const Architecture& net) {
    for (NodeId node = 0; node < net.size(); ++node) {
      sums_.push_back(sum(net, node));
      texts_.push_back(text(sums_.back()));
    }
  }
  const std::string& of(NodeId node) const { return texts_[node]; }

 private:
  /// What a node is the sum of; one term, unless it adds. Nothing at all where it is zero.
  using Sum = std::vector<std::string>;

  static std::string text(const Sum& sum) { return fmt::format("{}", fmt::join(sum, "+")); }

  Sum sum(const Architecture& net, NodeId node) const {
    const Op& op = net.op(node);
    const std::vector<NodeId>& inputs = net.inputs(node);
    if (op.kind() == OpKind::zero) return {};
    if (op.kind() == OpKind::identity || op.kind() == OpKind::add) {
      Sum all;
      for (const NodeId input : inputs) {
        all.insert(all.end(), sums_[input].begin(), sums_[input].end());
      }
      std::ranges::sort(all);
      return all;
    }
    const bool of_nothing =
        std::ranges::all_of(inputs, [this](NodeId input) { return sums_[input].empty(); });
    if (of_nothing && !inputs.empty()) return {};  // batch norms have no shift here
    std::vector<std::string> read;
    for (const NodeId input : inputs) read.push_back(texts_[input]);
    const std::string all = fmt::format("{}({}){}<{}>", op.row().name, fmt::join(op.values(), ","),
                                        net.shape(node).text(), fmt::join(read, ";"));
    return {hash_bytes(all).text()};
  }

  std::vector<Sum> sums_;
  std::vector<std::string> texts_;
};

/// Weights that follow from what their node computes. Batch norms have scale and variance of their
/// own, but no shift and no mean: a path of zeros stays one, as the canonical forms of cells
/// assume.
inline ParameterStore weights_by_computation(const Architecture& net) {
  ParameterStore store;
  store.prepare(net, 0);
  const Computations computations(net);
  for (NodeId node = 0; node < net.size(); ++node) {
    for (const ParameterSpec& spec : net.parameters(node)) {
      Parameter& parameter = store.at(parameter_name(net, node, spec.suffix));
      Random random(derive_seed(1, computations.of(node) + std::string(spec.suffix)));
      const auto fan_in = static_cast<double>(parameter.size()) /
                          static_cast<double>(std::max<std::int64_t>(1, parameter.shape.front()));
      for (float& value : parameter.value.values()) {
        switch (spec.role) {
          case ParameterRole::scale:
          case ParameterRole::running_variance:
            value = static_cast<float>(random.uniform(0.5, 1.5));
            break;
          case ParameterRole::shift:
          case ParameterRole::running_mean:
            value = 0;
            break;
          default:
            value = static_cast<float>(random.normal() / std::sqrt(fan_in));
        }
      }
    }
  }
  return store;
}

inline std::vector<float> output_with_weights_by_computation(const Architecture& net) {
  ParameterStore store = weights_by_computation(net);
  Program program(net, store, {.batch = 2, .mode = Mode::inference});
  Random random(2);
  for (float& value : program.input()) value = static_cast<float>(random.normal());
  program.forward();
  return {program.output().begin(), program.output().end()};
}

}  // namespace nas::test
