// When a run will end.

#include "cli/time_left.hpp"

#include <vector>

#include <catch2/catch.hpp>

namespace nas::cli {
namespace {

using Running = SearchJournal::Running;

Trial trained(double seconds, double macs) {
  Trial trial;
  trial.fidelity = {.epochs = 2, .data_share = 0.25};
  trial.seconds = seconds;
  trial.metrics = {{"macs", macs}};
  return trial;
}

TEST_CASE("nothing is said of the search before a trial's worth of work is done") {
  const RunConfig config;
  const TimeLeft time(config, 2);
  const std::vector<Running> running = {{0, 0.6}, {1, 0.3}};
  CHECK_FALSE(time.of_search({.elapsed = 9, .finished = 0, .left = 10, .running = running}));
  const std::vector<Running> later = {{0, 0.6}, {1, 0.4}};
  // One trial's worth in 10 s, 9 more to go.
  CHECK(time.of_search({.elapsed = 10, .finished = 0, .left = 10, .running = later}) == 90);
}

TEST_CASE("stored trials of an earlier session do not count as work of this one") {
  const RunConfig config;
  TimeLeft time(config, 2);
  for (int i = 0; i < 140; ++i) time.add(trained(1, 1e6));
  CHECK_FALSE(time.of_search({.elapsed = 0.1, .finished = 0, .left = 360, .running = {}}));
  CHECK(time.of_search({.elapsed = 4, .finished = 8, .left = 352, .running = {}}) == 176);
}

TEST_CASE("the last trial takes as long as trials take, not as long as the pace of several says") {
  const RunConfig config;
  TimeLeft time(config, 2);
  for (int i = 0; i < 6; ++i) time.add(trained(10, 1e6));
  const std::vector<Running> last = {{6, 0.25}};
  CHECK(time.of_search({.elapsed = 30, .finished = 6, .left = 1, .running = last}) == 7.5);
}

TEST_CASE("the final training is foretold from the seconds that trials took for their MACs") {
  RunConfig config;
  config.final_epochs = 10;
  config.final_shards = 4;
  config.finalists = 3;
  config.final_seeds = 2;
  TimeLeft time(config, 2);
  CHECK_FALSE(time.of_final_training(trained(0, 4e6)));
  time.add(trained(1, 2e6));  // half an epoch of all data: 1e6 MACs of one sample a second
  time.add(trained(3, 6e6));
  // Six trainings of 10 epochs at 4e6, on two processors.
  CHECK(time.of_final_training(trained(0, 4e6)) == Approx(120));
}

TEST_CASE("trials that were reused or have failed tell nothing of the time") {
  RunConfig config;
  config.final_epochs = 10;
  TimeLeft time(config, 2);
  for (const TrialStatus status : {TrialStatus::reused, TrialStatus::failed}) {
    Trial trial = trained(5, 1e6);
    trial.status = status;
    time.add(trial);
  }
  CHECK_FALSE(time.of_final_training(trained(0, 4e6)));
}

TEST_CASE("an estimator that trains nothing tells nothing of a final training") {
  RunConfig config;
  TimeLeft time(config, 2);
  Trial untrained = trained(1, 1e6);
  untrained.fidelity.epochs = 0;
  time.add(untrained);
  CHECK_FALSE(time.of_final_training(untrained));
}

}  // namespace
}  // namespace nas::cli
