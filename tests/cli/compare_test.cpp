// Groups of runs compared, by the real program.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/small_table.hpp"
#include "tests/cli/tiny_data.hpp"
#include "tests/cli/two_series.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

/// What `nas show` says is the best value of each run.
std::vector<double> best_values(const fs::path& series) {
  std::vector<double> values;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto run = series / fmt::format("seed-{}", seed);
    values.push_back(nas_program({"show", run.string(), "--json"})
                         .json()
                         .at("best")
                         .at("metrics")
                         .at("val_accuracy"));
  }
  return values;
}

TEST_CASE("compare groups runs by strategy and describes each") {
  const Outcome outcome = nas_program(compare({"--json"}));
  REQUIRE(outcome.code == 0);
  CHECK(outcome.err.empty());
  const nlohmann::json object = outcome.json();
  CHECK(object.at("schema") == "nas.comparison");
  CHECK(object.at("version") == 1);
  REQUIRE(object.at("groups").size() == 2);
  const nlohmann::json& random = object.at("groups")[0];
  CHECK(random.at("group") == "random");
  CHECK(random.at("seeds") == 5);
  const std::vector<double> values = best_values(two_series() / "random");
  double sum = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    sum += values[i];
    CHECK(random.at("runs")[i].at("value") == values[i]);
    CHECK(random.at("runs")[i].at("seed") == i + 1);
    CHECK(random.at("runs")[i].at("trials") == 30);
  }
  CHECK(random.at("mean").get<double>() == Approx(sum / 5));
  std::vector<double> sorted = values;
  std::ranges::sort(sorted);
  CHECK(random.at("median") == sorted[2]);
  CHECK(random.at("regret").get<double>() > 0);
  CHECK(random.at("area").get<double>() < random.at("mean").get<double>());
  CHECK(object.at("area").at("trials") == 30);
  REQUIRE(object.at("pairs").size() == 1);
  const nlohmann::json& pair = object.at("pairs")[0];
  const double difference = pair.at("difference");
  CHECK(difference ==
        Approx(random.at("mean").get<double>() - object.at("groups")[1].at("mean").get<double>()));
  CHECK(pair.at("interval")[0].get<double>() < difference);
  CHECK(pair.at("interval")[1].get<double>() > difference);
  CHECK(pair.at("superiority").get<double>() == Approx(pair.at("u").get<double>() / 25));
  CHECK(pair.at("exact") == true);
}

TEST_CASE("a comparison is the same by series, by runs, by their folder, and for every job") {
  const std::string expected = nas_program(compare({"--json"})).out;
  CHECK(nas_program(compare({"--json", "--jobs", "1"})).out == expected);
  const auto groups = [](const Outcome& outcome) {
    std::map<std::string, nlohmann::json> by_label;
    const nlohmann::json object = outcome.json();
    for (nlohmann::json group : object.at("groups")) {
      group.erase("runs");  // their paths are as given
      by_label[group.at("group")] = group;
    }
    return by_label;
  };
  Words each = {"compare", "--json"};
  for (int seed = 5; seed >= 1; --seed) {
    for (const char* strategy : {"local-search", "random"}) {
      each.push_back((two_series() / strategy / fmt::format("seed-{}", seed)).string());
    }
  }
  each.push_back(each.back());  // twice is once
  const Outcome by_run = nas_program(each);
  CHECK(by_run.code == 0);
  CHECK(by_run.err.empty());
  const Outcome by_folder = nas_program({"compare", two_series().string(), "--json"});
  CHECK(groups(by_run) == groups(by_folder));
  CHECK(groups(by_run) == groups(nas_program(compare({"--json"}))));
}

