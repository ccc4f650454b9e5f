// Trials of the estimator 'train' that continue one another, that stop early, and that see less.
#include <fstream>

#include <catch2/catch.hpp>

#include "plugins/estimators/train/checkpoint.hpp"
#include "plugins/estimators/train/median_rule.hpp"
#include "tests/base/file_content.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/plugin/train_fixture.hpp"

using namespace nas;
using namespace nas::trained;
using Catch::Matchers::Contains;
using train_estimator::Checkpoint;
using train_estimator::read_checkpoint;
using train_estimator::stops;
using train_estimator::write_checkpoint;

namespace {

constexpr std::uint64_t seed = 1;

/// Slow enough for every epoch to change something.
Given nine_epochs(Given more = {}) {
  more.insert({{"epochs", "9"}, {"learning_rate", "0.002"}});
  return more;
}

LearningCurve curve(std::vector<double> values, const Fidelity& fidelity = {9, 1}) {
  LearningCurve result{fidelity, {}};
  for (const double value : values) {
    result.points.push_back({static_cast<double>(result.points.size() + 1), value});
  }
  return result;
}

}  // namespace

TEST_CASE("a trial of 3 epochs and one of 9 that continues it equal one of 9") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "0";
  for (const Given& given : {Given{}, Given{{"optimizer", "adam"}, {"crop_padding", "1"}}}) {
    Train train(nine_epochs(given));
    const Measurement whole = train.estimate(seed);
    train.checkpoints = {{}, file};
    const Measurement part = train.estimate(seed, Fidelity{3, 1});
    CHECK(part.metrics != whole.metrics);
    CHECK(part.metrics.at("epochs_spent") == 3);
    CHECK(whole.metrics.at("epochs_spent") == 9);
    Metrics expected = whole.metrics;
    expected["epochs_spent"] = 6;
    train.checkpoints = {file, {}};
    train.continued = Fidelity{3, 1};
    CHECK(train.estimate(seed).metrics == expected);
    std::filesystem::remove(file);
    CHECK(train.estimate(seed).metrics == expected);  // it costs time only
  }
}

TEST_CASE("continuing trains what is left and no more") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "0";
  Train train(nine_epochs());
  train.checkpoints = {{}, file};
  train.estimate(seed, Fidelity{3, 1});
  train.checkpoints = {file, {}};
  double first = -1;
  train.progress = [&](double share) {
    if (first < 0) first = share;
  };
  train.estimate(seed);
  CHECK(first > 0.33);
}

TEST_CASE("a trial of few epochs has the beginning of the full schedule") {
  Train full(nine_epochs());
  Train shorter(Given{{"epochs", "3"}, {"learning_rate", "0.002"}});
  CHECK(full.estimate(seed, Fidelity{3, 1}).metrics != shorter.estimate(seed).metrics);
  // Without a schedule that depends on its length there is no difference.
  const Given steps = {{"schedule", "steps"}};
  Train full_steps(nine_epochs(steps));
  Train shorter_steps(Given{{"epochs", "3"}, {"learning_rate", "0.002"}, {"schedule", "steps"}});
  CHECK(full_steps.estimate(seed, Fidelity{3, 1}).metrics == shorter_steps.estimate(seed).metrics);
}

TEST_CASE("a damaged checkpoint, or one of another trial, is a failure that names it") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "0";
  Train train(nine_epochs());
  train.checkpoints = {{}, file};
  train.estimate(seed, Fidelity{1, 1});
  train.checkpoints = {file, {}};
  CHECK_THROWS_WITH(train.estimate(seed + 1), Contains("is of the seed '1', not of '2'"));
  const std::string bytes = file_content(file);
  const auto rejected = [&](const std::string& damaged, const std::string& why) {
    std::ofstream(file, std::ios::binary) << damaged;
    CHECK_THROWS_WITH(train.estimate(seed), Contains(file.string()) && Contains(why));
  };
  std::string flipped = bytes;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
  rejected(flipped, "does not have the hash");
  rejected(bytes.substr(0, bytes.size() - 1), "does not have the hash");
  rejected("nas.checkpoint.9" + bytes.substr(16), "this version of nas reads");
  rejected("nas.checkpoint.1", "ends too early");
  std::ofstream(file, std::ios::binary) << bytes;
  CHECK(train.estimate(seed).status == Measurement::Status::ok);
  train.read_images_of(8);
  CHECK_THROWS_WITH(train.estimate(seed), Contains("768 values there, and 3072"));
}

TEST_CASE("a checkpoint gives back every bit, and fits its network alone") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "0";
  ParameterStore store;
  Parameter& weight = store.create("a", {2, 3}, ParameterRole::weight);
  weight.value.data()[5] = 0.1f;
  weight.optimizer.steps = 17;
  weight.optimizer.tensors.emplace("sgd.velocity", Tensor(6)).first->second.data()[0] = -3;
  store.create("b", {4}, ParameterRole::running_mean);
  const Checkpoint written{7, 2.5, {40, 0.1, 12, 20}, {{1, 0.25}, {2, 0.5}}};
  write_checkpoint(written, store, file);

  ParameterStore other;
  other.create("a", {2, 3}, ParameterRole::weight);
  other.create("b", {4}, ParameterRole::running_mean);
  CHECK(read_checkpoint(other, file) == written);
  CHECK(other.at("a").value.data()[5] == 0.1f);
  CHECK(other.at("a").optimizer.steps == 17);
  CHECK(other.at("a").optimizer.tensors.at("sgd.velocity").data()[0] == -3);
  CHECK(other.at("b").optimizer.tensors.empty());
  CHECK_FALSE(read_checkpoint(other, directory.path() / "1"));

  ParameterStore fewer;
  fewer.create("a", {2, 3}, ParameterRole::weight);
  CHECK_THROWS_WITH(read_checkpoint(fewer, file), Contains("holds 2 parameters"));
  ParameterStore larger;
  larger.create("a", {2, 4}, ParameterRole::weight);
  larger.create("b", {4}, ParameterRole::running_mean);
  CHECK_THROWS_WITH(read_checkpoint(larger, file), Contains("'a' has 6 values there, and 8"));
  ParameterStore renamed;
  renamed.create("a", {2, 3}, ParameterRole::weight);
  renamed.create("c", {4}, ParameterRole::running_mean);
  CHECK_THROWS_WITH(read_checkpoint(renamed, file), Contains("holds 'b' where"));
}

