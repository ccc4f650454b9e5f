#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "core/engine/program.hpp"
#include "core/training/compatibility.hpp"
#include "core/training/loss.hpp"
#include "core/training/trainer.hpp"

namespace nas {
namespace {

/// Large enough to keep kernels busy, small enough for activations to stay in the cache.
constexpr std::size_t evaluation_batch = 256;

/// Evaluates batches one after the other, with a program that it keeps for those of equal size.
class Lane {
 public:
  Lane(const Architecture& architecture, ParameterStore& store, const Samples& samples,
       Precision precision)
      : architecture_(architecture), store_(store), samples_(samples), precision_(precision) {}

  LossResult run(std::size_t first, std::size_t count) {
    if (!program_ || static_cast<std::size_t>(program_->batch()) != count) {
      program_.emplace(
          architecture_, store_,
          ProgramSettings{.batch = static_cast<std::int64_t>(count), .precision = precision_});
    }
    std::vector<std::uint32_t> positions(count);
    std::iota(positions.begin(), positions.end(), static_cast<std::uint32_t>(first));
    std::vector<std::int32_t> labels(count);
    fill_batch(samples_, positions, program_->input(), labels);
    program_->forward();
    return softmax_cross_entropy<float>(program_->output(), labels, output_classes(architecture_),
                                        0, {}, static_cast<std::int64_t>(count));
  }

 private:
  const Architecture& architecture_;
  ParameterStore& store_;
  const Samples& samples_;
  Precision precision_;
  std::optional<Program> program_;
};

}  // namespace

Evaluation evaluate(const Architecture& architecture, ParameterStore& store, const Samples& samples,
                    Executor& executor, Precision precision) {
  check_compatible(architecture, samples);
  const std::size_t count = samples.count();
  const std::size_t batches = (count + evaluation_batch - 1) / evaluation_batch;
  const std::size_t lanes =
      std::min(batches, static_cast<std::size_t>(std::max(1, executor.workers())));
  std::vector<LossResult> results(batches);
  executor.parallel_for(lanes, [&](std::size_t l) {
    Lane lane(architecture, store, samples, precision);
    for (std::size_t b = l; b < batches; b += lanes) {
      const std::size_t first = b * evaluation_batch;
      results[b] = lane.run(first, std::min(evaluation_batch, count - first));
    }
  });

  Evaluation evaluation{.count = static_cast<std::int64_t>(count)};
  std::int64_t correct = 0;
  for (const LossResult& result : results) {
    evaluation.loss += result.loss;
    correct += result.correct;
  }
  evaluation.loss /= static_cast<double>(count);
  evaluation.accuracy = static_cast<double>(correct) / static_cast<double>(count);
  return evaluation;
}

}  // namespace nas
