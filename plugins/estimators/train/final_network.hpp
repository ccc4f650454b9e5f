/// The winner, trained at length.
#pragma once

#include <filesystem>
#include <memory>

#include "core/base/precision.hpp"
#include "core/data/resized_data.hpp"
#include "core/parameters/parameter_store.hpp"
#include "core/search/estimator.hpp"
#include "core/training/trainer.hpp"

namespace nas::train_estimator {

class FinalNetwork final : public TrainedNetwork {
 public:
  /// `samples` at the resolution of the dataset.
  FinalNetwork(const Architecture& architecture, Samples samples, std::shared_ptr<ResizedData> data,
               Executor& executor, Precision precision);

  void train(const TrainingSettings& settings, std::uint64_t seed,
             const EstimateServices& services);
  /// Nothing where the training has failed.
  void validate(const Samples& validation);

  const Measurement& training() const override { return training_; }
  Metrics test() override;
  void save_weights(const std::filesystem::path& file) const override;

 private:
  Evaluation measured(const Samples& samples);

  const Architecture architecture_;
  const Samples samples_;
  const std::shared_ptr<ResizedData> data_;
  Executor& executor_;
  const Precision precision_;
  ParameterStore store_;
  Measurement training_;
};

}  // namespace nas::train_estimator
