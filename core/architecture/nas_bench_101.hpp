/// The networks of NAS-Bench-101 (Ying et al. 2019, arXiv 1902.09635), as its authors' code builds
/// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/architecture/blocks.hpp"

namespace nas {

/// In the order of the benchmark's list of available ops, by which its hash numbers them.
enum class NasBench101Op : std::uint8_t { conv3x3, conv1x1, maxpool3x3 };
inline constexpr std::size_t nas_bench_101_ops = 3;
/// "conv3x3": the enumerator's name.
std::string_view nas_bench_101_op_name(NasBench101Op op);

/// A directed acyclic graph: vertex 0 is the input, the last one the output, and those between have
/// an op each. Every vertex lies on a path from input to output.
struct NasBench101Cell {
  std::vector<NasBench101Op> ops;                          ///< of vertices 1, 2, …
  std::vector<std::pair<std::size_t, std::size_t>> edges;  ///< (from, to), from < to

  std::size_t vertices() const { return ops.size() + 2; }
  bool has_edge(std::size_t from, std::size_t to) const;
};

/// Channels of every vertex. Those that the output concatenates share its channels equally; what
/// is left over goes to the first of them, one each. Another has the most of those that it feeds.
std::vector<std::int64_t> nas_bench_101_channels(const NasBench101Cell& cell,
                                                 std::int64_t in_channels,
                                                 std::int64_t out_channels);

/// A vertex adds up what comes in, in as many channels as it has, and applies its op. The input
/// comes through a 1x1 convolution of its own. The output concatenates, and adds the input where
/// that leads to it. Weights are called by vertex, op and channels ("<name>.vertex1.conv3x3.c64").
NodeId add_nas_bench_101_cell(Architecture& net, NodeId input, const std::string& name,
                              const NasBench101Cell& cell, std::int64_t out_channels);

struct NasBench101 {
  NasBench101Cell cell;
  std::int64_t channels = 128;  ///< of the stem and the first stack; doubled in each of the next
  std::int64_t stacks = 3;
  std::int64_t cells = 3;  ///< in each stack
};

/// 3x3 stem, stacks of cells with 2x2 max pooling of stride 2 between them, global average pooling,
/// linear layer. At odd sizes the pooling begins one pixel outside the image, to round up.
Architecture nas_bench_101(const NasBench101& settings, const Task& task);

}  // namespace nas
