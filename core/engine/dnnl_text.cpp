#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/engine/dnnl.hpp"

namespace nas::engine {
namespace {

/// Axes from the outermost, then the blocks inside them.
std::string layout_text(const dnnl_memory_desc_t& desc) {
  if (desc.format_kind != dnnl_blocked) return "opaque";
  const auto& blocking = desc.format_desc.blocking;
  std::vector<int> order(static_cast<std::size_t>(desc.ndims));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](int axis) { return blocking.strides[axis]; });

  const auto* const blocked_axes = blocking.inner_idxs;
  const auto* const end = blocked_axes + blocking.inner_nblks;
  std::string text;
  for (const int axis : order) {
    const bool is_blocked = std::find(blocked_axes, end, axis) != end;
    text += static_cast<char>((is_blocked ? 'A' : 'a') + axis);
  }
  for (int block = 0; block < blocking.inner_nblks; ++block) {
    text += fmt::format("{}{}", blocking.inner_blks[block],
                        static_cast<char>('a' + blocking.inner_idxs[block]));
  }
  return text;
}

}  // namespace

std::string text(const Desc& desc) {
  return fmt::format("{}:{}", fmt::join(desc.dims(), "x"), layout_text(desc.data));
}

std::string kind_name(const primitive_desc_base& descriptor) {
  dnnl_primitive_kind_t kind = dnnl_undefined_primitive;
  dnnl::error::wrap_c_api(
      dnnl_primitive_desc_query(descriptor.get(), dnnl_query_primitive_kind, 0, &kind),
      "could not tell the kind of a primitive");
  return dnnl_prim_kind2str(kind);
}

}  // namespace nas::engine
