// The estimator 'proxy' as it is loaded. What it measures has its tests in tests/proxy.
#include <cmath>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/plugin/train_fixture.hpp"

using namespace nas;
using namespace nas::trained;
using Catch::Matchers::Contains;

namespace {

/// A space whose second option leads nowhere: the output does not depend on the image.
class BrokenSpace : public fake::Space {
 public:
  BrokenSpace() : fake::Space(1, 2) {}
  Architecture build(const Genotype& genotype) const override {
    Architecture net;
    NodeId x = net.add(input_op({1, 4, 4}), {}, "image");
    x = net.add(convolution({.out_channels = 8, .kernel = 3}), {x}, "stem");
    x = net.add(Op(OpKind::relu), {x}, "relu");
    x = net.add(Op(genotype.answers[0] == 0 ? OpKind::identity : OpKind::zero), {x}, "edge");
    net.mark_output(net.add(linear(classes), {x}, "classifier"));
    return net;
  }
};

class ProxyUnderTest {
 public:
  explicit ProxyUnderTest(Given given = {}, std::uint64_t run_seed = 5,
                          std::size_t memory_limit = 0,
                          std::shared_ptr<const SearchSpace> space = std::make_shared<SmallSpace>())
      : space_(std::move(space)),
        library_(built_plugins().find(PluginKind::estimator, "proxy")),
        estimator_(library_->make_estimator()) {
    EstimatorContext context;
    context.dataset = stripes();
    context.seed = run_seed;
    context.memory_limit = memory_limit;
    context.options = options_of(*library_, given);
    context.space = space_.get();
    estimator_->prepare(context);
  }

  Measurement estimate(int answer, std::uint64_t seed, const Fidelity& fidelity = {0, 1}) {
    const auto blueprint = make_blueprint(*space_, {{answer}});
    return estimator_->estimate(blueprint->candidate(), fidelity, seed, {*executor_, cancel, {}});
  }
  Estimator& estimator() { return *estimator_; }

  CancelToken cancel;

 private:
  const std::shared_ptr<const SearchSpace> space_;
  std::unique_ptr<Executor> executor_ = make_serial_executor();
  std::shared_ptr<const PluginLibrary> library_;
  std::shared_ptr<Estimator> estimator_;
};

const Given everything = {
    {"proxies",
     "vote,grad_norm,snip,grasp,synflow,fisher,jacob_cov,naswot,zen,l2_norm,params,macs"},
    {"batch_size", "8"},
    {"naswot_batch_size", "12"},
    {"zen_batch_size", "4"},
    {"zen_repeats", "2"},
    {"vote_networks", "5"}};

}  // namespace

TEST_CASE("every proxy that is asked for is reported, in the order asked for") {
  ProxyUnderTest proxy(everything);
  const std::vector<std::string> names = proxy.estimator().metrics();
  CHECK(names.size() == 12);
  CHECK(names.front() == "vote");
  const Measurement measurement = proxy.estimate(1, 1);
  REQUIRE(measurement.status == Measurement::Status::ok);
  CHECK(measurement.metrics.size() == names.size());
  for (const std::string& name : names) {
    CAPTURE(name);
    REQUIRE(measurement.metrics.contains(name));
    CHECK(std::isfinite(measurement.metrics.at(name)));
  }
  // Voters that nobody asked for are measured, and kept to themselves.
  ProxyUnderTest alone(Given{{"proxies", "vote"}, {"batch_size", "8"}, {"vote_networks", "5"}});
  CHECK(alone.estimate(1, 1).metrics == Metrics{{"vote", measurement.metrics.at("vote")}});
}

TEST_CASE("proxies follow from candidate and seed, and their images from the run's") {
  ProxyUnderTest proxy(everything), same(everything), of_other_run(everything, 6);
  const Metrics first = proxy.estimate(1, 1).metrics;
  const Metrics of_other_seed = proxy.estimate(1, 2).metrics;
  const Metrics of_other_images = of_other_run.estimate(1, 1).metrics;
  CHECK(proxy.estimate(1, 1).metrics == first);
  same.estimate(0, 9);  // what was measured before does not matter
  CHECK(same.estimate(1, 1).metrics == first);
  for (const char* name : {"snip", "synflow", "zen", "l2_norm"}) {
    CAPTURE(name);
    CHECK(of_other_seed.at(name) != first.at(name));
  }
  for (const char* name : {"synflow", "zen", "l2_norm", "params"}) {
    CAPTURE(name);
    CHECK(of_other_images.at(name) == first.at(name));
  }
  for (const char* name : {"snip", "jacob_cov"}) {
    CAPTURE(name);
    CHECK(of_other_images.at(name) != first.at(name));
  }
}

