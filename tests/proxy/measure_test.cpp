#include "plugins/estimators/proxy/measure.hpp"

#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "tests/proxy/networks.hpp"

using namespace nas;
using namespace nas::test;
using proxy::Proxy;

namespace {

using enum Proxy;
const proxy::Proxies every_proxy = {grad_norm, snip, grasp,   fisher, jacob_cov, naswot,
                                    synflow,   zen,  l2_norm, params, macs};

proxy::Scores measured(const Architecture& net, const proxy::Proxies& wanted, std::uint64_t seed) {
  const CancelToken never;
  return proxy::measure(net, wanted, random_settings({2, 6, 5}, 6), seed, never).scores;
}

}  // namespace

TEST_CASE("every proxy is measured, follows from the seed, and does not depend on the others") {
  const Architecture net = branched_network();
  const proxy::Scores together = measured(net, every_proxy, 5);
  REQUIRE(together.size() == every_proxy.size());
  for (const Proxy each : every_proxy) {
    CAPTURE(proxy::name_of(each));
    CHECK(std::isfinite(together.at(each)));
    CHECK(measured(net, {each}, 5).at(each) == together.at(each));
  }
  CHECK(measured(net, {snip}, 6).at(snip) != together.at(snip));
}

TEST_CASE("params and macs are the cost model's") {
  const Architecture net = branched_network();
  const proxy::Scores scores = measured(net, {params, macs}, 1);
  const Cost counted = cost(net);
  CHECK(scores.at(params) == static_cast<double>(counted.params));
  CHECK(scores.at(macs) == static_cast<double>(counted.macs));
}

TEST_CASE("dropout is left out") {
  Architecture net;
  NodeId x = net.add(input_op({2, 6, 5}), {}, "image");
  x = net.add(Op(OpKind::dropout).set("p", 0.5), {x}, "dropout");
  add_classifier(net, x, 3);
  Architecture without;
  x = without.add(input_op({2, 6, 5}), {}, "image");
  add_classifier(without, x, 3);
  CHECK(measured(net, {snip}, 1).at(snip) == measured(without, {snip}, 1).at(snip));
}

TEST_CASE("a network over the memory limit fails with both sizes") {
  const Architecture net = branched_network();
  proxy::MeasureSettings settings = random_settings({2, 6, 5}, 6);
  settings.memory_limit = 100;
  const CancelToken never;
  const proxy::Outcome outcome = proxy::measure(net, {snip}, settings, 1, never);
  CHECK(outcome.failure.find("over the limit of 100") != std::string::npos);
  CHECK(outcome.scores.empty());
}

TEST_CASE("measuring stops where it is cancelled") {
  CancelToken cancelled;
  cancelled.raise(CancelToken::Level::stop_now);
  CHECK(proxy::measure(branched_network(), {snip}, random_settings({2, 6, 5}, 6), 1, cancelled)
            .cancelled);
}

TEST_CASE("names of proxies are checked") {
  CHECK(proxy::parse_proxies("snip,zen") == std::vector<Proxy>{snip, zen});
  CHECK(proxy::parse_proxies("snip, zen") == std::vector<Proxy>{snip, zen});
  const auto message = [](const std::string& text) -> std::string {
    try {
      proxy::parse_proxies(text);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  CHECK(message("snipp").find("did you mean 'snip'") != std::string::npos);
  CHECK(message("snip,snip").find("named twice") != std::string::npos);
  CHECK(message("").find("unknown proxy ''") != std::string::npos);
}
