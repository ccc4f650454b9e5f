/// The different cells of NAS-Bench-101: canonical forms, and all of them in order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture/nas_bench_101.hpp"
#include "core/base/random.hpp"

namespace nas {

inline constexpr std::size_t nas_bench_101_most_vertices = 7;
inline constexpr std::size_t nas_bench_101_most_interior = nas_bench_101_most_vertices - 2;

/// Edges as bits: of the pairs (0,1), (0,2), …, (0,V-1), (1,2), … for V vertices, the first is the
/// highest bit, so that numbers are ordered as lists of answers are. Ops of vertices 1, 2, …; of
/// those that do not exist, 0. A cell of fewer vertices leaves out the last of the interior ones.
struct NasBench101Form {
  std::uint32_t edges = 0;
  std::array<std::uint8_t, nas_bench_101_most_interior> ops{};
  friend auto operator<=>(const NasBench101Form&, const NasBench101Form&) = default;
};

/// All cells of at most `vertices` vertices and `edges` edges. Immutable.
class NasBench101Cells {
 public:
  /// From 2 to 7 vertices, and at least one edge.
  NasBench101Cells(std::size_t vertices, std::size_t edges);

  std::size_t vertices() const { return vertices_; }
  std::size_t most_edges() const { return most_edges_; }
  /// Edges that there could be: V * (V - 1) / 2.
  std::size_t places() const { return vertices_ * (vertices_ - 1) / 2; }
  std::uint32_t edge(std::size_t from, std::size_t to) const { return edge_[from][to]; }

  /// A bit for each vertex on a path from the input to the output; 0 where there is no path.
  std::uint32_t used(std::uint32_t edges) const;
  /// The cell without what lies on no path.
  NasBench101Cell cell(const NasBench101Form& form) const;
  /// Throws Error(space) where the cell has too many vertices or edges.
  NasBench101Form form(const NasBench101Cell& cell) const;
  /// The first, in ascending order, of the forms of all cells that are isomorphic after pruning.
  NasBench101Form canonical(const NasBench101Form& form) const;

  /// Calls `visit` with every canonical form in ascending order, until it returns false.
  void enumerate(const std::function<bool(const NasBench101Form&)>& visit) const;
  /// Uniform over canonical forms.
  NasBench101Form sample(Random& random) const;
  /// Forms that enumerating without regard to isomorphism would give: every vertex on a path.
  std::uint64_t count_pruned() const;
  /// Forms with a path, any number of vertices off it, and these with the first op, whose first
  /// `answered` places for edges are as in `edges`.
  std::uint64_t count_valid(std::uint32_t edges, std::size_t answered) const;

 private:
  /// Where each interior vertex goes, counted from 0.
  using Order = std::array<std::uint8_t, nas_bench_101_most_interior>;
  /// The edges of a canonical form, with the orders that map them to themselves.
  struct Shape {
    std::uint32_t edges;
    std::size_t interior;
    std::vector<Order> automorphisms;
  };

  std::uint32_t reordered(std::uint32_t edges, std::size_t interior, const Order& order) const;
  bool every_vertex_used(std::uint32_t edges, std::size_t interior) const;
  void visit_pruned(
      const std::function<void(std::uint32_t edges, std::size_t interior)>& visit) const;
  void add_shape(std::uint32_t edges, std::size_t interior);

  std::size_t vertices_;
  std::size_t most_edges_;
  std::array<std::array<std::uint32_t, nas_bench_101_most_vertices>, nas_bench_101_most_vertices>
      edge_{};
  /// Of each vertex.
  std::array<std::uint32_t, nas_bench_101_most_vertices> edges_from_{}, edges_to_{};
  std::uint64_t pruned_ = 0;
  std::vector<Shape> shapes_;              ///< in ascending order
  std::vector<std::uint64_t> labellings_;  ///< of the shapes up to each
};

/// The cell of a matrix, "0110;0010;0001;0000", and its ops, "-1 0 2 -2": input, output and the
/// numbers or names of ops. Nothing where the matrix is not square and upper triangular, or ops do
/// not fit it.
std::optional<NasBench101Cell> nas_bench_101_cell(const std::string& matrix,
                                                  const std::string& ops);

/// The benchmark's own key for a cell, `hash_module`: iterated MD5 over the vertices' neighbours;
/// equal for isomorphic cells.
std::string nas_bench_101_hash(const NasBench101Cell& cell);

}  // namespace nas
