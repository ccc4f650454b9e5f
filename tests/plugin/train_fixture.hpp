/// The estimator 'train' of the build tree over data that it learns in a moment.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/search/blueprint.hpp"
#include "tests/plugin/loaded.hpp"

namespace nas::trained {

constexpr int classes = 3;

/// Images whose class is the row that is bright: easy to learn.
inline LabelledImages striped(int count, std::uint64_t seed) {
  Random random(seed);
  LabelledImages images{{1, 4, 4}, std::vector<std::uint8_t>(), {}};
  auto& bytes = std::get<std::vector<std::uint8_t>>(images.values);
  for (int i = 0; i < count; ++i) {
    const int label = i % classes;
    images.labels.push_back(label);
    for (int pixel = 0; pixel < 16; ++pixel) {
      const std::size_t noise = random.below(40);
      bytes.push_back(static_cast<std::uint8_t>((pixel / 4 == label ? 180 : 20) + noise));
    }
  }
  return images;
}

inline std::shared_ptr<const Dataset> stripes() {
  auto dataset = std::make_shared<Dataset>();
  dataset->name = "stripes";
  dataset->classes = classes;
  dataset->train = striped(300, 1);
  dataset->test = striped(90, 2);
  return dataset;
}

/// One network: a 3x3 convolution of some width and a classifier.
class SmallSpace : public fake::Space {
 public:
  explicit SmallSpace(std::int64_t side = 4) : fake::Space(1, 3), side_(side) {}
  Architecture build(const Genotype& genotype) const override {
    Architecture net;
    const NodeId image = net.add(input_op({1, side_, side_}), {}, "image");
    const NodeId x = net.add(
        convolution({.out_channels = 8 * (genotype.answers[0] + 1), .kernel = 3}), {image}, "stem");
    const NodeId y = net.add(Op(OpKind::relu), {x});
    net.mark_output(net.add(linear(classes), {y}, "classifier"));
    return net;
  }

 private:
  std::int64_t side_;
};

class Train {
 public:
  explicit Train(Given given = {}, std::size_t memory_limit = 0,
                 std::shared_ptr<const Dataset> dataset = stripes())
      : library_(built_plugins().find(PluginKind::estimator, "train")),
        estimator_(library_->make_estimator()) {
    given.try_emplace("batch_size", "20");
    given.try_emplace("epochs", "3");
    given.try_emplace("final_crop_padding", "0");  // a class is a row: a shift changes it
    EstimatorContext context;
    context.dataset = std::move(dataset);
    context.seed = 5;
    context.memory_limit = memory_limit;
    context.options = options_of(*library_, given);
    estimator_->prepare(context);
  }

  /// From now on the network reads images of so many pixels.
  void read_images_of(std::int64_t side) { blueprint_ = make_blueprint(SmallSpace(side), {{1}}); }
  Measurement estimate(std::uint64_t seed, std::optional<Fidelity> fidelity = {}) {
    return estimator_->estimate(blueprint_->candidate(),
                                fidelity.value_or(estimator_->default_fidelity()), seed,
                                services());
  }
  std::unique_ptr<TrainedNetwork> train_final(const FinalTraining& settings) {
    return estimator_->train_final(blueprint_->candidate(), settings, services());
  }
  Estimator& estimator() { return *estimator_; }

  CancelToken cancel;
  std::function<void(double)> progress;
  TrialCheckpoints checkpoints;
  std::optional<Fidelity> continued;
  std::vector<LearningCurve> told;

 private:
  EstimateServices services() {
    return {*executor_, cancel, progress, checkpoints, continued, told};
  }

  SmallSpace space_;
  std::unique_ptr<const Blueprint> blueprint_ = make_blueprint(space_, {{1}});
  std::unique_ptr<Executor> executor_ = make_serial_executor();
  std::shared_ptr<const PluginLibrary> library_;
  std::shared_ptr<Estimator> estimator_;
};

}  // namespace nas::trained
