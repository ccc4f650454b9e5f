#include "plugins/strategies/bayesian/gaussian_process.hpp"

#include <Eigen/LU>
#include <cmath>

#include <catch2/catch.hpp>

#include "plugins/strategies/bayesian/categorical_kernel.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

// Of sums of some ten products of numbers around 1.
constexpr double process_rounding = 1e-12;

/// Covariances of points on a line.
Eigen::MatrixXd line(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  Eigen::MatrixXd result(a.size(), b.size());
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    for (Eigen::Index j = 0; j < b.size(); ++j) {
      result(i, j) = 2 * std::exp(-0.5 * std::pow(a[i] - b[j], 2));
    }
  }
  return result;
}

struct Example {
  Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(6, 0, 3);
  Eigen::VectorXd y = x.array().sin();
  Eigen::VectorXd at = Eigen::VectorXd::LinSpaced(4, -1, 4);
  double variance = 2;
  double noise = 0.1;
};

}  // namespace

TEST_CASE("a prediction is the conditional mean and variance of a normal distribution") {
  const Example e;
  GaussianProcess process;
  REQUIRE(process.fit(line(e.x, e.x), e.noise));
  const Prediction got = process.predict(line(e.x, e.at), e.variance, process.whitened(e.y));
  const Eigen::MatrixXd noisy = line(e.x, e.x) + e.noise * Eigen::MatrixXd::Identity(6, 6);
  const Eigen::MatrixXd inverse = noisy.inverse();
  const Eigen::VectorXd mean = line(e.at, e.x) * inverse * e.y;
  const Eigen::MatrixXd explained = line(e.at, e.x) * inverse * line(e.x, e.at);
  for (Eigen::Index i = 0; i < e.at.size(); ++i) {
    CHECK(std::abs(got.mean[i] - mean[i]) < process_rounding);
    CHECK(std::abs(got.variance[i] - (e.variance - explained(i, i))) < process_rounding);
  }
}

TEST_CASE("points added one by one give the same factor as all at once") {
  const Example e;
  GaussianProcess whole, grown;
  REQUIRE(whole.fit(line(e.x, e.x), e.noise));
  REQUIRE(grown.fit(line(e.x.head(2), e.x.head(2)), e.noise));
  for (Eigen::Index i = 2; i < e.x.size(); ++i) {
    REQUIRE(grown.append(line(e.x.head(i), e.x.segment(i, 1)), e.variance));
  }
  const Eigen::MatrixXd difference = whole.factor() - grown.factor();
  CHECK(Eigen::MatrixXd(difference.triangularView<Eigen::Lower>()).cwiseAbs().maxCoeff() <
        process_rounding);
}

TEST_CASE("points whose result is awaited narrow the variance and leave the mean") {
  const Example e;
  GaussianProcess process;
  REQUIRE(process.fit(line(e.x, e.x), e.noise));
  const Eigen::VectorXd whitened = process.whitened(e.y);
  const Prediction before = process.predict(line(e.x, e.at), e.variance, whitened);
  Eigen::VectorXd all(e.x.size() + 1);
  all << e.x, e.at[3];
  REQUIRE(process.append(line(e.x, e.at.tail(1)), e.variance));
  const Prediction after = process.predict(line(all, e.at), e.variance, whitened);
  CHECK((after.mean - before.mean).cwiseAbs().maxCoeff() < process_rounding);
  CHECK(after.variance[3] < 0.1 * before.variance[3]);
  for (Eigen::Index i = 0; i < e.at.size(); ++i) {
    CHECK(after.variance[i] <= before.variance[i] + process_rounding);
  }
  process.truncate(e.x.size());
  const Prediction again = process.predict(line(e.x, e.at), e.variance, whitened);
  CHECK(again.variance == before.variance);
}

TEST_CASE("a matrix that is not positive definite is refused") {
  GaussianProcess process;
  Eigen::MatrixXd indefinite(2, 2);
  indefinite << 1, 2, 2, 1;
  CHECK_FALSE(process.fit(indefinite, 0.1));
  REQUIRE(process.fit(Eigen::MatrixXd::Identity(1, 1), 0.1));
  CHECK_FALSE(process.append(Eigen::VectorXd::Constant(1, 2.0), 1));
  CHECK(process.size() == 1);
}

TEST_CASE("projection sets negative eigenvalues to 0 and tells the smallest") {
  Eigen::MatrixXd matrix(2, 2);
  matrix << 0, 1, 1, 0;  // eigenvalues -1 and 1
  const Projection projection = projected_on_semidefinite(matrix);
  CHECK(std::abs(projection.smallest_eigenvalue + 1) < process_rounding);
  CHECK((projection.matrix.array() - 0.5).abs().maxCoeff() < process_rounding);
  const Projection untouched = projected_on_semidefinite(Eigen::MatrixXd::Identity(3, 3));
  CHECK(untouched.matrix == Eigen::MatrixXd::Identity(3, 3));
}

TEST_CASE("the categorical kernel decays with every decision that differs, by its rate") {
  const std::vector<Decision> decisions = {{"a", {"x", "y", "z"}, false},
                                           {"b", {"1", "2", "3"}, true}};
  CategoricalKernel kernel(decisions);
  kernel.push({{0, 0}});
  const Eigen::Vector3d parameters(std::log(2.0), std::log(0.5), std::log(0.7));
  const std::vector<Genotype> others = {{{0, 0}}, {{2, 0}}, {{1, 1}}, {{0, 2}}};
  const Eigen::MatrixXd row = kernel.cross_covariance(0, others, parameters);
  // Ordered: the neighbour is half as far as the other end.
  for (const auto& [column, exponent] :
       {std::pair(0, 0.0), std::pair(1, 0.5), std::pair(2, 0.5 + 0.35), std::pair(3, 0.7)}) {
    CHECK(std::abs(row(0, column) - 2 * std::exp(-exponent)) < process_rounding);
  }
}

TEST_CASE("covariances of the categorical kernel are those between single points") {
  const fake::Space space(5, 4, true);
  CategoricalKernel kernel(space.decisions());
  const std::vector<Genotype> points = sampled(space, 20);
  for (const Genotype& point : points) kernel.push(point);
  Eigen::VectorXd parameters(6);
  parameters << 0.3, -1, -0.5, 0, 0.5, -2;
  const Eigen::MatrixXd all = kernel.covariance(numbers(20), parameters);
  CHECK((all - kernel.cross_covariance(0, points, parameters)).cwiseAbs().maxCoeff() <
        process_rounding);
  CHECK(
      (all.bottomRows(5) - kernel.cross_covariance(15, points, parameters)).cwiseAbs().maxCoeff() <
      process_rounding);
  CHECK(projected_on_semidefinite(all).smallest_eigenvalue > -rounding);
  kernel.truncate(3);
  CHECK(kernel.size() == 3);
}
