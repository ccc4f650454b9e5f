#include "core/search/trial.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"
#include "core/search/strategy.hpp"

using namespace nas;

TEST_CASE("a status is read back from its name") {
  for (const auto status : {TrialStatus::ok, TrialStatus::failed, TrialStatus::reused}) {
    CHECK(trial_status(to_string(status)) == status);
  }
  CHECK_THROWS_WITH(trial_status("done"), Catch::Contains("'done'") && Catch::Contains("reused"));
}

TEST_CASE("equal results are equal to the last bit, whatever time they took") {
  Trial a;
  a.metrics = {{"val_accuracy", 0.1 + 0.2}};
  Trial b = a;
  b.seconds = 5;
  CHECK(same_result(a, b));
  b.metrics["val_accuracy"] = 0.3;
  CHECK_FALSE(same_result(a, b));
}

TEST_CASE("a difference in any field but the time is a difference") {
  const Trial original;
  const auto differs = [&](auto change) {
    Trial changed = original;
    change(changed);
    return !same_result(original, changed);
  };
  CHECK(differs([](Trial& t) { t.id = 1; }));
  CHECK(differs([](Trial& t) { t.genotype.answers = {1}; }));
  CHECK(differs([](Trial& t) { t.architecture_hash.push_back('x'); }));
  CHECK(differs([](Trial& t) { t.fidelity.epochs = 1; }));
  CHECK(differs([](Trial& t) { t.fidelity.data_share = 0.5; }));
  CHECK(differs([](Trial& t) { t.fidelity.resolution = 0.5; }));
  CHECK(differs([](Trial& t) { t.curve = {{1, 0.5}}; }));
  CHECK(differs([](Trial& t) { t.seed = 1; }));
  CHECK(differs([](Trial& t) { t.status = TrialStatus::failed; }));
  CHECK(differs([](Trial& t) { t.reason.push_back('x'); }));
  CHECK(differs([](Trial& t) { t.reused_from = 0; }));
  CHECK(differs([](Trial& t) { t.parent = 0; }));
  CHECK(differs([](Trial& t) { t.metrics["x"] = 0; }));
}

TEST_CASE("fitness is larger for what is better, and lowest without a measurement") {
  const Result good{Result::Kind::measured, 0, {}, {}, {0.25, 7}};
  CHECK(fitness(good, {"val_accuracy", true}) == 0.25);
  CHECK(fitness(good, {"val_loss", false}) == -0.25);
  const Result failed{Result::Kind::failed, 0, {}, {}, {}};
  CHECK(fitness(failed, {"val_loss", false}) == -std::numeric_limits<double>::infinity());
}
