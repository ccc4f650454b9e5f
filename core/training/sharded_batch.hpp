/// One training batch in equal parts that run in parallel, and the reduction of what they give.
///
/// Results depend on the number of parts, never on how they are scheduled: every part has a stream
/// of random numbers of its own, and sums are taken in the order of the parts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/executor.hpp"
#include "core/data/batch.hpp"
#include "core/engine/gradient_sum.hpp"
#include "core/engine/program.hpp"
#include "core/training/loss.hpp"

namespace nas {

class ShardedBatch {
 public:
  struct Settings {
    std::int64_t batch;  ///< a multiple of `shards`
    int shards = 1;
    Precision precision = Precision::float32;
  };
  ShardedBatch(const Architecture& architecture, ParameterStore& store, const Settings& settings);

  struct Input {
    const Samples& samples;
    std::span<const std::uint32_t> positions;  ///< as many as the batch has samples
    const Augmentation& augmentation;
    std::uint64_t seed;  ///< of this batch's augmentation and dropout
    double label_smoothing;
    double drop_scale = 1;  ///< Program::set_drop_scale
  };
  /// Forward and backward of every part; the sum of their losses. The store is only read.
  LossResult run(const Input& input, Executor& executor);

  /// As Program::set_open, for all parts.
  void set_open(const std::string& mix, const std::vector<bool>& inputs);

  /// Leaves the gradient of the batch's mean loss in Parameter::gradient, where the network touches
  /// it, and moves the running statistics by the mean over the parts of their batch means and
  /// unbiased variances.
  void reduce();

  /// What has a gradient after `reduce`.
  std::span<const TouchedParameter> trained() const { return sum_.touched(); }

 private:
  struct Shard {
    Program program;
    std::vector<std::int32_t> labels;
    LossResult loss;
  };
  void run_shard(std::size_t index, const Input& input);
  void move_statistics(std::size_t norm);

  std::int64_t batch_;
  std::int64_t classes_;
  std::vector<Shard> shards_;
  GradientSum sum_;
};

}  // namespace nas