TEST_CASE("people see tables, documents Markdown, and spreadsheets CSV") {
  const Outcome text = nas_program(compare({}));
  CHECK(contains(text.out, "val_accuracy:max of each run's best trial"));
  CHECK(contains(text.out, "\ngroup         seeds      val_accuracy"));
  CHECK(contains(text.out, "Holm's correction is for 1 pair"));
  const Outcome markdown = nas_program(compare({"--markdown"}));
  CHECK(contains(markdown.out, "| group | seeds | val_accuracy |"));
  CHECK(contains(markdown.out, "| --- | ---: | ---: |"));
  const Outcome csv = nas_program(compare({"--csv", "--baseline", "random"}));
  CHECK(
      csv.out.starts_with("group,seeds,mean,deviation,median,regret,area,hypervolume,difference,"
                          "low,high,superiority,statistic,p_value,corrected\r\nrandom,5,0."));
  CHECK(std::ranges::count(csv.out, '\n') == 3);
  const Outcome narrow = nas_program(compare({}), {.terminal = 60});
  for (std::size_t begin = 0; begin < narrow.out.size();) {
    const std::size_t end = std::min(narrow.out.find('\n', begin), narrow.out.size());
    std::size_t width = 0;
    for (const char c : narrow.out.substr(begin, end - begin)) {
      width += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U && c != '\r' ? 1 : 0;
    }
    CHECK(width <= 60);
    begin = end + 1;
  }
  check_rejected(compare({"--markdown", "--csv"}), 2, "exclude each other");
}

TEST_CASE("runs are compared after so many trials, with a target and paired seeds") {
  const nlohmann::json object =
      nas_program(compare({"--at", "10", "--target", "0.7", "--paired", "--json"})).json();
  CHECK(object.at("at").at("trials") == 10);
  CHECK(object.at("pairs")[0].at("seeds") == 5);
  CHECK(object.at("pairs")[0].contains("w_plus"));
  for (const nlohmann::json& group : object.at("groups")) {
    std::int64_t reached = 0;
    for (const nlohmann::json& run : group.at("runs")) {
      CHECK(run.at("trials") == 10);
      const bool is_there = run.at("value").get<double>() >= 0.7;
      CHECK(run.at("trials_to_target").is_null() == !is_there);
      reached += is_there ? 1 : 0;
    }
    CHECK(group.at("reached") == reached);
  }
  const nlohmann::json by_time = nas_program(compare({"--at", "1h", "--json"})).json();
  CHECK(by_time.at("at").at("time") == 3600);
  CHECK(by_time.at("groups")[0].at("runs")[0].at("trials") == 30);
  const nlohmann::json by_cost =
      nas_program(compare({"--at", "810s", "--clock", "cost", "--json"})).json();
  CHECK(by_cost.at("groups")[0].at("runs")[0].at("trials") == 10);  // 81 epochs each
  for (const char* text : {"0", "-3", "x", "5.5", "s"}) {
    check_rejected(compare({"--at", text}), 2, "--at '");
  }
}

TEST_CASE("an assertion that holds is silent, and one that does not ends with 7") {
  const std::vector<double> random = best_values(two_series() / "random");
  const Outcome comparison = nas_program(compare({"--json"}));
  const bool random_wins = comparison.json().at("pairs")[0].at("difference").get<double>() > 0;
  const std::string better = random_wins ? "random" : "local-search";
  const std::string worse = random_wins ? "local-search" : "random";
  // At a level of almost one whoever is ahead is better, and the other is not.
  const Outcome holds = nas_program(compare({"--assert", better + " > " + worse + " @ 0.9"}));
  CHECK(holds.code == 0);
  CHECK(holds.err.empty());
  CHECK(contains(holds.out, "yes"));
  const Outcome fails =
      nas_program(compare({"--assert", worse + " > " + better + " @ 0.05", "--json"}));
  CHECK(fails.code == 7);
  CHECK(contains(fails.err, "does not hold: p is "));
  CHECK(fails.json().at("assertions")[0].at("holds") == false);
  CHECK(fails.json().at("assertions")[0].at("p_value").get<double>() > 0.05);
}

