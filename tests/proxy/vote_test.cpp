#include "plugins/estimators/proxy/vote.hpp"

#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/cancel_token.hpp"

using namespace nas;
using proxy::Proxy;
using proxy::Scores;

namespace {

Scores scores(double jacob_cov, double snip, double synflow) {
  return {{Proxy::jacob_cov, jacob_cov}, {Proxy::snip, snip}, {Proxy::synflow, synflow}};
}

}  // namespace

TEST_CASE("the vote grows with the references that the majority holds to be worse") {
  const std::vector<Scores> references = {scores(1, 1, 1), scores(2, 2, 2), scores(3, 3, 3)};
  const double low = proxy::vote(scores(0, 0, 0), references);
  const double two = proxy::vote(scores(2.5, 2.5, 0), references);  // outvotes two
  const double high = proxy::vote(scores(9, 9, 9), references);
  CHECK(0 <= low);
  CHECK(low < two);
  CHECK(two < high);
  CHECK(high <= 1);
  // One proxy alone decides nothing.
  CHECK(proxy::vote(scores(0, 0, 100), references) < two);
}

TEST_CASE("networks that beat as many are told apart, by less than a reference is worth") {
  const std::vector<Scores> references = {scores(1, 1, 1), scores(2, 2, 2), scores(9, 9, 9)};
  const double near = proxy::vote(scores(2.1, 2.1, 2.1), references);
  const double far = proxy::vote(scores(8.9, 8.9, 8.9), references);
  CHECK(near < far);
  CHECK(far < proxy::vote(scores(9, 9, 9), references));
}

TEST_CASE("what is no finite number loses") {
  const std::vector<Scores> references = {scores(1, 1, 1), scores(2, 2, 2)};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double bad =
      proxy::vote(scores(nan, nan, -std::numeric_limits<double>::infinity()), references);
  CHECK(bad >= 0);
  CHECK(bad < proxy::vote(scores(0, 0, 0), references));
}

TEST_CASE("references are measured once, and those that cannot be have no scores") {
  int measured = 0;
  proxy::References references(3, [&](std::size_t i, const CancelToken&) -> Scores {
    ++measured;
    if (i == 1) throw std::runtime_error("broken");
    return scores(1, 1, 1);
  });
  const CancelToken never;
  REQUIRE(references.scores(never) != nullptr);
  const std::vector<Scores>& all = *references.scores(never);
  CHECK(measured == 3);
  CHECK(all[0].size() == 3);
  CHECK(all[1].empty());
}

TEST_CASE("a reference that was being measured at a cancellation is measured again") {
  CancelToken stopped;
  std::vector<std::size_t> measured;
  proxy::References references(3, [&](std::size_t i, const CancelToken& cancel) -> Scores {
    measured.push_back(i);
    if (measured.size() == 2) stopped.raise(CancelToken::Level::stop_now);
    return cancel.now() ? Scores{} : scores(1, 1, 1);
  });
  CHECK(references.scores(stopped) == nullptr);
  REQUIRE(measured.size() == 2);
  CHECK(references.scores(stopped) == nullptr);
  const CancelToken never;
  REQUIRE(references.scores(never) != nullptr);
  CHECK(measured.size() == 4);
  for (const Scores& each : *references.scores(never)) CHECK(each.size() == 3);
}
