/// Trains every candidate from scratch for a short while and measures it on held-out training data.
/// Images have the resolution that the candidate reads, or the share of it that the fidelity says;
/// shapes are inferred anew then (core/architecture/resolution.hpp).
///
/// The schedule of the learning rate is always that of the full training, `epochs`: a trial of
/// fewer epochs is its beginning. So 3 epochs and 6 more, from a checkpoint, are the same, to the
/// last bit, as 9 without a break. A trial that trains for more has a schedule of its own length.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/resolution.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/data/resized_data.hpp"
#include "core/data/split.hpp"
#include "core/plugin/descriptor.hpp"
#include "core/search/search_space.hpp"
#include "core/training/compatibility.hpp"
#include "plugins/estimators/train/final_network.hpp"
#include "plugins/estimators/train/median_rule.hpp"
#include "plugins/estimators/train/recipe.hpp"
#include "plugins/estimators/train/training.hpp"

namespace {

using namespace nas;
using namespace nas::train_estimator;

/// Below so many steps of SGD the best networks are little better than chance.
constexpr double few_steps = 50;

std::size_t rounded(double count) { return static_cast<std::size_t>(std::llround(count)); }

class TrainEstimator final : public Estimator {
 public:
  void prepare(const EstimatorContext& context) override {
    if (!context.dataset) {
      throw Error(ErrorKind::config, "the estimator 'train' needs a dataset; name one with --data");
    }
    if (context.space != nullptr && context.space->has_architectures()) {
      check_classifier(example_architecture(*context.space));
    }
    check_optimizer(optimizer(context.options));
    check_schedule(schedule(context.options));
    context_ = context;
    data_ = std::make_shared<ResizedData>(context.dataset);
    split_ = split_training_part(context.dataset, context.options.real("validation_share"),
                                 derive_seed(context.seed, "split"));
    validation_ = first(split_.validation, context.options.integer("validation_images"));
  }

  bool needs_data() const override { return true; }

  Fidelity default_fidelity() const override {
    const Samples train = first(split_.train, context_.options.integer("train_images"));
    return {context_.options.real("epochs"),
            static_cast<double>(train.count()) / static_cast<double>(split_.train.count())};
  }

  std::vector<std::string> metrics() const override {
    std::vector<std::string> names = {"val_accuracy", "val_loss", "train_loss", "train_accuracy"};
    names.emplace_back("epochs_spent");
    if (stops_early()) names.emplace_back("epochs_trained");
    return names;
  }
  bool has_checkpoints() const override { return true; }
  double checkpoint_bytes(const Cost& cost) const override {
    const int numbers = numbers_of_parameter(optimizer(context_.options));
    return static_cast<double>(cost.params) * numbers * static_cast<double>(sizeof(float));
  }

  std::vector<std::string> warnings() const override {
    const Fidelity fidelity = default_fidelity();
    const double images = fidelity.data_share * static_cast<double>(split_.train.count());
    const double batch =
        std::min(images, static_cast<double>(context_.options.integer("batch_size")));
    const double steps_per_epoch = std::floor(images / batch);
    const double steps = std::round(steps_per_epoch * fidelity.epochs);
    if (steps >= few_steps) return {};
    return {fmt::format(
        "a trial trains for {} ({} in batches of {}, {}), which tells networks "
        "hardly apart; --set train.epochs={} makes that {}",
        counted(steps, "step"), counted(std::round(images), "image"), batch,
        counted(fidelity.epochs, "epoch"), std::ceil(few_steps / steps_per_epoch), few_steps)};
  }

  Measurement estimate(const Candidate& candidate, const Fidelity& fidelity, std::uint64_t seed,
                       const EstimateServices& services) override {
    if (fidelity.resolution == 1) return trial(candidate.architecture, fidelity, seed, services);
    return trial(at_resolution(candidate.architecture, fidelity.resolution), fidelity, seed,
                 services);
  }

  double default_final_epochs() const override { return context_.options.real("final_epochs"); }

