// Sums over the pixels of large images, which in float, one pixel after the other, lose digits.
#include "core/engine/kernels/pixel_sums.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/engine/one_op.hpp"
#include "tests/engine/program_checks.hpp"

using namespace nas;
using namespace nas::engine;
using namespace nas::test;

namespace {

/// Four roundings to float: sums are of 32 pixels at a time.
constexpr double rounding = 4 * 0x1p-24;

/// From 0 to 1, so that errors are relative to the sum.
std::vector<float> uniform_values(std::size_t count) {
  Random random(1);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform(0, 1));
  return values;
}

}  // namespace

TEST_CASE("sums over pixels are right to rounding in every layout") {
  using Tag = dnnl::memory::format_tag;
  const Tag tag = GENERATE(Tag::nchw, Tag::nhwc, Tag::nChw4c, Tag::nChw8c, Tag::nChw16c);
  const Desc desc({2, 29, 61, 67}, dnnl::memory::data_type::f32, tag);
  const ChannelBlocks blocks = channel_blocks(desc).value();
  const std::vector<float> values = uniform_values(static_cast<std::size_t>(blocks.elements()));
  const auto term = [&](std::int64_t index) { return values[static_cast<std::size_t>(index)]; };
  std::vector<float> sums(static_cast<std::size_t>(blocks.elements() / blocks.pixels), -1);
  sum_over_pixels(blocks, term, sums.data());

  std::vector<double> expected(sums.size(), 0.0);
  const std::int64_t block_size = blocks.pixels * blocks.width;
  for (std::int64_t i = 0; i < blocks.elements(); ++i) {
    const std::int64_t place = i / block_size * blocks.width + i % blocks.width;
    expected[static_cast<std::size_t>(place)] += static_cast<double>(term(i));
  }
  double worst = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(sums[i]) / expected[i] - 1));
  }
  CHECK(worst < rounding);
}

TEST_CASE("the average over a large image is right to rounding") {
  const Architecture net = one_op(Op(OpKind::global_average_pool), {{5, 128, 128}});
  ParameterStore store;
  Program program(net, store, {});
  const std::vector<float> image = uniform_values(program.input().size());
  std::ranges::copy(image, program.input().begin());
  program.forward();
  ReferenceNetwork<double> reference(net, 1, Mode::inference);
  const std::vector<double> expected = reference.forward(widened(image));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(static_cast<double>(program.output()[i]) == Approx(expected[i]).epsilon(rounding));
  }
}
