// A training in parts is the training without a break.
#include <catch2/catch.hpp>

#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr std::uint64_t seed = 7;

struct Trained {
  std::vector<float> values;
  TrainingOutcome outcome;
};

TrainingSettings recipe() {
  return {.schedule_epochs = 9,
          .batch_size = 24,
          .warmup_epochs = 0.5,
          .augmentation = {.flip = true, .crop_padding = 1}};
}

/// In parts that end after so many epochs.
Trained trained_in(const std::vector<double>& ends, TrainingSettings settings = recipe()) {
  const Architecture net = small_network();
  ParameterStore store = prepared(net);
  const Samples samples = striped_images(100);
  const auto executor = make_serial_executor();
  Trained result;
  for (const double end : ends) {
    settings.epochs = end;
    result.outcome = train(net, store, samples, settings, seed, *executor, CancelToken(), {},
                           result.outcome.position);
    REQUIRE(result.outcome.status == TrainingOutcome::Status::finished);
  }
  result.values = all_values(store);
  return result;
}

void check_equal(const Trained& a, const Trained& b) {
  CHECK(a.values == b.values);
  CHECK(a.outcome.position == b.outcome.position);
  CHECK(a.outcome.train_loss == b.outcome.train_loss);
  CHECK(a.outcome.train_accuracy == b.outcome.train_accuracy);
  CHECK(a.outcome.steps == b.outcome.steps);
}

}  // namespace

TEST_CASE("3 epochs and 6 more equal 9 epochs, to the last bit") {
  const Trained whole = trained_in({9});
  CHECK(whole.outcome.steps == 36);
  check_equal(trained_in({3, 9}), whole);
  check_equal(trained_in({1, 2, 9}), whole);
}

TEST_CASE("a training may be cut in the middle of an epoch") {
  check_equal(trained_in({0.25, 3.5, 9}), trained_in({9}));
}

TEST_CASE("every optimiser goes on with what it has kept") {
  for (const OptimizerSettings& optimizer :
       {OptimizerSettings(AdamSettings{}), OptimizerSettings(RmsPropSettings{.momentum = 0.9})}) {
    TrainingSettings settings = recipe();
    settings.optimizer = optimizer;
    settings.learning_rate = 0.01;
    check_equal(trained_in({3, 9}, settings), trained_in({9}, settings));
  }
}

TEST_CASE("without a schedule for the whole, the parts differ from it") {
  TrainingSettings settings = recipe();
  settings.schedule_epochs = 0;
  CHECK(trained_in({3, 9}, settings).values != trained_in({9}, settings).values);
  // The schedule of 9 epochs is what makes the first 3 of them.
  CHECK(trained_in({3}, settings).values != trained_in({3}).values);
}

TEST_CASE("where nothing is left to train nothing changes") {
  check_equal(trained_in({9, 9}), trained_in({9}));
}