TEST_CASE("images get the resolution of the fidelity") {
  ProxyUnderTest proxy(Given{{"proxies", "snip,macs"}, {"batch_size", "8"}}, 5, 0,
                       std::make_shared<BrokenSpace>());
  const Metrics whole = proxy.estimate(0, 1).metrics;
  const Metrics half = proxy.estimate(0, 1, {0, 1, 0.5}).metrics;
  CHECK(half.at("macs") == whole.at("macs") / 4);
  CHECK(half.at("snip") != whole.at("snip"));
}

TEST_CASE("a network through which nothing flows has no finite synflow and loses every vote") {
  ProxyUnderTest proxy(Given{{"proxies", "vote,synflow,jacob_cov,snip"}, {"vote_networks", "6"}}, 5,
                       0, std::make_shared<BrokenSpace>());
  const Metrics broken = proxy.estimate(1, 1).metrics;
  const Metrics whole = proxy.estimate(0, 1).metrics;
  CHECK(broken.at("synflow") == -HUGE_VAL);
  CHECK(std::isnan(broken.at("jacob_cov")));
  CHECK(broken.at("snip") == 0);
  CHECK(std::isfinite(whole.at("synflow")));
  CHECK(broken.at("vote") < whole.at("vote"));
}

TEST_CASE("references of a vote are within the limits that candidates obey") {
  const auto library = built_plugins().find(PluginKind::estimator, "proxy");
  const SmallSpace space;
  std::mutex mutex;
  std::set<Genotype> allowed;
  const auto estimator = library->make_estimator();
  EstimatorContext context;
  context.dataset = stripes();
  context.options =
      options_of(*library, {{"proxies", "vote"}, {"batch_size", "8"}, {"vote_networks", "5"}});
  context.space = &space;
  context.is_feasible = [&](const Genotype& genotype, const Architecture&) {
    const bool is_first = genotype.answers.front() == 0;
    const std::lock_guard lock(mutex);
    if (is_first) allowed.insert(genotype);
    return is_first;
  };
  estimator->prepare(context);
  CHECK(allowed.empty());  // a network is built when it is measured
  const auto executor = make_serial_executor();
  const CancelToken never;
  const auto blueprint = make_blueprint(space, {{0}});
  const Measurement measurement =
      estimator->estimate(blueprint->candidate(), {0, 1}, 1, {*executor, never, {}});
  REQUIRE(measurement.status == Measurement::Status::ok);
  CHECK(allowed == std::set<Genotype>{{{0}}});
}

TEST_CASE("what proxies cannot be measured with is refused before the first trial") {
  CHECK_THROWS_WITH(ProxyUnderTest(Given{{"proxies", "synflw"}}),
                    Contains("proxy.proxies=synflw") && Contains("did you mean 'synflow'"));
  CHECK_THROWS_WITH(ProxyUnderTest(Given{{"proxies", "snip,snip"}}), Contains("named twice"));
  CHECK_THROWS_WITH(ProxyUnderTest(Given{{"proxies", "params,snip"}}),
                    Contains("--objective params:max"));
  CHECK_THROWS_WITH(ProxyUnderTest(Given{{"proxies", "vote"}}, 5, 0, nullptr),
                    Contains("of their search space, and there is none"));
  const auto library = built_plugins().find(PluginKind::estimator, "proxy");
  EstimatorContext context;
  context.options = options_of(*library, {});
  CHECK_THROWS_WITH(library->make_estimator()->prepare(context), Contains("needs a dataset"));
  context.dataset = stripes();
  context.precision = Precision::bf16;
  CHECK_THROWS_WITH(library->make_estimator()->prepare(context), Contains("in float32"));
}

TEST_CASE("measuring over the memory limit, or cancelled, gives no metrics") {
  ProxyUnderTest small({}, 5, 1000);
  const Measurement over = small.estimate(1, 1);
  CHECK(over.status == Measurement::Status::failed);
  CHECK_THAT(over.reason, Contains("over the limit"));
  for (const char* proxies : {"naswot", "vote"}) {
    ProxyUnderTest proxy(Given{{"proxies", proxies}});
    proxy.cancel.raise(CancelToken::Level::stop_now);
    CHECK(proxy.estimate(1, 1).status == Measurement::Status::cancelled);
  }
}