  std::unique_ptr<TrainedNetwork> train_final(const Candidate& candidate,
                                              const FinalTraining& final_training,
                                              const EstimateServices& services) override {
    TrainingSettings settings = recipe(context_, final_training.epochs, true);
    settings.shards = final_training.shards;
    const bool whole = final_training.with_validation_part;
    auto network = std::make_unique<FinalNetwork>(
        candidate.architecture,
        whole ? whole_training_part(context_.dataset, derive_seed(final_training.seed, "order"))
              : split_.train,
        data_, services.executor, context_.precision);
    network->train(settings, final_training.seed, services);
    if (!whole) network->validate(split_.validation);
    return network;
  }

 private:
  /// The first `count` samples, or all of them for 0.
  static Samples first(const Samples& samples, std::int64_t count) {
    if (count == 0) return samples;
    return samples.first(std::min(static_cast<std::size_t>(count), samples.count()));
  }

  bool stops_early() const { return context_.options.text("early_stopping") == "median"; }

  Samples training_samples(const Fidelity& fidelity, const Shape& input) {
    const double share = fidelity.data_share * static_cast<double>(split_.train.count());
    return data_->at(split_.train.first(std::max<std::size_t>(1, rounded(share))), input);
  }

  /// The end of the epoch under way, where trials are looked at on the way; or of all.
  double next_stop(const Fidelity& fidelity, double trained) const {
    return stops_early() ? std::min(fidelity.epochs, std::floor(trained) + 1) : fidelity.epochs;
  }

  /// What the trial that this one continues has had was decided there.
  bool is_stopped(const Checkpoint& state, const Fidelity& fidelity,
                  const EstimateServices& services) const {
    if (state.epochs >= fidelity.epochs) return false;
    if (services.continued && state.epochs <= services.continued->epochs) return false;
    return stops(state.curve, fidelity, services.told,
                 static_cast<std::size_t>(context_.options.integer("early_stopping_trials")));
  }

  Measurement trial(const Architecture& architecture, const Fidelity& fidelity, std::uint64_t seed,
                    const EstimateServices& services) {
    const Shape& input = input_shape(architecture);
    const Training training{architecture, training_samples(fidelity, input)};
    const Samples validation = data_->at(validation_, input);
    const double full = std::max(fidelity.epochs, context_.options.real("epochs"));
    TrainingSettings settings = recipe(context_, full, false);
    settings.schedule_epochs = full;
    ParameterStore store;
    Checkpoint state = begin(training, store, seed, services);
    Measurement result;
    do {
      settings.epochs = next_stop(fidelity, state.epochs);
      const TrainingOutcome outcome =
          run(training, store, settings, seed, services, state.position,
              fidelity.epochs == 0 ? 1 : settings.epochs / fidelity.epochs);
      result = measurement(outcome);
      if (result.status != Measurement::Status::ok) return result;
      state.epochs = std::max(state.epochs, settings.epochs);
      state.position = outcome.position;
      const Evaluation evaluation =
          evaluate(architecture, store, validation, services.executor, context_.precision);
      add_evaluation(result.metrics, "val", evaluation);
      const bool is_whole = state.epochs == std::floor(state.epochs);
      if (stops_early() && is_whole) state.curve.push_back({state.epochs, evaluation.accuracy});
      if (is_whole && is_stopped(state, fidelity, services)) break;
    } while (state.epochs < fidelity.epochs);
    if (!services.checkpoints.to.empty()) {
      write_checkpoint(state, store, services.checkpoints.to);
    }
    const double before = services.continued ? services.continued->epochs : 0;
    result.metrics["epochs_spent"] = std::max(0.0, state.epochs - before);
    if (stops_early()) result.metrics["epochs_trained"] = state.epochs;
    result.curve = std::move(state.curve);
    return result;
  }

  EstimatorContext context_;
  std::shared_ptr<ResizedData> data_;
  Split split_;
  Samples validation_;
};

}  // namespace

