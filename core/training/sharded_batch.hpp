/// One training batch in equal parts that run in parallel, and the reduction of what they give.
///
/// Results depend on the number of parts, never on how they are scheduled: every part has a stream
/// of random numbers of its own, and sums are taken in the order of the parts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/executor.hpp"
#include "core/data/batch.hpp"
#include "core/engine/program.hpp"
#include "core/training/loss.hpp"

namespace nas {

class ShardedBatch {
 public:
  /// `batch` must be a multiple of `shards`.
  ShardedBatch(const Architecture& architecture, ParameterStore& store, std::int64_t batch,
               int shards);

  struct Input {
    const Samples& samples;
    std::span<const std::uint32_t> positions;  ///< as many as the batch has samples
    const Augmentation& augmentation;
    std::uint64_t seed;  ///< of this batch's augmentation
    double label_smoothing;
  };
  /// Forward and backward of every part; the sum of their losses. The store is only read.
  LossResult run(const Input& input, Executor& executor);

  /// Leaves the gradient of the batch's mean loss in Parameter::gradient, and moves the running
  /// statistics by the mean over the parts of their batch means and unbiased variances.
  void reduce();

  /// What has a gradient after `reduce`.
  std::span<Parameter* const> trained() const { return trained_; }

 private:
  struct Shard {
    Program program;
    std::vector<std::int32_t> labels;
    LossResult loss;
  };
  void run_shard(std::size_t index, const Input& input);

  std::int64_t batch_;
  std::int64_t classes_;
  std::vector<Shard> shards_;
  std::vector<Parameter*> trained_;
};

}  // namespace nas
