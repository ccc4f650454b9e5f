/// A training on disk, from which it goes on as if it had never stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/parameters/parameter_store.hpp"
#include "core/search/trial.hpp"
#include "core/training/trainer.hpp"

namespace nas::train_estimator {

/// What a training has come to, apart from the parameters and their optimiser state. Random numbers
/// follow from the seed and the step, so that no generator has a state to keep.
struct Checkpoint {
  std::uint64_t seed = 0;
  double epochs = 0;  ///< trained
  TrainingPosition position;
  std::vector<CurvePoint> curve;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// With values and optimiser state of all parameters; durable when this returns. Throws Error(io).
void write_checkpoint(const Checkpoint& checkpoint, const ParameterStore& store,
                      const std::filesystem::path& file);
/// Nothing where there is no such file. `store` must hold the parameters that were written, of the
/// same sizes; their values and optimiser state become those of the file. Throws Error(io) where it
/// cannot be read, Error(data) where it is damaged, of another version or of another network.
std::optional<Checkpoint> read_checkpoint(ParameterStore& store, const std::filesystem::path& file);

}  // namespace nas::train_estimator
