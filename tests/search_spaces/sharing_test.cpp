#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "core/engine/program.hpp"
#include "search_spaces/registry.hpp"

using namespace nas;

namespace {

struct Case {
  const char* space;
  std::map<std::string, std::string> options;
};

}  // namespace

TEST_CASE("networks of a space train one after the other over one store") {
  const auto [name, options] =
      GENERATE(Case{"described", {}}, Case{"mcunet", {}}, Case{"mnasnet", {}}, Case{"ofa", {}},
               Case{"proxyless", {}}, Case{"spos", {}}, Case{"spos", {{"channels", "true"}}});
  CAPTURE(name);
  const SpaceEntry& entry = search_space(name);
  const auto space = entry.make({{3, 32, 32}, 5}, OptionValues(name, entry.options, options));
  ParameterStore store;
  Random random(derive_seed(1, name));
  constexpr int networks = 4;
  constexpr std::int64_t batch = 2;
  for (int i = 0; i < networks; ++i) {
    const Architecture net = space->build(space->sample(random));
    store.prepare(net, 7);
    Program program(net, store, {.batch = batch, .mode = Mode::training});
    for (float& value : program.input()) value = static_cast<float>(random.normal());
    program.forward();
    for (float& slope : program.output_gradient()) slope = static_cast<float>(random.normal());
    program.backward();
    const auto is_finite = [](float value) { return std::isfinite(value); };
    CHECK(std::ranges::all_of(program.output(), is_finite));
  }
}
