#include "plugins/estimators/proxy/jacobian.hpp"

#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

using namespace nas;

TEST_CASE("jacob_cov of gradients that have nothing in common is minus their number") {
  // Rows of a Hadamard matrix without its first: means of zero, and orthogonal.
  const std::vector<float> rows = {1, -1, 1,  -1, 1,  -1, 1,  -1,  //
                                   1, 1,  -1, -1, 1,  1,  -1, -1,  //
                                   1, -1, -1, 1,  1,  -1, -1, 1,   //
                                   1, 1,  1,  1,  -1, -1, -1, -1};
  CHECK(proxy::jacob_cov(rows, 4) == Approx(-4).epsilon(1e-8));
}

TEST_CASE("jacob_cov of equal gradients is far below") {
  const std::vector<float> rows = {1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 4};
  CHECK(proxy::jacob_cov(rows, 4) == Approx(-299967.1).epsilon(1e-6));
}

TEST_CASE("jacob_cov of a constant gradient is no number") {
  const std::vector<float> rows = {1, 2, 4, 3, 3, 3};
  CHECK(std::isnan(proxy::jacob_cov(rows, 2)));
}
