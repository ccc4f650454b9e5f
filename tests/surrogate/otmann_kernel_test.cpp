#include "plugins/strategies/bayesian/otmann_kernel.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "plugins/strategies/bayesian/hyperparameters.hpp"
#include "plugins/strategies/bayesian/model.hpp"
#include "tests/plugin/loaded.hpp"
#include "tests/search_spaces/make_space.hpp"
#include "tests/surrogate/points.hpp"

using namespace nas;
using namespace nas::test;

namespace {

Eigen::VectorXd some_parameters(const Kernel& kernel) {
  const auto ranges = kernel.parameters();
  Eigen::VectorXd parameters(static_cast<Eigen::Index>(ranges.size()));
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    parameters[static_cast<Eigen::Index>(i)] = ranges[i].start + 0.1 * static_cast<double>(i);
  }
  return parameters;
}

struct NasBot {
  std::unique_ptr<SearchSpace> space = make_space("nasbot");
  std::vector<Genotype> points = sampled(*space, 12);
};

}  // namespace

TEST_CASE("the kernel of networks does not depend on the number of threads") {
  const NasBot x;
  const auto serial = make_serial_executor();
  const auto threads = make_tbb_executor(3);
  OtmannKernel one(*x.space, NetworkFamily::convolutional, *serial);
  OtmannKernel three(*x.space, NetworkFamily::convolutional, *threads);
  for (OtmannKernel* kernel : {&one, &three}) {
    for (std::size_t i = 0; i < 6; ++i) kernel->push(x.points[i]);
  }
  const Eigen::VectorXd parameters = some_parameters(one);
  CHECK(one.cross_covariance(0, x.points, parameters) ==
        three.cross_covariance(0, x.points, parameters));
  CHECK(one.covariance(numbers(6), parameters) == three.covariance(numbers(6), parameters));
}

TEST_CASE("distances between networks are computed once each") {
  const NasBot x;
  const auto executor = make_serial_executor();
  OtmannKernel kernel(*x.space, NetworkFamily::convolutional, *executor);
  for (std::size_t i = 0; i < 6; ++i) kernel.push(x.points[i]);
  CHECK(kernel.distances() == 21);
  const Eigen::VectorXd parameters = some_parameters(kernel);
  const Eigen::MatrixXd cross = kernel.cross_covariance(2, x.points, parameters);
  const std::size_t computed = kernel.distances();
  CHECK(computed == 21 + 6 * 4);
  CHECK(kernel.cross_covariance(2, x.points, parameters) == cross);
  kernel.truncate(4);
  kernel.push(x.points[4]);
  CHECK(kernel.distances() == computed);
}

TEST_CASE("a network's covariance with itself is the prior variance") {
  const NasBot x;
  const auto executor = make_serial_executor();
  OtmannKernel kernel(*x.space, NetworkFamily::convolutional, *executor);
  kernel.push(x.points[0]);
  kernel.push(x.points[1]);
  const Eigen::VectorXd parameters = some_parameters(kernel);
  const Eigen::MatrixXd all = kernel.covariance(numbers(2), parameters);
  CHECK(all(0, 0) == kernel.variance(parameters));
  CHECK(all(0, 1) < all(0, 0));
  CHECK(all(0, 1) == all(1, 0));
}

TEST_CASE("the gradient of the network kernel agrees with finite differences") {
  const NasBot x;
  const auto executor = make_serial_executor();
  OtmannKernel kernel(*x.space, NetworkFamily::convolutional, *executor);
  Eigen::VectorXd targets(12);
  for (std::size_t i = 0; i < x.points.size(); ++i) {
    kernel.push(x.points[i]);
    targets[static_cast<Eigen::Index>(i)] = std::cos(static_cast<double>(i));
  }
  const Eigen::VectorXd at = some_parameters(kernel);
  const auto likelihood = [&](const Eigen::VectorXd& parameters) {
    return marginal_likelihood(kernel, numbers(12), targets, {parameters, std::log(0.1)});
  };
  const Eigen::VectorXd gradient = likelihood(at).gradient;
  constexpr double step = 1e-5;
  constexpr double tolerance = 1e-6;  // of central differences: step^2, and rounding / step
  for (Eigen::Index i = 0; i < at.size(); ++i) {
    Eigen::VectorXd above = at, below = at;
    above[i] += step;
    below[i] -= step;
    const double slope = (likelihood(above).value - likelihood(below).value) / (2 * step);
    CHECK(std::abs(slope - gradient[i]) < tolerance);
  }
}

TEST_CASE("bayesian searches free-form networks, and decisions by their networks") {
  const Given otmann = {{"kernel", "otmann"}, {"initial", "6"}};
  for (const std::string name : {"nasbot", "nasbench201"}) {
    const auto space = make_space(name);
    std::vector<Genotype> first;
    for (int run = 0; run < 2; ++run) {
      const auto strategy = built_strategy("bayesian", *space, otmann);
      for (int i = 0; i < 9; ++i) {
        const auto proposal = strategy->ask();
        REQUIRE(proposal.has_value());
        space->validate(proposal->genotype);
        if (run == 0) first.push_back(proposal->genotype);
        CHECK(proposal->genotype == first[static_cast<std::size_t>(i)]);
        const double value = static_cast<double>(space->build(proposal->genotype).size());
        strategy->tell({Result::Kind::measured, i, proposal->genotype, {}, {-value}});
      }
    }
  }
}

TEST_CASE("NASBOT finds better free-form networks than random search") {
  // Wanted: many weights, in few layers.
  const auto space = make_space("nasbot");
  const auto value_of = [&](const Genotype& genotype) {
    const Architecture network = space->build(genotype);
    return std::log(static_cast<double>(cost(network).params)) -
           0.02 * static_cast<double>(network.size());
  };
  const auto best_of = [&](const std::string& name, const Given& given, std::uint64_t seed) {
    const auto strategy = built_strategy(name, *space, given, seed);
    double best = -1e9;
    for (int i = 0; i < 18; ++i) {
      const Genotype genotype = strategy->ask()->genotype;
      const double value = value_of(genotype);
      best = std::max(best, value);
      strategy->tell({Result::Kind::measured, i, genotype, {}, {value}});
    }
    return best;
  };
  double gain = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    gain += best_of("bayesian", {{"initial", "8"}, {"evaluations", "30"}, {"pool", "8"}}, seed) -
            best_of("random", {}, seed);
  }
  CHECK(gain / 2 > 0.1);
}

TEST_CASE("a model of networks tells the smallest eigenvalue before projection at every fit") {
  const NasBot x;
  const auto executor = make_serial_executor();
  SurrogateModel model(
      std::make_unique<OtmannKernel>(*x.space, NetworkFamily::convolutional, *executor),
      {250, {std::log(0.005), std::log(0.2), std::log(0.01)}});
  std::vector<std::size_t> fits;
  std::vector<double> eigenvalues;
  model.on_fit = [&](double smallest, std::size_t observations) {
    eigenvalues.push_back(smallest);
    fits.push_back(observations);
  };
  const std::vector<Observation> known = observed(x.points);
  for (std::size_t count = 4; count <= 12; ++count) model.update(std::span(known).first(count), {});
  CHECK(fits == std::vector<std::size_t>{4, 11});
  for (const double smallest : eigenvalues) CHECK(std::abs(smallest) < 1);  // far below the scale
}

TEST_CASE("the categorical kernel is refused where there are no decisions") {
  const auto space = make_space("nasbot");
  CHECK_THROWS_AS(built_strategy("bayesian", *space, {{"kernel", "categorical"}}), Error);
}
