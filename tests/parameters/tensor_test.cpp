#include "core/parameters/tensor.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include <catch2/catch.hpp>

using namespace nas;

TEST_CASE("a tensor is zeroed and begins on a cache line, small or large") {
  const std::size_t size = GENERATE(1, 17, 1'000'003);
  const Tensor tensor(size);
  REQUIRE(tensor.size() == size);
  CHECK(reinterpret_cast<std::uintptr_t>(tensor.data()) % Tensor::alignment == 0);
  CHECK(std::ranges::all_of(tensor.values(), [](float value) { return value == 0.0F; }));
}

TEST_CASE("a tensor of nothing has no memory") {
  CHECK(Tensor(0).data() == nullptr);
  CHECK(Tensor().size() == 0);
}

TEST_CASE("a moved tensor leaves nothing behind") {
  Tensor from(4);
  from.data()[3] = 5.0F;
  Tensor to = std::move(from);
  CHECK(from.size() == 0);  // NOLINT(bugprone-use-after-move): what this is about
  CHECK(from.data() == nullptr);
  CHECK(to.values()[3] == 5.0F);
  from = std::move(to);
  CHECK(from.size() == 4);
  CHECK(to.size() == 0);  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("a tensor beyond all memory is refused") {
  CHECK_THROWS_AS(Tensor(std::numeric_limits<std::size_t>::max() / 2), std::bad_alloc);
}
