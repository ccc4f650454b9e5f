#include <set>

#include <catch2/catch.hpp>

#include "core/parameters/weights_file.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/plugin/train_fixture.hpp"

using namespace nas;
using namespace nas::trained;
using Catch::Matchers::Contains;

TEST_CASE("training learns what is easy, and reports its metrics") {
  Train train;
  const Measurement measurement = train.estimate(1);
  REQUIRE(measurement.status == Measurement::Status::ok);
  CHECK(measurement.metrics.at("val_accuracy") > 0.9);
  CHECK(measurement.metrics.size() == train.estimator().metrics().size());
  for (const std::string& name : train.estimator().metrics()) {
    CHECK(measurement.metrics.contains(name));
  }
}

TEST_CASE("images get the resolution that the network reads") {
  for (const std::int64_t side : {3, 8}) {
    CAPTURE(side);
    Train train;
    train.read_images_of(side);
    const Measurement measurement = train.estimate(1);
    REQUIRE(measurement.status == Measurement::Status::ok);
    CHECK(measurement.metrics.at("val_accuracy") > 0.9);
    CHECK(train.estimate(1).metrics == measurement.metrics);
    const auto network = train.train_final({.epochs = 3, .with_validation_part = false});
    CHECK(network->training().metrics.at("val_accuracy") > 0.9);
    CHECK(network->test().at("test_accuracy") > 0.9);
  }
}

TEST_CASE("an estimate is a function of candidate, fidelity and seed") {
  Train train, another;
  const Metrics first = train.estimate(1).metrics;
  CHECK(train.estimate(2).metrics != first);
  CHECK(train.estimate(1).metrics == first);
  CHECK(another.estimate(1).metrics == first);
  CHECK(train.estimate(1, Fidelity{1, 0.5}).metrics != first);
}

TEST_CASE("the options choose the optimiser and the schedule") {
  const auto loss_of = [](Given given) {
    given.try_emplace("learning_rate", "0.002");
    const Measurement measurement = Train(std::move(given)).estimate(1);
    REQUIRE(measurement.status == Measurement::Status::ok);
    return measurement.metrics.at("train_loss");
  };
  // Each changes the training, and none to nonsense: chance is log 3 = 1.1.
  const std::vector<Given> recipes = {{},
                                      {{"momentum", "0.5"}},
                                      {{"nesterov", "false"}},
                                      {{"clip_norm", "0.1"}},
                                      {{"rate_floor", "0.005"}},
                                      {{"schedule", "steps"}},
                                      {{"schedule", "steps"}, {"decay_factor", "0.5"}},
                                      {{"schedule", "steps"}, {"decay_epochs", "1"}},
                                      {{"optimizer", "adam"}},
                                      {{"optimizer", "adam"}, {"beta1", "0.5"}},
                                      {{"optimizer", "adam"}, {"beta2", "0.9"}},
                                      {{"optimizer", "adam"}, {"epsilon", "0.1"}},
                                      {{"optimizer", "adam"}, {"weight_decay", "0.1"}},
                                      {{"optimizer", "adamw"}, {"weight_decay", "0.1"}},
                                      {{"optimizer", "rmsprop"}},
                                      {{"optimizer", "rmsprop"}, {"alpha", "0.9"}},
                                      {{"optimizer", "rmsprop"}, {"momentum", "0"}},
                                      {{"optimizer", "rmsprop"}, {"centered", "true"}},
                                      {{"optimizer", "rmsprop"}, {"tensorflow", "true"}}};
  std::set<double> losses;
  for (const Given& given : recipes) losses.insert(loss_of(given));
  CHECK(losses.size() == recipes.size());
  CHECK(*losses.rbegin() < 1.1);
}

TEST_CASE("an optimiser or a schedule that makes no sense is refused before the first trial") {
  CHECK_THROWS_WITH(Train(Given{{"momentum", "1"}}), Contains("momentum '1'"));
  CHECK_THROWS_WITH(Train(Given{{"schedule", "steps"}, {"decay_factor", "0"}}),
                    Contains("decay factor '0'"));
  CHECK_THROWS_WITH(Train(Given{{"optimizer", "adagrad"}}), Contains("sgd, adam, adamw, rmsprop"));
}