TEST_CASE("a trial can see images of a share of the resolution") {
  Train train;
  const Measurement half = train.estimate(seed, Fidelity{3, 1, 0.5});
  REQUIRE(half.status == Measurement::Status::ok);
  CHECK(half.metrics != train.estimate(seed, Fidelity{3, 1, 1}).metrics);
  train.read_images_of(2);  // what half of 4 pixels is
  CHECK(train.estimate(seed, Fidelity{3, 1, 1}).metrics == half.metrics);
}

TEST_CASE("the median rule compares the best so far with the means of the others so far") {
  // Means until epoch 2: 0.15, 0.35, 0.55; the median is 0.35.
  const std::vector<LearningCurve> others = {curve({0.1, 0.2, 0.9}), curve({0.3, 0.4, 0.9}),
                                             curve({0.5, 0.6, 0.9})};
  const auto stops_with = [&](std::vector<double> own, std::size_t least = 3) {
    return stops(curve(std::move(own)).points, {9, 1}, others, least);
  };
  CHECK(stops_with({0.1, 0.3}));
  CHECK_FALSE(stops_with({0.1, 0.35}));  // strictly worse
  CHECK_FALSE(stops_with({0.4, 0.1}));   // the best so far counts
  CHECK(stops_with({0.2}));              // the median of 0.1, 0.3, 0.5
  CHECK_FALSE(stops_with({0.3}));
  CHECK_FALSE(stops_with({0.0}, 4));
  CHECK_FALSE(stops(curve({0}).points, {9, 1}, {}, 1));
}

TEST_CASE("the median of an even number is the mean of the two in the middle") {
  const std::vector<LearningCurve> others = {curve({0.1}), curve({0.2}), curve({0.4}),
                                             curve({0.8})};
  CHECK(stops(curve({0.29}).points, {9, 1}, others, 1));
  CHECK_FALSE(stops(curve({0.31}).points, {9, 1}, others, 1));
}

TEST_CASE("the median rule looks at trials with the same data and resolution, and early enough") {
  const std::vector<LearningCurve> others = {
      curve({0.9}, {9, 0.5}), curve({0.9}, {9, 1, 0.5}), {{9, 1}, {{3, 0.9}}}};
  CHECK_FALSE(stops(curve({0.1}).points, {9, 1}, others, 1));
  CHECK(stops(curve({0.1, 0.1, 0.1}).points, {9, 1}, others, 1));
  CHECK(stops(curve({0.1}).points, {27, 0.5}, others, 1));  // whatever its epochs
}

TEST_CASE("a trial that is worse than the median of the others stops early") {
  Train train(nine_epochs({{"early_stopping", "median"}, {"early_stopping_trials", "2"}}));
  const Measurement whole = train.estimate(seed);
  CHECK(whole.curve.size() == 9);
  CHECK(whole.curve.back().value == whole.metrics.at("val_accuracy"));
  CHECK(whole.metrics.at("epochs_trained") == 9);
  CHECK(whole.metrics.size() == train.estimator().metrics().size());
  train.told = {curve({2})};  // better than any accuracy, but not enough trials
  CHECK(train.estimate(seed).curve == whole.curve);
  train.told.push_back(curve({2}));
  const Measurement stopped = train.estimate(seed);
  const double trained = stopped.metrics.at("epochs_trained");
  CHECK(trained == 1);
  CHECK(stopped.status == Measurement::Status::ok);
  CHECK(stopped.metrics.at("val_accuracy") == stopped.curve.back().value);
  CHECK(static_cast<double>(stopped.curve.size()) == trained);
  CHECK(std::ranges::equal(stopped.curve, std::span(whole.curve).first(stopped.curve.size())));
}

TEST_CASE("measuring on the way changes nothing about the training") {
  Train plain(nine_epochs());
  Train watched(nine_epochs({{"early_stopping", "median"}}));
  Metrics metrics = watched.estimate(seed).metrics;
  metrics.erase("epochs_trained");
  CHECK(metrics == plain.estimate(seed).metrics);
}

TEST_CASE("a trial that continues one that was watched has its curve") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "0";
  Train train(nine_epochs({{"early_stopping", "median"}}));
  const Measurement whole = train.estimate(seed);
  train.checkpoints = {{}, file};
  train.estimate(seed, Fidelity{3, 1});
  train.checkpoints = {file, {}};
  train.continued = Fidelity{3, 1};
  const Measurement continued = train.estimate(seed);
  CHECK(continued.curve == whole.curve);
  CHECK(continued.metrics.at("val_accuracy") == whole.metrics.at("val_accuracy"));
  CHECK(continued.metrics.at("epochs_trained") == 9);
}
