// The memory plan on whole networks.
#include <catch2/catch.hpp>

#include "core/engine/program.hpp"
#include "tests/peers/networks.hpp"

using namespace nas;

TEST_CASE("the arena of the networks that are measured is at most 1.15 times the bound") {
  constexpr double allowed = 1.15;
  for (const std::string& name : peers::network_names()) {
    const Architecture net = peers::network(name);
    ParameterStore store;
    store.prepare(net, 1);
    for (const Mode mode : {Mode::inference, Mode::training}) {
      for (const std::int64_t batch : {1, 64}) {
        const Program program(net, store, {.batch = batch, .mode = mode});
        const auto bound = static_cast<double>(program.liveness_bound_bytes());
        const double ratio = static_cast<double>(program.arena_bytes()) / bound;
        CAPTURE(name, batch, mode == Mode::training, ratio);
        CHECK(bound > 0);
        CHECK(ratio >= 1);
        CHECK(ratio <= allowed);
      }
    }
  }
}