TEST_CASE("an assertion that no outcome could fulfil ends with 2 and the seeds that it takes") {
  check_rejected(compare({"--assert", "random > local-search @ 0.001"}), 2,
                 "with 5 and 5 seeds the least p-value is 0.00397; it takes 7 seeds of each group");
  check_rejected(compare({"--assert", "random > local-search @ 0.005", "--assert",
                          "local-search > random @ 0.005"}),
                 2, "corrected for 2 assertions");
  check_rejected(compare({"--assert", "random local-search"}), 2, "cannot read the assertion");
  check_rejected(compare({"--assert", "random > tpe"}), 2,
                 "there is no group 'tpe'; the groups are 'random', 'local-search'");
  check_rejected(compare({"--baseline", "evolution"}), 2, "there is no group 'evolution'");
}

TEST_CASE("what cannot be compared is refused with what differs, unless forced") {
  const TemporaryDirectory directory;
  const fs::path other = directory.path() / "other";
  REQUIRE(nas_program(landscape_run(other, "random", {"--set", "synthetic.epochs=27"})).code == 0);
  check_rejected(compare({other.string()}), 3,
                 "they differ in what is measured: fidelity: synthetic.epochs is '27' in '");
  const Outcome forced = nas_program(compare({other.string(), "--force", "--json"}));
  CHECK(forced.code == 0);
  CHECK(contains(forced.err, "warning: the runs differ in what is measured"));
  CHECK(forced.json().at("groups").size() == 3);
  CHECK(forced.json().at("groups")[2].at("group") == "random synthetic.epochs=27");
}

TEST_CASE("groups of one strategy are told apart by what they were set to") {
  const TemporaryDirectory directory;
  Words words = {"compare", "--json"};
  for (const char* size : {"5", "10"}) {
    words.push_back((directory.path() / size).string());
    REQUIRE(nas_program(landscape_run(words.back(), "evolution",
                                      {"--set", std::string("evolution.population=") + size}))
                .code == 0);
  }
  const nlohmann::json groups = nas_program(words).json().at("groups");
  CHECK(groups[0].at("group") == "evolution population=5");
  CHECK(groups[1].at("group") == "evolution population=10");
  words.insert(words.end(), {"--assert", "population=10 > population=5 @ 0.99999"});
  CHECK(nas_program(words).json().at("assertions")[0].at("better") == "evolution population=10");
}

struct Searched {
  TemporaryDirectory directory;
  fs::path table = directory.write("t.csv", small_table());
  fs::path out = directory.path() / "series";
};

TEST_CASE("a table's optimum gives the regret, of a column that was not searched by too") {
  const Searched there;
  REQUIRE(
      nas_program(table_run(there.table, there.out, {"--trials", "4", "--seeds", "0-3", "--quiet"}))
          .code == 0);
  const nlohmann::json object =
      nas_program({"compare", there.out.string(), "--metric", "test", "--json"}).json();
  CHECK(object.at("metric").at("name") == "test");
  CHECK(object.at("metric").at("direction") == "max");
  CHECK(object.at("optimum") == 0.9);
  const nlohmann::json& run = object.at("groups")[0].at("runs")[0];
  CHECK(run.at("regret").get<double>() == Approx(0.9 - run.at("value").get<double>()));
  const nlohmann::json given =
      nas_program({"compare", there.out.string(), "--optimum", "1", "--json"}).json();
  CHECK(given.at("groups")[0].at("regret").get<double>() ==
        Approx(1 - given.at("groups")[0].at("mean").get<double>()));
  std::ofstream(there.table, std::ios::app) << "99,9,9,9\n";
  const Outcome changed = nas_program({"compare", there.out.string(), "--json"});
  CHECK(changed.code == 0);
  CHECK(contains(changed.err, "has changed since"));
  CHECK(changed.json().at("groups")[0].at("regret").is_null());
}

