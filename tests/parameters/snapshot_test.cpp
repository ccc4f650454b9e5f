#include "core/parameters/snapshot.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "tests/base/rejection.hpp"

using namespace nas;

namespace {

bool all(const Parameter&) { return true; }
bool is_weight(const Parameter& parameter) { return parameter.role == ParameterRole::weight; }

/// Two weights, a coefficient and a statistic, with values and gradients.
ParameterStore sample_store() {
  ParameterStore store;
  store.create("a", {3}, ParameterRole::weight);
  store.create("alpha", {2}, ParameterRole::coefficient);
  store.create("b", {2}, ParameterRole::weight);
  store.create("mean", {2}, ParameterRole::running_mean);
  Random random(1);
  for (const auto& [name, parameter] : store.all()) {
    for (float& value : parameter->value.values()) value = static_cast<float>(random.normal());
    for (float& value : parameter->gradient.values()) value = static_cast<float>(random.normal());
  }
  return store;
}

std::vector<float> values(const ParameterStore& store) {
  std::vector<float> result;
  for (const auto& [name, parameter] : store.all()) {
    result.insert(result.end(), parameter->value.values().begin(), parameter->value.values().end());
  }
  return result;
}

/// As float arithmetic gives it: one product, one sum.
float moved(float value, float step, double factor) {
  return value + static_cast<float>(factor) * step;
}

}  // namespace

TEST_CASE("what a snapshot was taken of can be restored to the last bit") {
  ParameterStore store = sample_store();
  const std::vector<float> before = values(store);
  const Snapshot snapshot(store, all);
  for (const auto& [name, parameter] : store.all()) {
    for (float& value : parameter->value.values()) value *= 1.1F;
  }
  CHECK(values(store) != before);
  snapshot.restore(store);
  CHECK(values(store) == before);
}

TEST_CASE("a snapshot of a part restores that part") {
  ParameterStore store = sample_store();
  const Snapshot weights(store, is_weight);
  const float weight = store.at("a").value.data()[0];
  for (const auto& [name, parameter] : store.all()) parameter->value.data()[0] = 5.0F;
  weights.restore(store);
  CHECK(store.at("a").value.data()[0] == weight);
  CHECK(store.at("alpha").value.data()[0] == 5.0F);
  CHECK(store.at("mean").value.data()[0] == 5.0F);
}

TEST_CASE("a snapshot of gradients moves values along them, and puts gradients back") {
  ParameterStore store = sample_store();
  const ParameterStore before = copy_of(store, all);
  const Snapshot gradients(store, is_weight, Snapshot::What::gradient);
  const float step = store.at("a").gradient.data()[1];
  store.at("a").gradient.data()[1] = 0;
  gradients.add_to(store, -0.25);
  CHECK(store.at("a").value.data()[1] == moved(before.at("a").value.data()[1], step, -0.25));
  CHECK(store.at("alpha").value.data()[0] == before.at("alpha").value.data()[0]);
  gradients.restore(store);
  CHECK(store.at("a").gradient.data()[1] == step);
}

TEST_CASE("SGD's velocity is copied where there is some") {
  ParameterStore store = sample_store();
  Tensor& velocity =
      store.at("a").optimizer.tensors.emplace(std::string(sgd_velocity), Tensor(3)).first->second;
  velocity.data()[2] = 2.0F;
  const Snapshot snapshot(store, all, Snapshot::What::velocity);
  CHECK(snapshot.norm() == 2.0);
  velocity.data()[2] = 7.0F;
  snapshot.restore(store);
  CHECK(velocity.data()[2] == 2.0F);
  ParameterStore fresh = sample_store();
  CHECK_THAT(rejection(ErrorKind::space, [&] { snapshot.restore(fresh); }),
             Catch::Contains("'3' values for parameter 'a', which holds 0"));
}

TEST_CASE("the norm is over all tensors together") {
  ParameterStore store;
  store.create("a", {2}, ParameterRole::weight).value.data()[1] = 3.0F;
  store.create("b", {1}, ParameterRole::weight).value.data()[0] = -4.0F;
  CHECK(Snapshot(store, all).norm() == 5.0);
  CHECK(Snapshot(store, [](const Parameter&) { return false; }).norm() == 0.0);
}

TEST_CASE("values move along the gradient where it was touched") {
  ParameterStore store = sample_store();
  const ParameterStore before = copy_of(store, all);
  Parameter& a = store.at("a");
  const ElementRuns runs = {{0, 1}, {2, 1}};
  const TouchedParameter touched[] = {{&a, runs}};
  add_gradients(touched, 0.5);
  const float* const old = before.at("a").value.data();
  CHECK(a.value.data()[0] == moved(old[0], a.gradient.data()[0], 0.5));
  CHECK(a.value.data()[1] == old[1]);
  CHECK(a.value.data()[2] == moved(old[2], a.gradient.data()[2], 0.5));
}

TEST_CASE("a snapshot of another store is refused") {
  const ParameterStore store = sample_store();
  const Snapshot snapshot(store, is_weight);
  ParameterStore other;
  CHECK_THAT(rejection(ErrorKind::space, [&] { snapshot.restore(other); }),
             Catch::Contains("holds no 'a'"));
  other.create("a", {5}, ParameterRole::weight);
  CHECK(rejection(ErrorKind::space, [&] { snapshot.add_to(other, 1); }) ==
        "the snapshot has '3' values for parameter 'a', which holds 5; it was taken of another "
        "store");
}

TEST_CASE("a copy of a store holds what was chosen, with shapes and roles") {
  const ParameterStore store = sample_store();
  const ParameterStore statistics = copy_of(store, is_statistic);
  REQUIRE(statistics.all().size() == 1);
  CHECK(statistics.at("mean").role == ParameterRole::running_mean);
  CHECK(statistics.at("mean").shape == std::vector<std::int64_t>{2});
  CHECK(std::ranges::equal(statistics.at("mean").value.values(), store.at("mean").value.values()));
}
