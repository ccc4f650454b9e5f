#include <algorithm>
#include <numeric>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/engine/dnnl.hpp"

namespace nas::engine {
namespace {

/// Axes from the outermost, then the blocks inside them.
std::string layout_text(const Desc& desc) {
  if (!is_blocked(desc)) return "opaque";
  const Blocking layout = blocking(desc);
  std::vector<std::int64_t> order(layout.strides.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::int64_t axis) {
    return layout.strides[static_cast<std::size_t>(axis)];
  });

  const auto letter = [](char first, std::int64_t axis) { return static_cast<char>(first + axis); };
  std::string text;
  for (const std::int64_t axis : order) {
    const bool in_blocks = std::ranges::count(layout.block_axes, axis) > 0;
    text += letter(in_blocks ? 'A' : 'a', axis);
  }
  for (std::size_t block = 0; block < layout.block_sizes.size(); ++block) {
    text += fmt::format("{}{}", layout.block_sizes[block], letter('a', layout.block_axes[block]));
  }
  return text;
}

}  // namespace

std::string text(const Desc& desc) {
  const std::string_view type = data_type(desc) == DataType::bf16 ? "bf16:" : "";
  return fmt::format("{}{}:{}", type, fmt::join(extents(desc), "x"), layout_text(desc));
}

std::string kind_name(const primitive_desc_base& descriptor) {
  dnnl_primitive_kind_t kind = dnnl_undefined_primitive;
  dnnl::error::wrap_c_api(
      dnnl_primitive_desc_query(descriptor.get(), dnnl_query_primitive_kind, 0, &kind),
      "could not tell the kind of a primitive");
  return dnnl_prim_kind2str(kind);
}

}  // namespace nas::engine
