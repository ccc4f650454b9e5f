// Many seeds in one process.

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/base/file_content.hpp"
#include "tests/cli/rejected.hpp"
#include "tests/cli/small_table.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

struct SeriesPlace {
  TemporaryDirectory directory;
  fs::path table = directory.write("t.csv", small_table());
  fs::path out = directory.path() / "series";

  Words words(const Words& more) const {
    Words all = table_run(table, out, {"--budget", "cost=60", "--quiet"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_CASE("a series has the runs that each seed has by itself") {
  const SeriesPlace place;
  const std::string jobs = GENERATE("1", "4");
  const Outcome series = nas_program(place.words({"--seeds", "3-7", "--jobs", jobs, "--json"}));
  REQUIRE(series.code == 0);
  const nlohmann::json object = series.json();
  CHECK(object.at("schema") == "nas.series");
  CHECK(object.at("status") == "finished");
  REQUIRE(object.at("runs").size() == 5);
  for (int seed = 3; seed <= 7; ++seed) {
    const fs::path alone = place.directory.path() / fmt::format("alone-{}-{}", seed, jobs);
    const Outcome single = nas_program(table_run(
        place.table, alone, {"--budget", "cost=60", "--seed", std::to_string(seed), "--json"}));
    REQUIRE(single.code == 0);
    CHECK(trials_of(alone) == trials_of(place.out / fmt::format("seed-{}", seed)));
    const nlohmann::json& run = object.at("runs")[static_cast<std::size_t>(seed - 3)];
    CHECK(run.at("seed") == seed);
    CHECK(run.at("trials") == single.json().at("trials").size());
    CHECK(run.at("best").at("trial") == single.json().at("best").at("trial"));
    CHECK(run.at("best").at("metrics").at("test") ==
          single.json().at("best").at("metrics").at("test"));
  }
}

TEST_CASE("the summary of a series has means and deviations of the best trials") {
  const SeriesPlace place;
  const Outcome series = nas_program(place.words({"--seeds", "0-19", "--summary-only", "--json"}));
  REQUIRE(series.code == 0);
  const nlohmann::json object = series.json();
  double sum = 0;
  for (const nlohmann::json& run : object.at("runs")) {
    sum += run.at("best").at("metrics").at("test").get<double>();
  }
  const double mean = sum / 20;
  double squares = 0;
  for (const nlohmann::json& run : object.at("runs")) {
    const double off = run.at("best").at("metrics").at("test").get<double>() - mean;
    squares += off * off;
  }
  const nlohmann::json& summary = object.at("metrics").at("test");
  CHECK(summary.at("mean").get<double>() == Approx(mean));
  CHECK(summary.at("deviation").get<double>() == Approx(std::sqrt(squares / 19)));
  CHECK(summary.at("runs") == 20);
  CHECK(object.at("metrics").contains("trials"));
  CHECK_FALSE(fs::exists(place.out / "seed-0"));
}

TEST_CASE("a series leaves a row for each run, and what it has printed") {
  const SeriesPlace place;
  const Outcome series = nas_program(place.words({"--seeds", "0-3", "--summary-only", "--json"}));
  REQUIRE(series.code == 0);
  CHECK(nlohmann::json::parse(file_content(place.out / "series.json")) == series.json());
  const std::string csv = file_content(place.out / "summary.csv");
  CHECK(csv.starts_with("seed,trials,failed,best,cost,seconds,test,val,genotype\r\n0,"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 5);
}

TEST_CASE("a series is the same with directories and without, and for every number of jobs") {
  const SeriesPlace place;
  SeriesPlace other;
  const Outcome with = nas_program(place.words({"--seeds", "0-9", "--jobs", "4", "--csv"}));
  Words words = table_run(place.table, other.out, {"--budget", "cost=60", "--quiet"});
  words.insert(words.end(), {"--seeds", "0-9", "--jobs", "1", "--summary-only", "--csv"});
  const Outcome without = nas_program(words);
  REQUIRE(with.code == 0);
  CHECK(with.out == without.out);
  CHECK(file_content(place.out / "summary.csv") == file_content(other.out / "summary.csv"));
}

TEST_CASE("people see means and deviations") {
  const SeriesPlace place;
  const Outcome series = nas_program(place.words({"--seeds", "0-9", "--summary-only"}));
  CHECK(contains(series.out, "10 runs, seeds 0 to 9; of the best trial of each, by val:max"));
  CHECK(contains(series.out, "± "));
  CHECK(series.err.empty());
}

TEST_CASE("a series that is done is not done again, and an extended one is another") {
  const SeriesPlace place;
  REQUIRE(nas_program(place.words({"--seeds", "0-3"})).code == 0);
  const auto time = fs::last_write_time(place.out / "seed-2" / "trials.sqlite");
  const Outcome again = nas_program(place.words({"--seeds", "0-3", "--json"}));
  CHECK(again.code == 0);
  CHECK(again.json().at("runs").size() == 4);
  CHECK(fs::last_write_time(place.out / "seed-2" / "trials.sqlite") == time);
  check_rejected(place.words({"--seeds", "0-4"}), 8, "holds another series: its 'seeds' is");
  check_rejected(place.words({"--seeds", "0-3", "--budget", "cost=70"}), 8,
                 "holds another series: its 'config' is");
  check_rejected(place.words({"--seeds", "0-3", "--summary-only"}), 8,
                 "holds another series: its 'summary_only' is");
}

TEST_CASE("a series of summaries alone is not done into its directory again") {
  const SeriesPlace place;
  REQUIRE(nas_program(place.words({"--seeds", "0-3", "--summary-only"})).code == 0);
  check_rejected(place.words({"--seeds", "0-3", "--summary-only"}), 8, "cannot be resumed");
  const fs::path file = place.directory.write("full/notes.txt", "x");
  Words words = table_run(place.table, file.parent_path(), {"--seeds", "0-3"});
  check_rejected(words, 8, "is not empty (it holds 'notes.txt')");
}

/// Runs of the constant estimator, of 20 trials of some 50 ms.
Words slow_series(const fs::path& out) {
  return constant_run(
      out, {"--trials", "20", "--set", "constant.sleep_ms=50", "--set", "constant.noise=0.1",
            "--window", "2", "--jobs", "2", "--seeds", "0-5", "--final-epochs", "0"});
}

TEST_CASE("an interrupted series goes on, and ends as an uninterrupted one") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "series";
  {
    Program program(slow_series(out));
    REQUIRE(program.wait_for_message("6 runs of one configuration"));
    REQUIRE(wait_for_trials(out / "seed-0", 3));
    program.signal(SIGINT);
    const Outcome outcome = program.wait();
    CHECK(outcome.code == 130);
    CHECK(contains(outcome.err, "nas: stopping after the running trials"));
    CHECK(contains(outcome.err, " of 6 runs; the same command with --out "));
    CHECK(outcome.out.empty());
  }
  Words resumed = slow_series(out);
  resumed.emplace_back("--csv");
  const Outcome second = nas_program(resumed);
  REQUIRE(second.code == 0);
  Words whole = slow_series(directory.path() / "whole");
  whole.emplace_back("--csv");
  CHECK(nas_program(whole).out == second.out);
  for (int seed = 0; seed < 6; ++seed) {
    const std::string name = fmt::format("seed-{}", seed);
    CHECK(trials_of(out / name) == trials_of(directory.path() / "whole" / name));
  }
}

TEST_CASE("an interrupted series of summaries keeps the runs that have finished") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "series";
  Words words = slow_series(out);
  words.emplace_back("--summary-only");
  Program program(words);
  REQUIRE(program.wait_for_message("1/6 runs done"));
  program.signal(SIGTERM);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 143);
  CHECK(contains(outcome.err, "summary.csv' has these"));
  const auto series = nlohmann::json::parse(file_content(out / "series.json"));
  CHECK(series.at("status") == "interrupted");
  CHECK(series.at("runs").size() >= 1);
  CHECK(series.at("runs").size() < 6);
}

TEST_CASE("a series in which trials fail says so by its exit code") {
  const SeriesPlace place;
  const Outcome outcome = nas_program(
      place.words({"--seeds", "0-3", "--summary-only", "--set", "table.where=val<0.5", "--json"}));
  CHECK(outcome.code == 5);
  CHECK(contains(outcome.err, "some trials failed"));
  const nlohmann::json runs = outcome.json().at("runs");
  CHECK(std::ranges::any_of(runs, [](const nlohmann::json& run) { return run.at("failed") > 0; }));
}

TEST_CASE("a series in which a run cannot go on fails as that run does") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "series";
  check_rejected(constant_run(out, {"--seeds", "0-2", "--trials", "5", "--max", "macs=1"}), 6,
                 "seed 0: ");
}

TEST_CASE("the plan of a series says how many runs there are") {
  const SeriesPlace place;
  const Outcome plan = nas_program(place.words({"--seeds", "0-9", "--dry-run", "--json"}));
  REQUIRE(plan.code == 0);
  CHECK(plan.json().at("seeds") == nlohmann::json{{"first", 0}, {"last", 9}});
  CHECK(contains(nas_program(place.words({"--seeds", "0-9", "--dry-run"})).out, "seeds 0 to 9"));
}

TEST_CASE("what makes no sense beside --seeds is a usage error") {
  const SeriesPlace place;
  for (const std::string seeds : {"", "5", "a-b", "5-3", "0-", "-3", "0-1000000", "1-2-3"}) {
    INFO("--seeds " << seeds);
    CHECK(nas_program(place.words({"--seeds=" + seeds})).code == 2);
  }
  check_rejected(place.words({"--seeds", "5-3"}), 2, "such as 0-499");
  check_rejected(place.words({"--seeds", "0-3", "--seed", "1"}), 2, "exclude each other");
  check_rejected(place.words({"--seeds", "0-3", "--async"}), 2, "--async");
  check_rejected(place.words({"--seeds", "0-3", "--time-limit", "5s"}), 2, "--time-limit");
  check_rejected(place.words({"--summary-only"}), 2, "it goes with --seeds");
  CHECK_FALSE(fs::exists(place.out));
}

}  // namespace
}  // namespace nas
