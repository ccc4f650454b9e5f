/// The networks of NAS-Bench-201 (Dong, Yang 2020), as its authors' code builds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/architecture/blocks.hpp"

namespace nas {

/// In the order of the benchmark's own list, by which digits of a code name them.
enum class NasBench201Op : std::uint8_t {
  none,
  skip_connect,
  nor_conv_1x1,
  nor_conv_3x3,
  avg_pool_3x3,
};
inline constexpr std::size_t nas_bench_201_ops = 5;
/// "nor_conv_3x3": the enumerator's name.
std::string_view nas_bench_201_op_name(NasBench201Op op);

/// Keeps resolution and channels.
NodeId add_nas_bench_201_op(Architecture& net, NodeId input, const std::string& name,
                            NasBench201Op op, bool affine = true);

/// Four nodes, the first of which is the input, the last the output; each is the sum of what the
/// six edges bring. `code` has a digit for each edge, in the order 0->1, 0->2, 1->2, 0->3, 1->3,
/// 2->3. Weights are called by edge and op ("<name>.edge03.nor_conv_3x3"). Throws Error(space)
/// where it is not six digits from 0 to 4.
NodeId add_nas_bench_201_cell(Architecture& net, NodeId input, const std::string& name,
                              std::string_view code, bool affine = true);

struct NasBench201 {
  std::string code;
  std::int64_t cells = 5;      ///< in each of the three stages
  std::int64_t channels = 16;  ///< of the first stage; the next have two and four times as many
  bool affine = true;          ///< of the cells' batch norms
};

/// Stem, three stages of cells with a residual block of stride 2 between them, batch norm, ReLU,
/// global average pooling, linear layer. At odd sizes the residual's pooling, 2x2 in steps of 2,
/// begins one pixel outside the image, to round up as its convolution does.
Architecture nas_bench_201(const NasBench201& settings, const Task& task);

}  // namespace nas
