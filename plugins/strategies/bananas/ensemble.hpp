/// Predictors that were trained on the same data from different starts: where they disagree, little
/// is known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugins/strategies/bananas/predictor.hpp"

namespace nas {

struct EnsemblePrediction {
  std::vector<double> mean;
  std::vector<double> deviation;  ///< of the predictors among each other, with divisor n
};

struct EnsembleSettings {
  std::size_t members = 5;
  PredictorTraining training;
};

class Ensemble {
 public:
  /// Of encodings with `inputs` bits.
  Ensemble(std::size_t inputs, const EnsembleSettings& settings, std::uint64_t seed)
      : inputs_(inputs), settings_(settings), seed_(seed) {}

  /// From new weights. At least one example.
  void train(std::span<const Bits> examples, std::span<const double> targets);
  /// In the units of the targets. Must have been trained.
  EnsemblePrediction predict(std::span<const Bits> examples);

 private:
  std::size_t inputs_;
  EnsembleSettings settings_;
  std::uint64_t seed_;
  std::uint64_t trainings_ = 0;
  std::vector<Predictor> members_;
  double centre_ = 0;
  double scale_ = 1;
};

}  // namespace nas
