// Runs on tables of measurements, and the budgets that end them.

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/cli/rejected.hpp"
#include "tests/cli/small_table.hpp"

namespace nas {
namespace {

namespace fs = std::filesystem;

struct TablePlace {
  TemporaryDirectory directory;
  fs::path table = directory.write("t.csv", small_table());
  fs::path run = directory.path() / "run";
};

TEST_CASE("a budget ends a run when what its trials cost reaches it") {
  const TablePlace place;
  const Outcome outcome =
      nas_program(table_run(place.table, place.run, {"--budget", "cost=100", "--json"}));
  REQUIRE(outcome.code == 0);
  const nlohmann::json run = outcome.json();
  CHECK(run.at("status") == "finished");
  CHECK(contains(run.at("note"), "the budget is spent after "));
  CHECK(run.at("config").at("budgets") == nlohmann::json{{{"metric", "cost"}, {"total", 100.0}}});
  CHECK(run.at("config").at("trials") == 0);
  double spent = 0;
  for (const nlohmann::json& trial : run.at("trials")) {
    CHECK(spent < 100);
    spent += trial.at("metrics").at("cost").get<double>();
  }
  CHECK(spent >= 100);
  CHECK(run.at("spent").at("cost") == spent);
  CHECK(run.at("trials")[0].at("metrics").contains("test"));
  CHECK(run.at("trials")[0].at("architecture") == "");
  CHECK_FALSE(run.at("trials")[0].at("metrics").contains("macs"));
}

TEST_CASE("the summary and the plan say what the budget is") {
  const TablePlace place;
  const Words budget = {"--budget", "cost=100"};
  const Outcome plan =
      nas_program(table_run(place.table, place.run, {"--budget", "cost=100", "--dry-run"}));
  CHECK(plan.code == 0);
  CHECK(contains(plan.out, "until the budget is spent"));
  CHECK(contains(plan.out, "cost: 100"));
  CHECK_FALSE(fs::exists(place.run));
  const Outcome outcome = nas_program(table_run(place.table, place.run, budget));
  REQUIRE(outcome.code == 0);
  CHECK(contains(outcome.out, "cost: 100, 1"));
  CHECK(contains(outcome.out, " spent"));
  CHECK_FALSE(contains(outcome.out, "macs <="));
}

TEST_CASE("a run with a budget does not depend on the number of jobs") {
  const TablePlace place;
  const fs::path other = place.directory.path() / "other";
  const auto run = [&](const fs::path& out, const std::string& jobs) {
    Words words = table_run(place.table, out, {"--budget", "cost=300", "--jobs", jobs});
    *(std::ranges::find(words, "--window") + 1) = "8";
    return nas_program(words).code;
  };
  REQUIRE(run(place.run, "1") == 0);
  REQUIRE(run(other, "4") == 0);
  CHECK(trials_of(place.run) == trials_of(other));
}

TEST_CASE("every proposal is a query of the table") {
  const TablePlace place;
  REQUIRE(nas_program(table_run(place.table, place.run, {"--trials", "40"})).code == 0);
  const nlohmann::json trials = trials_of(place.run);
  REQUIRE(trials.size() == 40);
  for (const nlohmann::json& trial : trials) CHECK(trial.at("status") == "ok");
}

TEST_CASE("a trial of codes is shown, and measured again") {
  const TablePlace place;
  REQUIRE(nas_program(table_run(place.table, place.run, {"--trials", "30"})).code == 0);
  const Outcome shown = nas_program({"show", place.run.string(), "3"});
  CHECK(shown.code == 0);
  CHECK(contains(shown.out, "place1"));
  const auto json = nas_program({"show", place.run.string(), "3", "--json"}).json();
  CHECK_FALSE(json.contains("architecture"));
  const Outcome again = nas_program({"eval", place.run.string(), "--json"});
  REQUIRE(again.code == 0);
  CHECK(again.json().at("metrics").at("val") == 0.95);
  CHECK(again.json().at("metrics").at("test") == 0.9);
}

TEST_CASE("a genotype without a row is a failed trial, and the run goes on") {
  const TablePlace place;
  const Outcome outcome = nas_program(
      table_run(place.table, place.run, {"--trials", "40", "--set", "table.where=val<0.5"}));
  CHECK(outcome.code == 5);
  CHECK(contains(outcome.out, "Best architecture: trial "));
  std::size_t failed = 0;
  for (const nlohmann::json& trial : trials_of(place.run)) {
    if (trial.at("status") != "failed") continue;
    ++failed;
    CHECK(contains(trial.at("reason"), "is not in '"));
  }
  CHECK(failed > 0);
  CHECK(failed < 40);
}

TEST_CASE("trials that spend nothing do not go on for ever") {
  const TablePlace place;
  const fs::path free = place.directory.write("free.csv", "code,val,seconds\n0,1,0\n1,2,0\n");
  const Outcome end = nas_program(table_run(free, place.run, {"--budget", "cost=100"}));
  CHECK(end.code == 0);
  CHECK(contains(end.out, "the last of 1000 trials have spent nothing of the budget"));
}

TEST_CASE("NAS-Bench-201 is searched by its codes, with costs where somebody asks for them") {
  const TemporaryDirectory directory;
  std::string text = "code,val\n";
  for (int code = 0; code < 625; ++code) {
    text += fmt::format("{}{}{}{}00,{}\n", code / 125, code / 25 % 5, code / 5 % 5, code % 5, code);
  }
  const fs::path table = directory.write("t.csv", text);
  const Words words = {"--estimator", "table",
                       "--space",     "nasbench201",
                       "--set",       "table.file=" + table.string(),
                       "--set",       "table.objective=val",
                       "--quiet",     "--trials",
                       "12",          "--json",
                       "--out",       (directory.path() / "run").string()};
  Words plain = {"run"};
  plain.insert(plain.end(), words.begin(), words.end());
  const Outcome without = nas_program(plain);
  CHECK((without.code == 0 || without.code == 5));
  CHECK(without.json().at("config").at("limits").empty());
  Words limited = plain;
  limited.back() = (directory.path() / "limited").string();
  limited.insert(limited.end(), {"--max", "macs=1G"});
  const Outcome with = nas_program(limited);
  CHECK(with.json().at("trials")[0].at("metrics").contains("macs"));
  CHECK(fs::exists(directory.path() / "limited" / "best" / "architecture.json") ==
        (with.json().at("best") != nullptr));
}

TEST_CASE("malformed tables, and options that do not suit, are told with their lines") {
  const TablePlace place;
  const auto rejected = [&](const std::string& content, const std::string& message,
                            const Words& more = {}) {
    const fs::path table = place.directory.write("bad.csv", content);
    check_rejected(table_run(table, place.run, more), 3, message);
    CHECK_FALSE(fs::exists(place.run));
  };
  rejected("code,val,seconds\n00,1,2\n01,x,3\n", "line 3: 'val' is 'x'");
  rejected("code,val,seconds\n00,1,2\n01,3\n", "line 3: 2 cells, and the header names 3 columns");
  rejected("code,val,seconds\n00,1,2\n00,3,4\n", "line 3: the key '00' is that of line 2 too");
  rejected("code,val,seconds\n00,1,2\n0,3,4\n", "line 3: the code '0' has 1 token");
  rejected("code,val,seconds\n00,1,2\n", "unknown metric 'test' as objective",
           {"--objective", "test"});
  rejected("code,val,seconds\n00,1,2\n", "unknown metric 'price' as budget",
           {"--budget", "price=3"});
  rejected("code,val,seconds\n00,1,2\n", "architectures, and the space 'codes' has codes alone",
           {"--max", "macs=3M"});
  check_rejected({"run", "--space", "table:" + place.table.string(), "--estimator", "constant"}, 3,
                 "estimator 'constant' measures architectures");
  check_rejected({"run", "--space", "table:", "--estimator", "table"}, 3, "table:FILE");
  check_rejected({"run", "--space", "nasbench201", "--estimator", "table"}, 3,
                 "table.file is empty");
  check_rejected(table_run(place.directory.path() / "absent.csv", place.run), 9, "absent.csv");
}

TEST_CASE("a run whose table has changed is not resumed") {
  const TablePlace place;
  REQUIRE(nas_program(table_run(place.table, place.run, {"--trials", "20"})).code == 0);
  std::string changed = small_table();
  changed.replace(changed.find("0.95"), 4, "0.94");
  place.directory.write("t.csv", changed);
  check_rejected(table_run(place.table, place.run, {"--trials", "20"}), 8,
                 "the codes have changed since the run started");
}

TEST_CASE("what is no budget is a usage error") {
  const TablePlace place;
  for (const std::string budget : {"cost", "cost=", "cost=0", "cost=-5", "cost=many"}) {
    check_rejected(table_run(place.table, place.run, {"--budget", budget}), 2, "--budget");
  }
}

TEST_CASE("budgets come from the environment and the configuration file as well") {
  const TablePlace place;
  const fs::path file = place.directory.write("c.ini", "budget.cost = 60\n");
  const Words words = table_run(place.table, place.run, {"--json", "--dry-run"});
  const auto total = [](const Outcome& outcome) {
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.json().at("config").at("budgets").at(0).at("total").get<double>();
  };
  Words with_file = words;
  with_file.insert(with_file.end(), {"--config", file.string()});
  CHECK(total(nas_program(with_file)) == 60);
  CHECK(total(nas_program(words, {.environment = {{"NAS_BUDGET", "cost=70"}}})) == 70);
}

}  // namespace
}  // namespace nas
