#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "core/engine/program.hpp"
#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;
using Status = TrainingOutcome::Status;

namespace {

TrainingOutcome train_serially(ParameterStore& store, const Samples& samples,
                               const TrainingSettings& settings, const StepCallback& on_step = {}) {
  const auto executor = make_serial_executor();
  return train(small_network(), store, samples, settings, 7, *executor, CancelToken(), on_step);
}

TrainingOutcome train_serially(const Samples& samples, const TrainingSettings& settings) {
  ParameterStore store = prepared(small_network());
  return train_serially(store, samples, settings);
}

const Parameter& named(const ParameterStore& store, const std::string& part) {
  for (const auto& [name, parameter] : store.all()) {
    if (name.find(part) != std::string::npos) return *parameter;
  }
  throw std::runtime_error("no parameter " + part);
}

}  // namespace

TEST_CASE("one batch can be learnt by heart") {
  const TrainingOutcome outcome =
      train_serially(striped_images(16), {.epochs = 150, .batch_size = 16, .learning_rate = 0.1});
  CHECK(outcome.status == Status::finished);
  CHECK(outcome.steps == 150);
  CHECK(outcome.train_loss < 0.01);
  CHECK(outcome.train_accuracy == 1.0);
}

TEST_CASE("every optimiser and schedule learns") {
  const std::vector<TrainingSettings> recipes = {
      {.learning_rate = 0.01, .optimizer = AdamSettings{}},
      {.learning_rate = 0.01, .optimizer = AdamSettings{.weight_decay = 0.01, .decoupled = true}},
      {.learning_rate = 0.01,
       .schedule = StepSchedule{.factor = 0.8, .epochs = 10},
       .optimizer = RmsPropSettings{.alpha = 0.9, .momentum = 0.9}},
      {.learning_rate = 0.1, .schedule = CosineSchedule{.floor = 0.01}, .clip_norm = 1}};
  for (TrainingSettings settings : recipes) {
    settings.epochs = 60;
    settings.batch_size = 16;
    const TrainingOutcome outcome = train_serially(striped_images(16), settings);
    CHECK(outcome.status == Status::finished);
    CHECK(outcome.train_loss < 0.1);
  }
}

TEST_CASE("a clipped gradient bounds the step") {
  ParameterStore store = prepared(small_network());
  const ParameterStore start = prepared(small_network());
  train_serially(store, striped_images(16),
                 {.batch_size = 16,
                  .learning_rate = 1,
                  .optimizer = SgdSettings{.momentum = 0},
                  .clip_norm = 1e-3});
  double squares = 0;
  for (const auto& [name, parameter] : store.all()) {
    if (!is_trainable(parameter->role)) continue;
    for (std::size_t i = 0; i < parameter->size(); ++i) {
      const double change = parameter->value.data()[i] - start.at(name).value.data()[i];
      squares += change * change;
    }
  }
  // Weights of order 0.1 change by a millionth of it: their rounding shows in the fourth digit.
  CHECK(std::sqrt(squares) == Approx(1e-3).epsilon(1e-3));
}

TEST_CASE("scheduled paths are not dropped at first, and are later") {
  const auto weights_after = [](double epochs, bool scheduled) {
    Architecture net;
    NodeId x = net.add(input_op(image_shape), {}, "image");
    x = add_convolution_block(net, x, "stem", {.out_channels = 8, .kernel = 3}, {});
    x = net.add(Op(OpKind::drop_path).set("p", scheduled ? 0.9 : 0), {x}, "drop");
    add_classifier(net, x, classes);
    ParameterStore store = prepared(net);
    const TrainingSettings settings{
        .epochs = epochs, .batch_size = 16, .scheduled_drop_path = scheduled};
    const auto executor = make_serial_executor();
    const TrainingOutcome outcome =
        train(net, store, striped_images(16), settings, 7, *executor, CancelToken());
    CHECK(outcome.status == Status::finished);
    const auto values = named(store, "stem.weight").value.values();
    return std::vector<float>(values.begin(), values.end());
  };
  CHECK(weights_after(1, true) == weights_after(1, false));
  CHECK(weights_after(2, true) != weights_after(2, false));
}

