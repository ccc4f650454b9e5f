// Statistics beside those of SciPy and NumPy: golden.json, which golden.py has written.

#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/statistics/mann_whitney.hpp"
#include "core/statistics/sample.hpp"
#include "core/statistics/wilcoxon.hpp"

using namespace nas;

namespace {

/// Relative; both sides compute in double precision.
constexpr double tolerance = 1e-9;

const nlohmann::json& golden() {
  static const nlohmann::json all = nlohmann::json::parse(std::ifstream(NAS_GOLDEN_STATISTICS));
  return all;
}

std::vector<double> numbers(const nlohmann::json& entry, const char* name) {
  return entry.at(name).get<std::vector<double>>();
}

void check_equal(double ours, const nlohmann::json& theirs) {
  CHECK(ours == Approx(theirs.get<double>()).epsilon(tolerance).margin(0));
}

}  // namespace

TEST_CASE("rank sums and their p-values are SciPy's") {
  for (const nlohmann::json& entry : golden().at("mann_whitney")) {
    const auto a = numbers(entry, "a");
    const auto b = numbers(entry, "b");
    INFO(a.size() << " and " << b.size() << " values");
    const MannWhitney greater = mann_whitney_greater(a, b);
    CHECK(greater.exact == entry.at("exact").get<bool>());
    CHECK(greater.u == entry.at("u").get<double>());
    check_equal(greater.p_value, entry.at("greater"));
    const MannWhitney either = mann_whitney_two_sided(a, b);
    CHECK(either.u == greater.u);
    check_equal(either.p_value, entry.at("two-sided"));
    check_equal(mann_whitney_two_sided(b, a).p_value, entry.at("two-sided"));
  }
}

TEST_CASE("signed ranks and their p-values are SciPy's") {
  for (const nlohmann::json& entry : golden().at("wilcoxon")) {
    const auto a = numbers(entry, "a");
    const auto b = numbers(entry, "b");
    INFO(a.size() << " pairs");
    const SignedRanks greater = wilcoxon(a, b, Alternative::greater);
    CHECK(greater.exact == entry.at("exact").get<bool>());
    CHECK(greater.w_plus == entry.at("w_plus").get<double>());
    check_equal(greater.p_value, entry.at("greater"));
    check_equal(wilcoxon(a, b, Alternative::two_sided).p_value, entry.at("two-sided"));
    check_equal(wilcoxon(b, a, Alternative::two_sided).p_value, entry.at("two-sided"));
  }
}

TEST_CASE("means, deviations, medians and quantiles are NumPy's") {
  for (const nlohmann::json& entry : golden().at("described")) {
    const auto values = numbers(entry, "values");
    check_equal(sample_mean(values), entry.at("mean"));
    check_equal(sample_deviation(values), entry.at("deviation"));
    check_equal(sample_median(values), entry.at("median"));
    for (const nlohmann::json& quantile : entry.at("quantiles")) {
      check_equal(sample_quantile(values, quantile[0].get<double>()), quantile[1]);
    }
  }
}