NAS_ESTIMATOR(
    TrainEstimator, "train", "1.0",
    "Trains each candidate from scratch, and measures it on held-out training data.",
    {"epochs", nas::OptionType::real, "1",
     "Epochs of a trial's training, where the strategy does not say less.", 0, 100000},
    {"train_images", nas::OptionType::integer, "10000",
     "Images of the training part that a trial trains on; 0: all.", 0, 1e12},
    {"validation_share", nas::OptionType::real, "0.1",
     "Share of the training part that is held out to validate.", 1e-6, 0.999999},
    {"validation_images", nas::OptionType::integer, "5000",
     "Images of the held-out part that a trial is measured on; 0: all.", 0, 1e12},
    {"batch_size", nas::OptionType::integer, "64", "Images per step.", 1, 65536},
    {"learning_rate", nas::OptionType::real, "0.1",
     "Peak of the learning rate; Adam wants a hundredth of what SGD does.", 0, 1000},
    {"warmup_epochs", nas::OptionType::real, "0.1",
     "Epochs over which the learning rate rises to its peak.", 0, 100000},
    {"schedule", nas::OptionType::choice, "cosine",
     "How the learning rate falls: along a cosine or in steps.", 0, 0, "cosine|steps"},
    {"rate_floor", nas::OptionType::real, "0", "Learning rate at the end of the cosine.", 0, 1000},
    {"decay_factor", nas::OptionType::real, "0.97",
     "Factor on the learning rate at each of the steps.", 0, 1},
    {"decay_epochs", nas::OptionType::real, "2.4", "Epochs from one of the steps to the next.", 0,
     100000},
    {"optimizer", nas::OptionType::choice, "sgd",
     "What turns gradients into steps, as PyTorch defines it.", 0, 0, "sgd|adam|adamw|rmsprop"},
    {"momentum", nas::OptionType::real, "0.9", "Momentum of SGD and RMSProp.", 0, 1},
    {"nesterov", nas::OptionType::boolean, "true", "Nesterov's momentum, in SGD."},
    {"beta1", nas::OptionType::real, "0.9", "Share of the old in Adam's mean of gradients.", 0, 1},
    {"beta2", nas::OptionType::real, "0.999", "Share of the old in Adam's mean of squares.", 0, 1},
    {"alpha", nas::OptionType::real, "0.99", "Share of the old in RMSProp's mean of squares.", 0,
     1},
    {"epsilon", nas::OptionType::real, "1e-8", "What Adam and RMSProp add to the divisor.", 0, 1},
    {"centered", nas::OptionType::boolean, "false",
     "RMSProp divides by the deviation of the gradients, not by their mean square."},
    {"tensorflow", nas::OptionType::boolean, "false",
     "RMSProp as in TensorFlow: epsilon inside the root, squares start at 1, the velocity holds "
     "learning rates."},
    {"weight_decay", nas::OptionType::real, "0.0001",
     "Decay of weights, not of batch norm and biases: L2, or AdamW's own.", 0, 100},
    {"clip_norm", nas::OptionType::real, "0",
     "Largest norm of the gradient, over all parameters; 0: not clipped.", 0, 1e9},
    {"label_smoothing", nas::OptionType::real, "0",
     "Probability that the target spreads over all classes.", 0, 1},
    {"scheduled_drop_path", nas::OptionType::boolean, "false",
     "Let the probabilities of dropping paths grow linearly from 0 over the training."},
    {"flip", nas::OptionType::boolean, "false", "Mirror training images at random in trials."},
    {"crop_padding", nas::OptionType::integer, "0",
     "Pixels by which training images are shifted at random in trials.", 0, 1024},
    {"early_stopping", nas::OptionType::choice, "none",
     "median: measure after each epoch, and stop a trial that is worse than the median of the "
     "others so far (Golovin et al. 2017).",
     0, 0, "none|median"},
    {"early_stopping_trials", nas::OptionType::integer, "5",
     "Trials that must be known before one is stopped.", 1, 1000000},
    {"final_epochs", nas::OptionType::real, "15", "Epochs of the winner's final training.", 0,
     100000},
    {"final_flip", nas::OptionType::boolean, "true", "'flip' for the final training."},
    {"final_crop_padding", nas::OptionType::integer, "2", "'crop_padding' for the final training.",
     0, 1024});