TEST_CASE("what was learnt shows on samples that were not trained on") {
  const Samples all = striped_images(400);
  Samples held_out = all;
  held_out.indices.erase(held_out.indices.begin(), held_out.indices.begin() + 300);
  ParameterStore store = prepared(small_network());
  train_serially(store, all.first(300), {.epochs = 8, .batch_size = 20, .learning_rate = 0.1});
  const auto executor = make_serial_executor();
  CHECK(evaluate(small_network(), store, held_out, *executor).accuracy > 0.9);
}

TEST_CASE("no epochs are no steps and change nothing") {
  ParameterStore store = prepared(small_network());
  const std::vector<float> before = all_values(store);
  const TrainingOutcome outcome = train_serially(store, striped_images(16), {.epochs = 0});
  CHECK(outcome.status == Status::finished);
  CHECK(outcome.steps == 0);
  CHECK(outcome.planned_bytes > 0);
  CHECK(all_values(store) == before);
}

TEST_CASE("a learning rate of 0 moves the running statistics only") {
  ParameterStore store = prepared(small_network());
  const ParameterStore untouched = prepared(small_network());
  train_serially(store, striped_images(32), {.batch_size = 16, .learning_rate = 0});
  for (const auto& [name, parameter] : store.all()) {
    const auto before = untouched.at(name).value.values();
    INFO(name);
    CHECK(std::ranges::equal(parameter->value.values(), before) == is_trainable(parameter->role));
  }
}

TEST_CASE("fractions of an epoch are rounded to whole steps and the rest of the data is dropped") {
  const Samples samples = striped_images(43);  // 5 batches of 8, and 3 samples
  CHECK(train_serially(samples, {.epochs = 1, .batch_size = 8}).steps == 5);
  CHECK(train_serially(samples, {.epochs = 2.5, .batch_size = 8}).steps == 13);
  CHECK(train_serially(samples, {.epochs = 0.05, .batch_size = 8}).steps == 0);
}

TEST_CASE("data smaller than a batch is one smaller batch") {
  const TrainingOutcome outcome =
      train_serially(striped_images(10), {.epochs = 3, .batch_size = 64, .shards = 2});
  CHECK(outcome.status == Status::finished);
  CHECK(outcome.steps == 3);
}

TEST_CASE("the callback counts the steps") {
  std::vector<std::int64_t> done;
  ParameterStore store = prepared(small_network());
  train_serially(store, striped_images(32), {.epochs = 2, .batch_size = 16},
                 [&](std::int64_t step, std::int64_t total) {
                   CHECK(total == 4);
                   done.push_back(step);
                 });
  CHECK(done == std::vector<std::int64_t>{1, 2, 3, 4});
}

TEST_CASE("an absurd learning rate is reported as divergence, with step and rate") {
  const TrainingOutcome outcome =
      train_serially(striped_images(64), {.epochs = 20, .batch_size = 16, .learning_rate = 1e30});
  CHECK(outcome.status == Status::diverged);
  CHECK_THAT(outcome.reason,
             Catch::Contains("step") && Catch::Contains("learning rate") && Catch::Contains("e+"));
  CHECK(outcome.steps < 80);
}

TEST_CASE("weights that the last step has broken are divergence too") {
  const TrainingOutcome outcome =
      train_serially(striped_images(16), {.epochs = 1,
                                          .batch_size = 16,
                                          .learning_rate = 1e300,
                                          .optimizer = SgdSettings{.momentum = 0}});
  CHECK(outcome.status == Status::diverged);
  CHECK_THAT(outcome.reason, Catch::Contains("weight") && Catch::Contains("step 1 of 1") &&
                                 Catch::Contains("1e+300"));
}

TEST_CASE("cancelling ends the training after the step that is under way") {
  ParameterStore store = prepared(small_network());
  const auto executor = make_serial_executor();
  CancelToken cancel;
  const TrainingOutcome outcome =
      train(small_network(), store, striped_images(64), {.epochs = 5, .batch_size = 16}, 7,
            *executor, cancel, [&](std::int64_t done, std::int64_t) {
              if (done == 2) cancel.raise(CancelToken::Level::stop_soon);
              if (done == 3) cancel.raise(CancelToken::Level::stop_now);
            });
  CHECK(outcome.status == Status::cancelled);
  CHECK(outcome.steps == 3);
  CHECK_THAT(outcome.reason, Catch::Contains("step 3 of 20"));
}

