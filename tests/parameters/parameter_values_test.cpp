#include "core/parameters/parameter_values.hpp"

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/reference/views.hpp"
#include "tests/base/rejection.hpp"

using namespace nas;

namespace {

/// Sums of up to 49 products in another precision.
constexpr float tolerance = 1e-5F;

/// Kernels of 7x7 and matrices that lead to smaller ones.
ParameterStore kernels() {
  ParameterStore store;
  store.create("w", {6, 4, 7, 7}, ParameterRole::weight);
  store.create("7to5", {25, 25}, ParameterRole::transform);
  store.create("5to3", {9, 9}, ParameterRole::transform);
  for (const auto& [name, parameter] : store.all()) {
    Random random(derive_seed(1, name));
    for (float& value : parameter->value.values()) value = static_cast<float>(random.normal());
  }
  return store;
}

std::vector<float> one_view_after_the_other(ParameterStore& store,
                                            const ParameterReference& reference) {
  const reference::ViewChain<float> chain(
      reference, [&](const std::string& name) { return store.at(name).value.values(); });
  return {chain.values().begin(), chain.values().end()};
}

}  // namespace

TEST_CASE("the values of a parameter are what its views leave, one after the other") {
  ParameterStore store = kernels();
  const std::vector<std::vector<View>> chains = {
      {},
      {RangeView{.axis = 0, .count = 3}},
      {RangeView{.axis = 1, .begin = 1, .count = 2}, RangeView{.axis = 0, .begin = 4, .count = 2}},
      {CentreView{3, 5}},
      {CentreView{5, 5}, TransformView{"7to5"}},
      {CentreView{5, 5}, TransformView{"7to5"}, CentreView{3, 3}, TransformView{"5to3"},
       RangeView{.axis = 0, .begin = 1, .count = 4}, RangeView{.axis = 1, .count = 3}},
      {RangeView{.axis = 0, .count = 2}, ReshapeView{{8, 7, 7}}}};
  for (const std::vector<View>& views : chains) {
    const ParameterReference reference{"w", {6, 4, 7, 7}, views};
    CAPTURE(text(reference));
    const std::vector<float> values = parameter_values(store, reference);
    const std::vector<float> expected = one_view_after_the_other(store, reference);
    REQUIRE(values.size() == expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      CHECK_THAT(values[i], Catch::WithinAbs(expected[i], tolerance));
    }
  }
}

TEST_CASE("a store without the tensor, or with another shape of it, is refused") {
  const ParameterStore store = kernels();
  rejection(ErrorKind::space, [&] { parameter_values(store, {"v", {6}, {}}); });
  const std::string message = rejection(ErrorKind::space, [&] {
    parameter_values(store, {"w", {6, 4, 5, 5}, {}});
  });
  CHECK(message == "parameter 'w' has the shape (6, 4, 7, 7), and the network needs (6, 4, 5, 5)");
  rejection(ErrorKind::space, [&] {
    parameter_values(store, {"w", {6, 4, 7, 7}, {CentreView{5, 5}, TransformView{"5to3"}}});
  });
}