TEST_CASE("of several rows of a table the optimum is what a trial could have had") {
  const TemporaryDirectory directory;
  const fs::path table = directory.write(
      "t.csv", "code,seed,val\n00,1,0.9\n00,2,0.1\n01,1,0.6\n01,2,0.7\n10,1,0.2\n11,3,0.99\n");
  const auto optimum = [&](const std::string& repeats, const Words& more) {
    const fs::path out = directory.path() / ("runs-" + repeats + std::to_string(more.size()));
    Words words = {"run",
                   "--space",
                   "table:" + table.string(),
                   "--estimator",
                   "table",
                   "--strategy",
                   "random",
                   "--set",
                   "table.objective=val",
                   "--set",
                   "table.repeats=" + repeats,
                   "--set",
                   "table.where=seed<3",
                   "--trials",
                   "3",
                   "--quiet",
                   "--seeds",
                   "0-1",
                   "--out",
                   out.string()};
    words.insert(words.end(), more.begin(), more.end());
    // 11 has no row that counts: a trial of it fails.
    const int code = nas_program(words).code;
    REQUIRE((code == 0 || code == 5));
    return nas_program({"compare", out.string(), "--json"}).json().at("optimum").get<double>();
  };
  CHECK(optimum("mean", {}) == Approx(0.65));
  CHECK(optimum("first", {}) == Approx(0.9));
  CHECK(optimum("draw", {}) == Approx(0.9));
  CHECK(optimum("mean", {"--objective", "val:min"}) == Approx(0.2));
}

TEST_CASE("groups of different effort, and seeds without a partner, are told") {
  const TemporaryDirectory directory;
  const fs::path more = directory.path() / "more";
  REQUIRE(nas_program(landscape_run(more, "evolution", {}, "40")).code == 0);
  const Outcome outcome = nas_program(compare({more.string(), "--json"}));
  CHECK(outcome.code == 0);
  const std::string note =
      "the groups were given different effort: trials is 30 in 'random trials=30', "
      "40 in 'evolution trials=40'";
  CHECK(contains(outcome.err, note));
  CHECK(contains(outcome.json().at("notes")[0].get<std::string>(), note));
  CHECK_FALSE(contains(nas_program(compare({more.string(), "--at", "30"})).err, "effort"));
  const Outcome short_runs = nas_program(compare({more.string(), "--at", "35"}));
  CHECK(contains(short_runs.err, "and 7 more have fewer than 35 trials"));
  const Outcome unmatched =
      nas_program({"compare", (two_series() / "random").string(),
                   (two_series() / "local-search" / "seed-2").string(),
                   (two_series() / "local-search" / "seed-3").string(), "--paired", "--json"});
  CHECK(contains(unmatched.err, "3 seeds are not in every group"));
  CHECK(unmatched.json().at("pairs")[0].at("seeds") == 2);
}

TEST_CASE("the metrics of a final training are compared") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "runs";
  const fs::path data = write_tiny_data(directory);
  REQUIRE(nas_program({"run", "--data", data.string(), "--out", out.string(), "--trials", "2",
                       "--set", "train.batch_size=16", "--set", "mbconv.max_depth=1",
                       "--final-epochs", "1", "--seeds", "1-2", "--quiet"})
              .code == 0);
  const Outcome outcome =
      nas_program({"compare", out.string(), "--metric", "test_accuracy", "--json"});
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("metric").at("of") == "final training");
  for (const nlohmann::json& run : object.at("groups")[0].at("runs")) {
    const Outcome shown = nas_program({"show", run.at("run").get<std::string>(), "--json"});
    CHECK(run.at("value") == shown.json().at("final").at("test_accuracy"));
  }
}