TEST_CASE("training over the memory limit is not begun") {
  const Samples samples = striped_images(32);
  ParameterStore store = prepared(small_network());
  const std::vector<float> before = all_values(store);
  TrainingSettings settings{.batch_size = 16, .shards = 2};
  const std::size_t planned = train_serially(samples, settings).planned_bytes;
  CHECK(planned == 2 * planned_bytes(small_network(), {.batch = 8, .mode = Mode::training}));

  settings.memory_limit = planned - 1;
  const TrainingOutcome over = train_serially(store, samples, settings);
  CHECK(over.status == Status::over_memory_limit);
  CHECK(over.planned_bytes == planned);
  CHECK_THAT(over.reason, Catch::Contains("limit") && Catch::Contains("KiB"));
  CHECK(all_values(store) == before);

  settings.memory_limit = planned;
  CHECK(train_serially(samples, settings).status == Status::finished);
}

TEST_CASE("training in bf16 learns as in float32, over weights of float32") {
  const Samples samples = striped_images(64);
  ParameterStore store = prepared(small_network());
  const TrainingSettings settings{.epochs = 20, .batch_size = 16, .precision = Precision::bf16};
  const TrainingOutcome outcome = train_serially(store, samples, settings);
  CHECK(outcome.status == Status::finished);
  CHECK(outcome.train_accuracy == 1);
  TrainingSettings in_float = settings;
  in_float.precision = Precision::float32;
  CHECK(outcome.train_loss != train_serially(samples, in_float).train_loss);
  CHECK(outcome.planned_bytes ==
        planned_bytes(small_network(),
                      {.batch = 16, .mode = Mode::training, .precision = Precision::bf16}));
  const auto is_rounded = [](float weight) {
    return (std::bit_cast<std::uint32_t>(weight) & 0xffffU) == 0;
  };
  CHECK_FALSE(std::ranges::all_of(all_values(store), is_rounded));
}

TEST_CASE("weight decay shrinks weights and leaves scales, shifts and biases alone") {
  const Samples samples = striped_images(16);
  // One step from the same start with and without decay.
  ParameterStore plain = prepared(small_network());
  ParameterStore decayed = prepared(small_network());
  const ParameterStore before = prepared(small_network());
  TrainingSettings settings{.batch_size = 16, .optimizer = SgdSettings{.momentum = 0}};
  train_serially(plain, samples, settings);
  settings.optimizer = SgdSettings{.momentum = 0, .weight_decay = 0.5};
  train_serially(decayed, samples, settings);
  // Rounding of single values near 0.3.
  constexpr double float_rounding = 1e-6;
  for (const auto& [name, parameter] : decayed.all()) {
    INFO(name);
    const bool is_weight = parameter->role == ParameterRole::weight;
    for (std::size_t i = 0; i < parameter->size(); ++i) {
      const double shrinkage =
          is_weight ? settings.learning_rate * 0.5 * before.at(name).value.data()[i] : 0;
      REQUIRE(parameter->value.data()[i] ==
              Approx(plain.at(name).value.data()[i] - shrinkage).margin(float_rounding));
    }
  }
}

TEST_CASE("running statistics move by the mean over the shards of their unbiased statistics") {
  const Architecture net = small_network();
  const Samples samples = striped_images(16);
  ParameterStore store = prepared(net);
  train_serially(store, samples, {.batch_size = 16, .learning_rate = 0, .shards = 2});

  // The stem sees the images themselves, in whichever order: over both shards together the mean of
  // the batch means is the mean of the whole batch.
  ParameterStore whole = prepared(net);
  Program program(net, whole, {.batch = 16, .mode = Mode::training});
  std::vector<std::int32_t> labels(16);
  fill_batch(samples, samples.indices, program.input(), labels);
  program.forward();
  const BatchStatistics& stem = program.batch_statistics()[0];
  const Parameter& mean = store.at(stem.running_mean->name);
  const Parameter& variance = store.at(stem.running_variance->name);
  REQUIRE(stem.count == 16 * 64);
  for (std::size_t c = 0; c < stem.mean.size(); ++c) {
    // Single values of order 1, added up in another order.
    CHECK(mean.value.data()[c] == Approx(stem.momentum * stem.mean[c]).margin(1e-5));
    // Two halves of one distribution: their variances differ by a few percent from the whole's.
    CHECK(variance.value.data()[c] ==
          Approx(1 - stem.momentum + stem.momentum * stem.variance[c]).epsilon(0.02));
  }
}

