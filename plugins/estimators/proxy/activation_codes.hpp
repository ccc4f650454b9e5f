/// naswot: how many linear regions of a network the images of a batch fall into.
///
/// Mellor, Turner, Storkey, Crowley 2021, "Neural Architecture Search without Training", as in the
/// released code: a sample's code has a bit for every unit of every ReLU, 1 where its input is
/// positive; K counts, for two samples, the bits that agree; the score is log|det K|.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/parameters/parameter_store.hpp"

namespace nas::proxy {

/// Whether the units of this op count: those that let positive inputs through and hold negative
/// ones back (ReLU, ReLU6, leaky ReLU, ELU, swish, h-swish), and tanh, by its sign. Gates (sigmoid,
/// h-sigmoid) and softplus, which are positive everywhere, do not.
bool has_code(OpKind kind);

class ActivationCodes {
 public:
  explicit ActivationCodes(std::int64_t samples);

  /// The values of one activation, one sample after the other: a bit is 1 where they are positive,
  /// as its inputs are there. They count `times` times.
  void add(std::span<const float> values, std::int64_t times = 1);

  /// Bits in which two samples agree.
  std::int64_t agreement(std::size_t a, std::size_t b) const { return agreement_[a * size_ + b]; }
  /// log|det K|; minus infinity where two samples have one code, or there are no bits.
  double score() const;

 private:
  std::size_t size_;
  std::vector<std::int64_t> agreement_;
};

/// The score of a network with the weights of `store`, batch norms in training mode. `images` are
/// N x C x H x W.
double naswot(const Architecture& architecture, ParameterStore& store,
              std::span<const float> images);
/// What the program for it would allocate.
std::size_t naswot_bytes(const Architecture& architecture, std::int64_t batch);

}  // namespace nas::proxy
