// Changes of layout, which are oneDNN's: some of its releases get some of them wrong.
#include <cstdint>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/engine/dnnl.hpp"
#include "core/parameters/tensor.hpp"

using namespace nas;
using namespace nas::engine;
using Tag = dnnl::memory::format_tag;

namespace {

/// Where the value of these indices lies.
std::size_t place(const Blocking& layout, Dims indices) {
  std::int64_t offset = 0, inner = 1;
  for (std::size_t i = layout.block_sizes.size(); i-- > 0;) {
    std::int64_t& index = indices[static_cast<std::size_t>(layout.block_axes[i])];
    offset += index % layout.block_sizes[i] * inner;
    inner *= layout.block_sizes[i];
    index /= layout.block_sizes[i];
  }
  for (std::size_t axis = 0; axis < indices.size(); ++axis) {
    offset += indices[axis] * layout.strides[axis];
  }
  return static_cast<std::size_t>(offset);
}

/// Places of all values, the last axis the fastest.
std::vector<std::size_t> places(const Desc& desc) {
  const Dims dims = extents(desc);
  const Blocking layout = blocking(desc);
  std::vector<std::size_t> result;
  Dims indices(dims.size(), 0);
  for (bool more = true; more;) {
    result.push_back(place(layout, indices));
    std::size_t axis = dims.size();
    for (; axis > 0 && ++indices[axis - 1] == dims[axis - 1]; --axis) indices[axis - 1] = 0;
    more = axis > 0;
  }
  return result;
}

Tensor buffer(const Desc& desc, float value) {
  Tensor result(desc.get_size() / sizeof(float));
  for (float& each : result.values()) each = value;
  return result;
}

/// Numbers the values, and asks for each of them, and for zeros in the padding, behind the reorder.
void check_reorder(const Desc& from, const Desc& to) {
  CAPTURE(text(from), text(to));
  Tensor source = buffer(from, 0), target = buffer(to, -1), expected = buffer(to, 0);
  float number = 0;
  for (const std::size_t each : places(from)) source.data()[each] = ++number;
  number = 0;
  for (const std::size_t each : places(to)) expected.data()[each] = ++number;

  const auto descriptor = reorder(from, to);
  Tensor scratch(descriptor.scratchpad_desc().get_size() / sizeof(float) + 1);
  dnnl::stream stream(cpu());
  dnnl::reorder(descriptor)
      .execute(stream,
               {{DNNL_ARG_FROM, {from, cpu(), source.data()}},
                {DNNL_ARG_TO, {to, cpu(), target.data()}},
                {DNNL_ARG_SCRATCHPAD, {descriptor.scratchpad_desc(), cpu(), scratch.data()}}});
  stream.wait();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < target.size(); ++i) wrong += target.data()[i] != expected.data()[i];
  CHECK(wrong == 0);
}

void check_reorders(const Dims& dims, const std::vector<Tag>& layouts) {
  for (const Tag from : layouts) {
    for (const Tag to : layouts) {
      if (from == to) continue;
      constexpr auto type = dnnl::memory::data_type::f32;
      check_reorder({dims, type, from}, {dims, type, to});
    }
  }
}

}  // namespace

TEST_CASE("activations keep their values from layout to layout") {
  const std::int64_t channels = GENERATE(3, 8, 13, 16, 24, 40);
  const Dims image = GENERATE(Dims{1, 1}, Dims{5, 7}, Dims{8, 8});
  check_reorders({2, channels, image[0], image[1]},
                 {Tag::nchw, Tag::nhwc, Tag::nChw8c, Tag::nChw16c});
}

TEST_CASE("weights keep their values from layout to layout") {
  const std::int64_t kernel = GENERATE(1, 3, 5);
  const Dims channels = GENERATE(Dims{16, 3}, Dims{24, 16}, Dims{13, 21}, Dims{10, 40});
  check_reorders({channels[0], channels[1], kernel, kernel},
                 {Tag::oihw, Tag::OIhw8i8o, Tag::OIhw8o8i, Tag::OIhw16i16o, Tag::OIhw16o16i,
                  Tag::Ohwi8o, Tag::Ohwi16o, Tag::hwio});
}

TEST_CASE("weights of groups keep their values from layout to layout") {
  const std::int64_t kernel = GENERATE(1, 3, 7);
  const std::int64_t groups = GENERATE(9, 16, 40);
  check_reorders({groups, 1, 1, kernel, kernel}, {Tag::goihw, Tag::Goihw8g, Tag::Goihw16g});
  check_reorders({3, 16, 7, kernel, kernel},
                 {Tag::goihw, Tag::gOIhw8i8o, Tag::gOIhw8o8i, Tag::gOIhw16i16o, Tag::hwigo});
}

TEST_CASE("layouts that differ by the stride of a lone pixel are the same") {
  constexpr auto type = dnnl::memory::data_type::f32, half = dnnl::memory::data_type::bf16;
  const Dims lone{5, 40, 1, 1}, pair{5, 40, 1, 2};
  CHECK(same_layout({lone, type, Dims{40, 1, 1, 1}}, {lone, half, Dims{40, 1, 40, 40}}));
  CHECK_FALSE(same_layout({pair, type, Dims{80, 2, 2, 1}}, {pair, half, Dims{80, 1, 80, 40}}));
  CHECK_FALSE(same_layout({lone, type, Tag::nchw}, {lone, type, Tag::nChw8c}));
  CHECK_FALSE(same_layout({lone, type, Tag::nchw}, {pair, type, Tag::nchw}));
}