TEST_CASE("with one shard the running variance is the unbiased one, exactly as PyTorch's") {
  Architecture net;
  NodeId x = net.add(input_op(image_shape), {}, "image");
  x = net.add(Op(OpKind::global_average_pool), {x}, "mean");
  x = net.add(Op(OpKind::batch_norm), {x}, "norm");
  net.mark_output(net.add(linear(classes), {x}, "classifier"));
  ParameterStore store = prepared(net);
  const Samples samples = striped_images(4);
  const auto executor = make_serial_executor();
  train(net, store, samples, {.batch_size = 4, .learning_rate = 0}, 7, *executor, CancelToken());

  double means[4];
  std::vector<float> image(64);
  std::vector<std::int32_t> label(1);
  double mean = 0;
  for (std::uint32_t n = 0; n < 4; ++n) {
    fill_batch(samples, std::vector{n}, image, label);
    means[n] = std::accumulate(image.begin(), image.end(), 0.0) / 64;
    mean += means[n] / 4;
  }
  double variance = 0;
  for (const double value : means) variance += (value - mean) * (value - mean) / 3;
  // Single precision.
  CHECK(named(store, "running_mean").value.data()[0] == Approx(0.1 * mean).margin(1e-6));
  CHECK(named(store, "running_variance").value.data()[0] ==
        Approx(0.9 + 0.1 * variance).margin(1e-6));
}

TEST_CASE("settings that make no sense are refused, with the value") {
  const Samples samples = striped_images(32);
  const auto refused = [&](const TrainingSettings& settings, const std::string& name,
                           const std::string& value) {
    CHECK_THROWS_MATCHES(
        train_serially(samples, settings), Error,
        Catch::Predicate<Error>([](const Error& e) { return e.kind() == ErrorKind::config; }));
    CHECK_THROWS_WITH(train_serially(samples, settings),
                      Catch::Contains(name) && Catch::Contains("'" + value + "'"));
  };
  refused({.epochs = -1}, "epochs", "-1");
  refused({.epochs = std::numeric_limits<double>::quiet_NaN()}, "epochs", "nan");
  refused({.batch_size = 0}, "batch size", "0");
  refused({.learning_rate = -0.5}, "learning rate", "-0.5");
  refused({.learning_rate = std::numeric_limits<double>::infinity()}, "learning rate", "inf");
  refused({.warmup_epochs = -2}, "warm-up epochs", "-2");
  refused({.label_smoothing = 1}, "label smoothing", "1");
  refused({.schedule = StepSchedule{.factor = 2}}, "decay factor", "2");
  refused({.optimizer = AdamSettings{.beta1 = 1.5}}, "beta1", "1.5");
  refused({.clip_norm = -3}, "clip norm", "-3");
  refused({.shards = 0}, "shards", "0");
  refused({.batch_size = 16, .shards = 3}, "equal shards", "3");
}

TEST_CASE("samples that do not fit the architecture are refused") {
  const auto refused = [](const Samples& samples, const std::string& value) {
    CHECK_THROWS_MATCHES(
        train_serially(samples, {}), Error,
        Catch::Predicate<Error>([](const Error& e) { return e.kind() == ErrorKind::data; }));
    CHECK_THROWS_WITH(train_serially(samples, {}),
                      Catch::Contains("'stripes'") && Catch::Contains(value));
  };
  refused(striped_images(32).first(0), "no samples");

  auto other_shape = std::make_shared<Dataset>(*striped_images(32).dataset);
  other_shape->train.shape = {1, 4, 16};
  Samples samples = striped_images(32);
  samples.dataset = other_shape;
  refused(samples, "'1x4x16'");

  auto other_classes = std::make_shared<Dataset>(*striped_images(32).dataset);
  other_classes->train.labels[5] = classes;
  samples.dataset = other_classes;
  refused(samples, "'4'");
}
