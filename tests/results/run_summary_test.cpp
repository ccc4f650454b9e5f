#include "results/run_summary.hpp"

#include <limits>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/base/rejection.hpp"
#include "tests/base/temporary_directory.hpp"
#include "tests/results/child_process.hpp"
#include "tests/results/sample_run.hpp"

namespace nas {
namespace {

using Access = RunDirectory::Access;

Trial measured(std::int64_t id, double accuracy, double macs) {
  Trial trial = sample_trial(id);
  trial.genotype.answers = {static_cast<int>(id)};
  trial.architecture_hash = std::to_string(id);
  trial.metrics = {{"val_accuracy", accuracy}, {"macs", macs}};
  return trial;
}

RunConfig config_for(std::vector<Objective> objectives) {
  RunConfig config = sample_config();
  config.objectives = std::move(objectives);
  return config;
}

const Objective accuracy{.metric = "val_accuracy", .maximise = true};
const Objective macs{.metric = "macs", .maximise = false};

class SummaryFixture {
 protected:
  RunDirectory create(const RunConfig& config) const {
    return RunDirectory::create(path, config, sample_environment());
  }
  /// Trial 1 is the most accurate, 0 and 2 are smaller, 3 is worse than 2 in everything.
  RunDirectory create_with_trials(const RunConfig& config) const {
    RunDirectory run = create(config);
    std::vector<Trial> trials{measured(0, 0.5, 100), measured(1, 0.9, 400), measured(2, 0.7, 200),
                              measured(3, 0.6, 300), sample_trial(4)};
    trials[4].status = TrialStatus::failed;
    trials[4].reason = "diverged";
    trials[4].metrics.clear();
    trials.push_back(trials[0]);
    trials[5].id = 5;
    trials[5].status = TrialStatus::reused;
    trials[5].reused_from = 0;
    run.trials().append(trials);
    return run;
  }

  TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "run";
};

TEST_CASE_METHOD(SummaryFixture, "the summary of a run that has just begun has nothing to show") {
  const RunSummary summary = summarise(create(config_for({accuracy})));
  CHECK(summary.status == RunStatus::running);
  CHECK(summary.trials.empty());
  CHECK_FALSE(summary.best);
  CHECK(summary.pareto.empty());
  CHECK_FALSE(summary.final);
  const nlohmann::json json = to_json(summary);
  CHECK(json.at("best").is_null());
  CHECK(json.at("final").is_null());
  CHECK(json.at("trials") == nlohmann::json::array());
}

TEST_CASE_METHOD(SummaryFixture, "the best trial is the best by the first objective") {
  const RunDirectory run = create_with_trials(config_for({accuracy}));
  CHECK(summarise(run).best == 1);
}

TEST_CASE_METHOD(SummaryFixture, "trials are counted by status") {
  const RunSummary summary = summarise(create_with_trials(config_for({accuracy})));
  CHECK(summary.ok == 4);
  CHECK(summary.failed == 1);
  CHECK(summary.reused == 1);
}

TEST_CASE_METHOD(SummaryFixture, "one objective is weighed against MACs") {
  const RunSummary summary = summarise(create_with_trials(config_for({accuracy})));
  CHECK(summary.pareto_objectives == std::vector<Objective>{accuracy, macs});
  REQUIRE(summary.pareto.size() >= 3);
  CHECK(summary.pareto[0] == 1);
  CHECK(summary.pareto[1] == 2);
  CHECK(summary.pareto[2] == 0);
  CHECK(to_json(summary).at("pareto_objectives") == nlohmann::json{"val_accuracy:max", "macs:min"});
}

TEST_CASE_METHOD(SummaryFixture, "several objectives are weighed against each other alone") {
  const std::vector<Objective> objectives{macs, accuracy};
  CHECK(summarise(create_with_trials(config_for(objectives))).pareto_objectives == objectives);
}

TEST_CASE_METHOD(SummaryFixture, "MACs as the only objective are weighed against nothing") {
  const RunSummary summary = summarise(create_with_trials(config_for({macs})));
  CHECK(summary.pareto_objectives == std::vector<Objective>{macs});
  CHECK(summary.best == 0);
}

TEST_CASE_METHOD(SummaryFixture, "a run without objectives has no best trial") {
  const RunSummary summary = summarise(create_with_trials(config_for({})));
  CHECK_FALSE(summary.best);
  CHECK(summary.pareto.empty());
}

TEST_CASE_METHOD(SummaryFixture, "the finalist chosen is the best, with mean and deviation") {
  RunDirectory run = create_with_trials(config_for({accuracy}));
  run.trials().append_final({.trial = 1, .repeat = 0, .metrics = {{"test_accuracy", 0.1}}});
  for (int repeat = 0; repeat < 3; ++repeat) {
    run.trials().append_final(
        {.trial = 2, .repeat = repeat, .metrics = {{"test_accuracy", 0.5 + 0.25 * repeat}}});
  }
  CHECK_FALSE(summarise(run).final);
  CHECK(summarise(run).best == 1);
  run.trials().choose_final(2, 1);

  const RunSummary summary = summarise(run);
  REQUIRE(summary.final);
  CHECK(summary.best == 2);
  CHECK(summary.final->trial == 2);
  CHECK(summary.final->repeats == 3);
  CHECK(summary.final->mean == Metrics{{"test_accuracy", 0.75}});
  CHECK(summary.final->deviation == Metrics{{"test_accuracy", 0.25}});
  const nlohmann::json json = to_json(summary).at("final");
  CHECK(json == nlohmann::json{{"trial", 2},
                               {"repeats", 3},
                               {"test_accuracy", 0.75},
                               {"deviation", {{"test_accuracy", 0.25}}}});
}

TEST_CASE_METHOD(SummaryFixture, "one final training has no deviation") {
  RunDirectory run = create_with_trials(config_for({accuracy}));
  run.trials().append_final(
      {.trial = 1, .repeat = 0, .chosen = true, .metrics = {{"test_accuracy", 0.5}}});
  const RunSummary summary = summarise(run);
  REQUIRE(summary.final);
  CHECK(summary.final->repeats == 1);
  CHECK(summary.final->deviation.empty());
  CHECK_FALSE(to_json(summary).at("final").contains("deviation"));
}

TEST_CASE_METHOD(SummaryFixture,
                 "a metric that one repeat alone has gets a mean and no deviation") {
  RunDirectory run = create_with_trials(config_for({accuracy}));
  run.trials().append_final(
      {.trial = 1, .repeat = 0, .chosen = true, .metrics = {{"a", 1}, {"b", 3}}});
  run.trials().append_final({.trial = 1, .repeat = 1, .metrics = {{"a", 2}}});
  const RunSummary summary = summarise(run);
  REQUIRE(summary.final);
  CHECK(summary.final->mean == Metrics{{"a", 1.5}, {"b", 3}});
  CHECK(summary.final->deviation.size() == 1);
}

TEST_CASE_METHOD(SummaryFixture, "a run is running while its process lives, then interrupted") {
  ChildProcess child([&](const auto& reporter) {
    const RunDirectory run = create(config_for({accuracy}));
    reporter.line("running");
    ::pause();
  });
  REQUIRE(child.line() == "running");
  const RunDirectory run = RunDirectory::open(path, Access::read);
  CHECK(summarise(run).status == RunStatus::running);
  CHECK(summarise(run).note.empty());
  child.kill();
  CHECK(summarise(run).status == RunStatus::interrupted);
  CHECK(summarise(run).note == "its process was killed");
  CHECK(to_json(summarise(run)).at("status") == "interrupted");
}

TEST_CASE_METHOD(SummaryFixture, "a run that ended says how and why") {
  const RunStatus status = GENERATE(RunStatus::interrupted, RunStatus::finished, RunStatus::failed);
  {
    RunDirectory run = create(config_for({accuracy}));
    run.trials().set_status(status, "a reason");
    run.trials().add_seconds(12.5);
  }
  const RunSummary summary = summarise(RunDirectory::open(path, Access::read));
  CHECK(summary.status == status);
  CHECK(summary.note == "a reason");
  CHECK(summary.seconds == 12.5);
  const nlohmann::json json = to_json(summary);
  CHECK(json.at("status") == to_string(status));
  CHECK(json.at("note") == "a reason");
  CHECK(json.at("seconds") == 12.5);
}

TEST_CASE_METHOD(SummaryFixture, "the JSON of a run has the fields that scripts rely on") {
  const RunDirectory run = create_with_trials(config_for({accuracy}));
  const nlohmann::json json = nlohmann::json::parse(to_json(summarise(run)).dump());
  CHECK(json.at("schema") == "nas.run");
  CHECK(json.at("version") == 1);
  CHECK(json.at("config") == to_json(run.config()));
  CHECK(json.at("environment") == sample_environment());
  CHECK(json.at("status") == "running");
  CHECK(json.at("best") == nlohmann::json{{"trial", 1},
                                          {"genotype", {1}},
                                          {"metrics", {{"val_accuracy", 0.9}, {"macs", 400}}}});
  CHECK(json.at("pareto").at(0) == 1);
  CHECK(json.at("trials").size() == 6);
}

TEST_CASE("the JSON of a trial has every field, counts as whole numbers") {
  CHECK(to_json(sample_trial(0)).dump() ==
        R"({"architecture":"5f3a0c97d1e2b4864b0e7f6a9c8d1234",)"
        R"("fidelity":{"data_share":0.25,"epochs":2.5,"resolution":1},"genotype":[0,2,1],"id":0,)"
        R"("metrics":{"macs":3100000,"params":81234,"val_accuracy":0.5333333333333333},)"
        R"("seconds":8.125,"seed":18364758544493064720,"status":"ok"})");
}

TEST_CASE("the JSON of a trial says why it failed and where it comes from") {
  Trial trial = sample_trial(3);
  trial.status = TrialStatus::failed;
  trial.reason = "diverged";
  trial.reused_from = 1;
  trial.parent = 0;
  const nlohmann::json json = to_json(trial);
  CHECK(json.at("status") == "failed");
  CHECK(json.at("reason") == "diverged");
  CHECK(json.at("reused_from") == 1);
  CHECK(json.at("parent") == 0);
}

TEST_CASE("numbers in JSON come back to the last bit, and what is no number is null") {
  Trial trial = sample_trial(0);
  trial.metrics = {{"third", 1.0 / 3.0},
                   {"large", 1e300},
                   {"exact", 9007199254740992.0},
                   {"zero", -0.0},
                   {"tiny", 4.9e-324},
                   {"nan", std::numeric_limits<double>::quiet_NaN()},
                   {"inf", std::numeric_limits<double>::infinity()}};
  const auto json = nlohmann::json::parse(to_json(trial).dump()).at("metrics");
  for (const char* name : {"third", "large", "exact", "tiny"}) {
    CHECK(json.at(name).get<double>() == trial.metrics.at(name));
  }
  CHECK(std::signbit(json.at("zero").get<double>()));
  CHECK(json.at("nan").is_null());
  CHECK(json.at("inf").is_null());
}

TEST_CASE_METHOD(SummaryFixture, "a trial that is not there is refused with those that are") {
  const RunSummary none = summarise(create(config_for({accuracy})));
  CHECK(rejection(ErrorKind::usage, [&] { none.trial(0); }) ==
        "there is no trial '0' in '" + path.string() + "': it has none yet");
  RunDirectory run = RunDirectory::open(path, Access::write);
  run.trials().append(sample_trials(2, 3));
  const RunSummary some = summarise(run);
  CHECK(some.trial(4).id == 4);
  CHECK(rejection(ErrorKind::usage, [&] { some.trial(5); }) ==
        "there is no trial '5' in '" + path.string() + "': it has 3, from 2 to 4");
}

}  // namespace
}  // namespace nas
