/// Weights of many networks as parts of the largest one's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"

namespace nas {

/// The tensors that the networks of an elastic space share, by the names of the networks' nodes.
class ElasticTensors {
 public:
  /// Takes the largest of every tensor, and the sizes of kernels that occur.
  void include(const Architecture& net);
  /// Sends every parameter of `net` that is smaller than its tensor to a part of that: the first
  /// channels, and the centre of the kernels, multiplied by a matrix after every step down to the
  /// next size that occurs (Cai et al. 2019: 7 to 5 to 3). Matrices are named by the node and the
  /// step: "unit1.layer2.depthwise.7to5".
  void share(Architecture& net) const;

 private:
  struct Tensor {
    std::vector<std::int64_t> shape;
    std::set<std::int64_t> kernels;  ///< sides, of four-dimensional tensors
  };
  std::map<std::string, Tensor> tensors_;  ///< by "<node>.<suffix>"
};

}  // namespace nas
