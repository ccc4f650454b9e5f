#include <catch2/catch.hpp>

#include "core/search/blueprint.hpp"
#include "tests/plugin/loaded.hpp"

using namespace nas;
using Catch::Matchers::Contains;

namespace {

/// The estimator with its options, and what one estimate needs.
class Constant {
 public:
  explicit Constant(const Given& given = {})
      : library_(built_plugins().find(PluginKind::estimator, "constant")),
        estimator_(library_->make_estimator()) {
    EstimatorContext context;
    context.options = options_of(*library_, given);
    estimator_->prepare(context);
  }

  Measurement estimate(const Genotype& genotype = {{0, 0, 0}}, std::uint64_t seed = 1) {
    const auto blueprint = make_blueprint(space_, genotype);
    return estimator_->estimate(blueprint->candidate(), {}, seed, {*executor_, cancel, progress});
  }
  double value(const Genotype& genotype = {{0, 0, 0}}, std::uint64_t seed = 1) {
    return estimate(genotype, seed).metrics.at("val_accuracy");
  }

  CancelToken cancel;
  std::function<void(double)> progress;

 private:
  fake::Space space_;
  std::unique_ptr<Executor> executor_ = make_serial_executor();
  std::shared_ptr<const PluginLibrary> library_;
  std::shared_ptr<Estimator> estimator_;
};

/// How many of 600 seeds give a failure, or an exception.
template <typename Hit>
int hits(Hit hit) {
  int count = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) count += hit(seed);
  return count;
}

}  // namespace

TEST_CASE("the constant estimator measures its value") {
  CHECK(Constant().value() == 0.5);
  CHECK(Constant(Given{{"value", "0.75"}}).value({{3, 1, 2}}, 9) == 0.75);
}

TEST_CASE("a signal is taken off by the share of answers that are not option 0") {
  Constant constant(Given{{"value", "1"}, {"signal", "0.6"}});
  CHECK(constant.value({{0, 0, 0}}) == 1);
  CHECK(constant.value({{0, 3, 0}}) == Approx(0.8));
  CHECK(constant.value({{1, 2, 3}}) == Approx(0.4));
}

TEST_CASE("noise follows from the trial's seed") {
  Constant constant(Given{{"noise", "0.1"}});
  CHECK(constant.value({{0, 0, 0}}, 1) == constant.value({{0, 0, 0}}, 1));
  CHECK(constant.value({{0, 0, 0}}, 1) != constant.value({{0, 0, 0}}, 2));
}

TEST_CASE("about one trial in so many fails or throws") {
  // Expected 200; five standard deviations of a binomial count are 58.
  const auto about_200 = [](int count) { return count > 142 && count < 258; };
  Constant failing(Given{{"fail_every", "3"}});
  CHECK(about_200(hits([&](std::uint64_t seed) {
    return failing.estimate({{0, 0, 0}}, seed).status == Measurement::Status::failed;
  })));
  Constant throwing(Given{{"throw_every", "3"}});
  CHECK(about_200(hits([&](std::uint64_t seed) {
    try {
      throwing.estimate({{0, 0, 0}}, seed);
      return false;
    } catch (const std::exception& error) {
      CHECK_THAT(error.what(), Contains("throw_every"));
      return true;
    }
  })));
}

TEST_CASE("a sleeping trial can be cancelled, and reports its progress") {
  Constant constant(Given{{"sleep_ms", "86400000"}});  // a day: the test ends only by cancelling
  int reports = 0;
  constant.progress = [&](double) {
    if (++reports == 2) constant.cancel.raise(CancelToken::Level::stop_now);
  };
  CHECK(constant.estimate().status == Measurement::Status::cancelled);
  CHECK(reports == 2);
}
