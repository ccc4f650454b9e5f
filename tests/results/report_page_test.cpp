#include "results/report/report_page.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/search/big_integer.hpp"
#include "courses.hpp"
#include "results/report/report_json.hpp"

using namespace nas;

namespace {

/// Two decisions, the second a choice after answer 1 of the first alone.
class SmallSpace final : public SearchSpace {
 public:
  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override {
    if (i == 0) return {true, true};
    return {true, genotype.answers[0] == 1};
  }
  Architecture build(const Genotype&) const override { return {}; }
  std::optional<BigInteger> size() const override { return std::nullopt; }

 private:
  std::string name_ = "nasbench201";
  std::vector<Decision> decisions_ = {{"depth", {"1", "2"}, true},
                                      {"kernel", {"</script>", "5"}, true}};
};

Trial small_trial(std::int64_t id, std::vector<int> answers, Metrics metrics) {
  Trial trial = course_trial(id, metrics);
  trial.genotype.answers = std::move(answers);
  trial.fidelity = {.epochs = 1};
  return trial;
}

Report report_of(std::vector<Trial> trials) {
  Report report;
  const RunConfig config = course_config("random", 7);
  report.runs.push_back({.course = course_of(config, trials),
                         .trials = std::move(trials),
                         .environment = {{"cpu", "<b>"}, {"data", {{"hash", "00ff"}}}}});
  std::vector<RunCourse> courses = {report.runs.front().course};
  report.groups = group_runs(courses).groups;
  report.space = std::make_shared<SmallSpace>();
  return report;
}

std::vector<Trial> four_trials() {
  return {small_trial(0, {0, 0}, {{"val_accuracy", 0.5}, {"macs", 1000}}),
          small_trial(1, {1, 0}, {{"val_accuracy", 0.75}, {"macs", 123456789}}),
          small_trial(2, {1, 1}, {{"val_accuracy", 1.0 / 3}}),
          small_trial(3, {0, 0}, {{"val_accuracy", 0.5}})};
}

}  // namespace

TEST_CASE("a report's trials stand in columns, with seven digits") {
  const nlohmann::json json = report_json(report_of(four_trials()));
  CHECK(json.at("schema") == "nas.report");
  const nlohmann::json& trials = json.at("trials");
  CHECK(trials.at("id") == nlohmann::json{0, 1, 2, 3});
  CHECK(trials.at("genotype") == nlohmann::json{"00", "10", "11", "00"});
  CHECK(trials.at("metrics").at("val_accuracy").dump() == "[0.5,0.75,0.3333333,0.5]");
  CHECK(trials.at("metrics").at("macs").dump() == "[1000,123456800,null,null]");
  CHECK(json.at("runs").at(0).at("seed") == "7");
  CHECK(json.at("runs").at(0).at("best") == 1);
}

TEST_CASE("a report tells decisions that were no choice from those that were") {
  const nlohmann::json decisions = report_json(report_of(four_trials())).at("decisions");
  CHECK(decisions.at("trials") == 4);
  // The lines go from the best to the worst: trials 1, 0, 3, 2.
  CHECK(decisions.at("values").dump() == "[0.75,0.5,0.5,0.3333333]");
  CHECK(decisions.at("decisions").at(0).at("lines") == nlohmann::json{1, 0, 0, 1});
  CHECK(decisions.at("decisions").at(1).at("lines") == nlohmann::json{0, -1, -1, 1});
  CHECK(decisions.at("decisions").at(1).at("trials") == 2);
}

TEST_CASE("distributions and effects are of trials that can be compared") {
  std::vector<Trial> trials = four_trials();
  trials[0].fidelity.epochs = 0.5;         // less effort
  trials[1].status = TrialStatus::reused;  // counts once
  trials[3].status = TrialStatus::failed;
  trials[3].reason = "diverged";
  const nlohmann::json json = report_json(report_of(trials));
  CHECK(json.at("decisions").at("trials") == 1);
  CHECK(json.at("distribution").at("groups").at(0).at("trials") == 1);
  CHECK(json.at("distribution").at("name") == "error (1 - val_accuracy)");
  CHECK(json.at("trials").at("reason") == nlohmann::json{{"3", "diverged"}});
}

TEST_CASE("a report of a run without a finished trial has nothing to draw, and says so") {
  const nlohmann::json json = report_json(report_of({}));
  CHECK(json.at("trials").at("id").empty());
  CHECK(json.at("distribution").is_null());
  CHECK(json.at("anytime").at("trials").at(0).at("at").empty());
  CHECK(json.at("runs").at(0).at("best").is_null());
}

TEST_CASE("numbers that JSON has not are null in a report") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<Trial> trials = four_trials();
  trials[0].metrics["val_accuracy"] = nan;
  trials[1].metrics["val_accuracy"] = infinity;
  const nlohmann::json json = report_json(report_of(trials));
  CHECK(json.at("trials").at("metrics").at("val_accuracy").dump() == "[null,null,0.3333333,0.5]");
  CHECK(json.at("distribution").at("groups").at(0).at("trials") == 2);
}

TEST_CASE("a genotype whose answers are no digits is written with commas") {
  std::vector<Trial> trials = four_trials();
  trials[0].genotype.answers = {40, -1, 3};
  const nlohmann::json json = report_json(report_of(trials));
  CHECK(json.at("trials").at("digits") == false);
  CHECK(json.at("trials").at("genotype").at(0) == "40,-1,3");
}

TEST_CASE("the page is one document that asks for nothing and that no text can break out of") {
  Report report = report_of(four_trials());
  report.notes = {"a </script> and a <!-- in a note"};
  report.drawings = {{"<i>", "<svg id=\"a\"><g id=\"b\" class=\"node\"/></svg>"}};
  const std::string page = report_page(report);
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.find("{{") == std::string::npos);
  // The elements of the page alone end a script: its data, the library, its own.
  std::size_t ends = 0;
  for (std::size_t at = page.find("</script"); at != std::string::npos;
       at = page.find("</script", at + 1)) {
    ++ends;
  }
  CHECK(ends == 3);
  CHECK(page.find("\\u003c/script>") != std::string::npos);
  CHECK(page.find("&lt;i&gt;") != std::string::npos);
  CHECK(page.find("<svg><g class=\"node\"/></svg>") != std::string::npos);
  for (const char* elsewhere : {"src=\"http", "href=\"http", "url(http", "@import"}) {
    CHECK(page.find(elsewhere) == std::string::npos);
  }
  CHECK(page.find("default-src 'none'") != std::string::npos);
}

TEST_CASE("equal reports are equal pages") {
  CHECK(report_page(report_of(four_trials())) == report_page(report_of(four_trials())));
}