TEST_CASE("the default fidelity follows from the options") {
  // 300 images less a tenth are 270 to train on.
  CHECK(Train(Given{{"train_images", "27"}}).estimator().default_fidelity() == Fidelity{3, 0.1});
  CHECK(Train(Given{{"train_images", "0"}}).estimator().default_fidelity() == Fidelity{3, 1});
  CHECK(Train(Given{{"train_images", "5000"}}).estimator().default_fidelity() == Fidelity{3, 1});
}

TEST_CASE("a training over its memory limit is a failed trial") {
  const Measurement measurement = Train(Given(), 1000).estimate(1);
  CHECK(measurement.status == Measurement::Status::failed);
  CHECK_FALSE(measurement.reason.empty());
}

TEST_CASE("a training that diverges is a failed trial") {
  const Measurement measurement =
      Train(Given{{"learning_rate", "1000"}, {"epochs", "20"}, {"warmup_epochs", "0"}}).estimate(1);
  CHECK(measurement.status == Measurement::Status::failed);
  CHECK_FALSE(measurement.reason.empty());
}

TEST_CASE("a training can be cancelled and reports its progress") {
  Train train;
  double last = 0;
  train.progress = [&](double share) {
    last = share;
    if (share > 0.3) train.cancel.raise(CancelToken::Level::stop_now);
  };
  CHECK(train.estimate(1).status == Measurement::Status::cancelled);
  CHECK(last > 0.3);
  CHECK(last < 1);
}

TEST_CASE("a final training on everything is tested on the test part") {
  Train train;
  const auto network = train.train_final({.epochs = 5, .seed = 4});
  REQUIRE(network->training().status == Measurement::Status::ok);
  CHECK(network->training().metrics.contains("train_accuracy"));
  CHECK_FALSE(network->training().metrics.contains("val_accuracy"));
  const Metrics test = network->test();
  CHECK(test.at("test_accuracy") > 0.9);
  CHECK(test.contains("test_loss"));
}

TEST_CASE("a final training can leave the validation part out, to choose by it") {
  Train train;
  const auto network = train.train_final({.epochs = 5, .seed = 4, .with_validation_part = false});
  CHECK(network->training().metrics.at("val_accuracy") > 0.9);
  CHECK(network->training().metrics.contains("val_loss"));
}

TEST_CASE("the weights of a final training are saved") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "weights.safetensors";
  Train train;
  train.train_final({.epochs = 1, .seed = 4})->save_weights(file);
  CHECK(read_weights(file).contains("classifier.weight"));
}

TEST_CASE("training without data is refused") {
  CHECK_THROWS_WITH(Train(Given(), 0, nullptr), Contains("--data"));
}

TEST_CASE("an estimator that trains has final epochs, one that does not has none") {
  CHECK(Train(Given{{"final_epochs", "7"}}).estimator().default_final_epochs() == 7);
  const auto library = built_plugins().find(PluginKind::estimator, "constant");
  const auto constant = library->make_estimator();
  CHECK(constant->default_final_epochs() == 0);
  const SmallSpace space;
  const auto blueprint = make_blueprint(space, {{0}});
  const auto executor = make_serial_executor();
  const CancelToken cancel;
  CHECK_THROWS_WITH(constant->train_final(blueprint->candidate(), {}, {*executor, cancel, {}}),
                    Contains("no final training"));
}

TEST_CASE("training too short to tell networks apart is warned of, with what would do") {
  // 13 steps an epoch: 270 images in batches of 20.
  CHECK(Train(Given{{"epochs", "4"}}).estimator().warnings().empty());
  const auto warnings = Train(Given{{"epochs", "3"}}).estimator().warnings();
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front(), Contains("39 steps") && Contains("270 images") &&
                                   Contains("train.epochs=4 makes that 50"));
  CHECK_THAT(Train(Given{{"train_images", "5"}, {"epochs", "1"}}).estimator().warnings().at(0),
             Contains("1 step (5 images in batches of 5, 1 epoch)"));
}
