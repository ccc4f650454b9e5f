#include <catch2/catch.hpp>

#include "courses.hpp"
#include "results/report/anytime_curve.hpp"
#include "results/report/decision_effects.hpp"
#include "results/report/shown_error.hpp"
#include "results/report/thinned.hpp"

using namespace nas;

namespace {

std::vector<const RunCourse*> pointers(const std::vector<RunCourse>& runs) {
  std::vector<const RunCourse*> result;
  for (const RunCourse& run : runs) result.push_back(&run);
  return result;
}

/// Rounding of sums alone.
constexpr double rounding = 1e-12;

}  // namespace

TEST_CASE("an anytime curve has the quartiles of the best values so far") {
  std::vector<RunCourse> three = {course_of_values(course_config("a", 0), {0.1, 0.5}),
                                  course_of_values(course_config("a", 1), {0.2, 0.1, 0.3}),
                                  course_of_values(course_config("a", 2), {0.4})};
  const AnytimeCurve curve = anytime_curve(pointers(three), "val_accuracy", AnytimeClock::trials);
  CHECK(curve.at == std::vector<double>{1, 2, 3});
  CHECK(curve.middle == std::vector<double>{0.2, 0.4, 0.4});
  CHECK(curve.low.back() == Approx(0.35).margin(rounding));
  CHECK(curve.high.back() == Approx(0.45).margin(rounding));
  const AnytimeCurve by_time = anytime_curve(pointers(three), "val_accuracy", AnytimeClock::time);
  CHECK(by_time.at == std::vector<double>{10, 20, 30});
  CHECK(by_time.middle == curve.middle);
}

TEST_CASE("an anytime curve begins where every run has found something") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<RunCourse> runs = {course_of_values(course_config("a", 0), {0.1, 0.2, 0.3}),
                                 course_of_values(course_config("a", 1), {nan, 0.2, 0.1}),
                                 course_of_values(course_config("a", 2), {nan})};
  const AnytimeCurve curve = anytime_curve(pointers(runs), "val_accuracy", AnytimeClock::trials);
  CHECK(curve.at == std::vector<double>{2, 3});
  CHECK(curve.low.front() == 0.2);
  CHECK(anytime_curve({}, "val_accuracy", AnytimeClock::trials).at.empty());
  CHECK(anytime_curve(pointers(runs), "no_such", AnytimeClock::trials).at.empty());
}

TEST_CASE("a long anytime curve is thinned and keeps its ends") {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(i);
  std::vector<RunCourse> runs = {course_of_values(course_config("a", 0), values)};
  const AnytimeCurve curve =
      anytime_curve(pointers(runs), "val_accuracy", AnytimeClock::trials, 50);
  CHECK(curve.at.size() == 50);
  CHECK(curve.at.front() == 1);
  CHECK(curve.at.back() == 1000);
  CHECK(curve.middle.back() == 999);
  CHECK(thinned(std::vector<int>{1, 2, 3}, 5) == std::vector<int>{1, 2, 3});
}

TEST_CASE("a decision that decides everything explains everything") {
  const DecisionEffect effect =
      decision_effect(std::vector<int>{0, 0, 1, 1}, std::vector<double>{0.5, 0.5, 0.75, 0.75});
  CHECK(effect.share == 1);
  CHECK(effect.trials == 4);
  REQUIRE(effect.answers.size() == 2);
  CHECK(effect.answers[1].mean == 0.75);
  CHECK(effect.answers[1].standard_error == 0);
}

TEST_CASE("what a decision explains is without what chance would give") {
  // Sums of squares: 5 between all, 4 within the answers, of 4 trials and 2 answers:
  // 1 - (4 / 2) / (5 / 3) is less than nothing.
  CHECK(decision_effect(std::vector<int>{0, 0, 1, 1}, std::vector<double>{0, 2, 1, 3}).share == 0);
  // 17 between all, 1 within: 1 - (1 / 2) / (17 / 3).
  const DecisionEffect effect =
      decision_effect(std::vector<int>{0, 0, 1, 1}, std::vector<double>{0, 1, 4, 5});
  CHECK(effect.share == Approx(1 - 0.5 / (17.0 / 3)).margin(rounding));
  CHECK(effect.answers[0].standard_error == Approx(0.5).margin(rounding));
}

TEST_CASE("trials in which a decision was no choice do not count for it") {
  const DecisionEffect effect =
      decision_effect(std::vector<int>{0, -1, 1, 1, 0}, std::vector<double>{1, 100, 2, 2, 1});
  CHECK(effect.trials == 4);
  CHECK(effect.share == 1);
  CHECK(decision_effect(std::vector<int>{-1}, std::vector<double>{1}).answers.empty());
  CHECK(decision_effect(std::vector<int>{0, 1}, std::vector<double>{1, 2}).share == 0);
  CHECK(decision_effect(std::vector<int>{0, 1, 1}, std::vector<double>{1, 1, 1}).share == 0);
}

TEST_CASE("errors are 1 minus a share, or the distance to the best, or what is minimised") {
  const std::vector<double> shares = {0.25, 0.75}, percents = {25, 75};
  CHECK(shown_error({"val_accuracy", true}, shares).of(0.75) == 0.25);
  CHECK(shown_error({"val_accuracy", true}, shares).name == "error (1 - val_accuracy)");
  CHECK(shown_error({"acc", true}, percents).of(25) == 50);
  CHECK(shown_error({"val_loss", false}, shares).of(0.25) == 0.25);
}