TEST_CASE("a series without run directories is compared by its best trials") {
  const Searched there;
  const fs::path full = there.directory.path() / "full";
  const Words common = {"--trials", "4", "--seeds", "0-5", "--quiet"};
  REQUIRE(nas_program(table_run(there.table, full, common)).code == 0);
  Words summary = common;
  summary.emplace_back("--summary-only");
  REQUIRE(nas_program(table_run(there.table, there.out, summary)).code == 0);
  const auto mean = [](const fs::path& series) {
    const Outcome outcome = nas_program({"compare", series.string(), "--json"});
    CHECK(outcome.code == 0);
    return outcome.json().at("groups")[0].at("mean");
  };
  CHECK(mean(full) == mean(there.out));
  const Outcome both = nas_program({"compare", full.string(), there.out.string(), "--json"});
  CHECK(both.code == 0);
  CHECK(contains(both.err, "counted once"));
  CHECK(both.json().at("groups")[0].at("seeds") == 6);
  check_rejected({"compare", there.out.string(), "--at", "2"}, 3,
                 "of 'seed-0' in '" + there.out.string() + "' the best trial alone is known");
  CHECK(nas_program({"compare", there.out.string(), "--at", "4"}).code == 0);
  const fs::path file = there.out / "series.json";
  nlohmann::json series = nlohmann::json::parse(std::ifstream(file));
  const auto rewrite = [&](const char* field, const nlohmann::json& value) {
    nlohmann::json changed = series;
    changed[field] = value;
    std::ofstream(file) << changed;
  };
  rewrite("runs", nlohmann::json::array());
  check_rejected({"compare", there.out.string()}, 3, "' has no finished run yet");
  rewrite("version", 2);
  check_rejected({"compare", there.out.string()}, 8, "series.json' has format version '2'");
  rewrite("config", nlohmann::json::object());
  check_rejected({"compare", there.out.string()}, 8, "series.json': field 'config.strategy'");
}

TEST_CASE("several objectives have a hypervolume, from a corner that is stated") {
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "runs";
  REQUIRE(nas_program(landscape_run(out, "random",
                                    {"--objective", "val_accuracy", "--objective", "cost:min"}))
              .code == 0);
  const Outcome outcome = nas_program({"compare", out.string(), "--reference", "cost=100",
                                       "--reference", "val_accuracy=0.1", "--json"});
  REQUIRE(outcome.code == 0);
  const nlohmann::json object = outcome.json();
  CHECK(object.at("reference").at("cost") == 100);
  const nlohmann::json& run = object.at("groups")[0].at("runs")[0];
  // Every trial costs 81, so that the front is the best trial alone.
  CHECK(run.at("hypervolume").get<double>() ==
        Approx((run.at("value").get<double>() - 0.1) * (100 - 81)));
  const Outcome by_volume = nas_program(
      {"compare", out.string(), "--metric", "hypervolume", "--reference", "cost=100", "--json"});
  CHECK(by_volume.json().at("metric").at("of") == "hypervolume");
  check_rejected({"compare", out.string(), "--reference", "coste=1"}, 3, "did you mean 'cost'?");
  check_rejected({"compare", out.string(), "--reference", "cost"}, 2, "must be METRIC=VALUE");
}

TEST_CASE("the README's script runs two strategies over five seeds, compares and reports them") {
  const TemporaryDirectory directory;
  const std::string script = readme_script("Two strategies over five seeds");
  REQUIRE(contains(script, "nas compare"));
  const Surroundings place = {.environment = {{"NAS_ESTIMATOR", "synthetic"},
                                              {"NAS_SPACE", "nasbench201"},
                                              {"NAS_QUIET", "true"}},
                              .directory = directory.path(),
                              .program = "/bin/sh"};
  const Outcome outcome = nas_program({"-c", script}, place);
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "compare.html ("));
  CHECK(fs::file_size(directory.path() / "compare.html") > 200'000);  // the chart library alone
  CHECK(fs::exists(directory.path() / "compare" / "evolution" / "seed-5" / "run.json"));
  CHECK(contains(outcome.out, "\nrandom         5  "));
  CHECK(contains(outcome.out, "\nevolution > random @ 0.05"));
}

}  // namespace
}  // namespace nas
