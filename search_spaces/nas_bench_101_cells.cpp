#include "search_spaces/nas_bench_101_cells.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "search_spaces/md5.hpp"

namespace nas {
namespace {

constexpr std::array<std::uint64_t, nas_bench_101_most_interior + 1> powers_of_ops = {1,  3,  9,
                                                                                      27, 81, 243};

constexpr std::string_view input_label = "-1";
constexpr std::string_view output_label = "-2";

/// "0" or "conv3x3".
std::optional<NasBench101Op> op_called(const std::string& label) {
  for (std::size_t i = 0; i < nas_bench_101_ops; ++i) {
    const auto op = static_cast<NasBench101Op>(i);
    if (label == std::to_string(i) || label == nas_bench_101_op_name(op)) return op;
  }
  return std::nullopt;
}

using Ops = decltype(NasBench101Form::ops);

/// Ops number 0, 1, … of all for this many vertices, in ascending order.
Ops ops_at(std::uint64_t number, std::size_t interior) {
  Ops ops{};
  for (std::size_t i = interior; i-- > 0; number /= nas_bench_101_ops) {
    ops[i] = static_cast<std::uint8_t>(number % nas_bench_101_ops);
  }
  return ops;
}

template <typename Order>
Ops moved(const Ops& ops, std::size_t interior, const Order& order) {
  Ops result{};
  for (std::size_t i = 0; i < interior; ++i) result[order[i]] = ops[i];
  return result;
}

template <typename Orders>
bool is_first(const Ops& ops, std::size_t interior, const Orders& automorphisms) {
  return std::ranges::none_of(automorphisms,
                              [&](const auto& order) { return moved(ops, interior, order) < ops; });
}

}  // namespace

NasBench101Cells::NasBench101Cells(std::size_t vertices, std::size_t edges)
    : vertices_(vertices), most_edges_(edges) {
  std::uint32_t bit = 1U << (places() - 1);
  for (std::size_t from = 0; from < vertices_; ++from) {
    for (std::size_t to = from + 1; to < vertices_; ++to, bit >>= 1) {
      edge_[from][to] = bit;
      edges_from_[from] |= bit;
      edges_to_[to] |= bit;
    }
  }
  visit_pruned([this](std::uint32_t mask, std::size_t interior) {
    pruned_ += powers_of_ops[interior];
    add_shape(mask, interior);
  });
  std::ranges::sort(shapes_, {}, &Shape::edges);
  std::uint64_t total = 0;
  for (const Shape& shape : shapes_) labellings_.push_back(total += powers_of_ops[shape.interior]);
}

std::uint32_t NasBench101Cells::used(std::uint32_t edges) const {
  std::uint32_t reached = 1, reaching = 1U << (vertices_ - 1);
  for (std::size_t to = 1; to < vertices_; ++to) {
    for (std::size_t from = 0; from < to; ++from) {
      if ((edges & edge_[from][to]) != 0) reached |= ((reached >> from) & 1U) << to;
    }
  }
  for (std::size_t from = vertices_ - 1; from-- > 0;) {
    for (std::size_t to = from + 1; to < vertices_; ++to) {
      if ((edges & edge_[from][to]) != 0) reaching |= ((reaching >> to) & 1U) << from;
    }
  }
  const std::uint32_t both = reached & reaching;
  return (both & 1U) != 0 ? both : 0;
}

NasBench101Cell NasBench101Cells::cell(const NasBench101Form& form) const {
  const std::uint32_t on_path = used(form.edges);
  const auto is_used = [on_path](std::size_t v) { return ((on_path >> v) & 1U) != 0; };
  std::array<std::size_t, nas_bench_101_most_vertices> place{};
  NasBench101Cell result;
  for (std::size_t v = 1; v < vertices_; ++v) {
    if (!is_used(v)) continue;
    place[v] = result.ops.size() + 1;
    if (v + 1 < vertices_) result.ops.push_back(static_cast<NasBench101Op>(form.ops[v - 1]));
  }
  for (std::size_t from = 0; from < vertices_; ++from) {
    for (std::size_t to = from + 1; to < vertices_; ++to) {
      if ((form.edges & edge_[from][to]) == 0 || !is_used(from) || !is_used(to)) continue;
      result.edges.emplace_back(place[from], place[to]);
    }
  }
  return result;
}

NasBench101Form NasBench101Cells::form(const NasBench101Cell& cell) const {
  if (cell.vertices() > vertices_ || cell.edges.size() > most_edges_) {
    throw Error(
        ErrorKind::space,
        fmt::format("the cell has {} vertices and {} edges; the space has at most {} and {}",
                    cell.vertices(), cell.edges.size(), vertices_, most_edges_));
  }
  NasBench101Form result;
  for (std::size_t i = 0; i < cell.ops.size(); ++i) {
    result.ops[i] = static_cast<std::uint8_t>(cell.ops[i]);
  }
  for (const auto& [from, to] : cell.edges) {
    result.edges |= edge_[from][to + 1 == cell.vertices() ? vertices_ - 1 : to];
  }
  return result;
}

NasBench101Form NasBench101Cells::canonical(const NasBench101Form& form) const {
  const NasBench101Form pruned = this->form(cell(form));
  const auto interior = static_cast<std::size_t>(std::popcount(used(pruned.edges))) - 2;
  Order order{};
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  NasBench101Form first = pruned;
  do {
    const std::uint32_t edges = reordered(pruned.edges, interior, order);
    if (edges == 0 || edges > first.edges) continue;
    first = std::min(first, {edges, moved(pruned.ops, interior, order)});
  } while (
      std::next_permutation(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(interior)));
  return first;
}

void NasBench101Cells::enumerate(const std::function<bool(const NasBench101Form&)>& visit) const {
  for (const Shape& shape : shapes_) {
    for (std::uint64_t number = 0; number < powers_of_ops[shape.interior]; ++number) {
      const Ops ops = ops_at(number, shape.interior);
      if (!is_first(ops, shape.interior, shape.automorphisms)) continue;
      if (!visit({shape.edges, ops})) return;
    }
  }
}

NasBench101Form NasBench101Cells::sample(Random& random) const {
  // Every shape has ops that are first among their like, one in as many as it has automorphisms:
  // a handful of draws.
  while (true) {
    const std::uint64_t drawn = random.below(labellings_.back());
    const auto found = std::ranges::upper_bound(labellings_, drawn);
    const Shape& shape = shapes_[static_cast<std::size_t>(found - labellings_.begin())];
    const Ops ops = ops_at(*found - 1 - drawn, shape.interior);
    if (is_first(ops, shape.interior, shape.automorphisms)) return {shape.edges, ops};
  }
}

std::uint64_t NasBench101Cells::count_pruned() const { return pruned_; }

std::uint64_t NasBench101Cells::count_valid(std::uint32_t edges, std::size_t answered) const {
  const std::uint32_t others = 1U << (places() - answered);
  const std::uint32_t first = edges & ~(others - 1);
  std::uint64_t count = 0;
  for (std::uint32_t rest = 0; rest < others; ++rest) {
    if (static_cast<std::size_t>(std::popcount(first | rest)) > most_edges_) continue;
    const int on_path = std::popcount(used(first | rest));
    if (on_path > 0) count += powers_of_ops[static_cast<std::size_t>(on_path - 2)];
  }
  return count;
}

/// 0 where an edge would lead backwards.
std::uint32_t NasBench101Cells::reordered(std::uint32_t edges, std::size_t interior,
                                          const Order& order) const {
  const auto place = [&](std::size_t v) -> std::size_t {
    return v == 0 || v == vertices_ - 1 ? v : order[v - 1] + 1U;
  };
  std::uint32_t result = 0;
  for (std::size_t from = 0; from <= interior; ++from) {
    for (std::size_t to = from + 1; to < vertices_; ++to) {
      if ((edges & edge_[from][to]) == 0) continue;
      if (place(from) >= place(to)) return 0;
      result |= edge_[place(from)][place(to)];
    }
  }
  return result;
}

/// In a graph without cycles, every vertex with edges from and to others lies on a path from the
/// only one without the latter to the only one without the former.
bool NasBench101Cells::every_vertex_used(std::uint32_t edges, std::size_t interior) const {
  if ((edges & edges_from_[0]) == 0 || (edges & edges_to_[vertices_ - 1]) == 0) return false;
  for (std::size_t v = 1; v <= interior; ++v) {
    if ((edges & edges_from_[v]) == 0 || (edges & edges_to_[v]) == 0) return false;
  }
  return true;
}

void NasBench101Cells::visit_pruned(
    const std::function<void(std::uint32_t edges, std::size_t interior)>& visit) const {
  for (std::size_t interior = 0; interior + 2 <= vertices_; ++interior) {
    std::uint32_t absent = 0;
    for (std::size_t v = interior + 1; v + 1 < vertices_; ++v) {
      absent |= edges_from_[v] | edges_to_[v];
    }
    const std::uint32_t present = ((1U << places()) - 1) & ~absent;
    // Every subset of the bits that are present, in ascending order.
    std::uint32_t edges = 0;
    do {
      edges = (edges - present) & present;
      if (static_cast<std::size_t>(std::popcount(edges)) <= most_edges_ &&
          every_vertex_used(edges, interior)) {
        visit(edges, interior);
      }
    } while (edges != 0);
  }
}

void NasBench101Cells::add_shape(std::uint32_t edges, std::size_t interior) {
  Shape shape{edges, interior, {}};
  Order order{};
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  do {
    const std::uint32_t other = reordered(edges, interior, order);
    if (other == 0) continue;
    if (other < edges) return;
    if (other == edges) shape.automorphisms.push_back(order);
  } while (
      std::next_permutation(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(interior)));
  shapes_.push_back(std::move(shape));
}

std::optional<NasBench101Cell> nas_bench_101_cell(const std::string& matrix,
                                                  const std::string& ops) {
  std::vector<std::string> rows;
  std::istringstream row_stream(matrix);
  for (std::string row; std::getline(row_stream, row, ';');) rows.push_back(row);
  std::vector<std::string> labels;
  std::istringstream label_stream(ops);
  for (std::string label; label_stream >> label;) labels.push_back(label);
  if (rows.size() < 2 || labels.size() != rows.size()) return std::nullopt;
  if (labels.front() != input_label || labels.back() != output_label) return std::nullopt;
  NasBench101Cell cell;
  for (std::size_t v = 1; v + 1 < labels.size(); ++v) {
    const auto op = op_called(labels[v]);
    if (!op) return std::nullopt;
    cell.ops.push_back(*op);
  }
  for (std::size_t from = 0; from < rows.size(); ++from) {
    if (rows[from].size() != rows.size()) return std::nullopt;
    for (std::size_t to = 0; to < rows.size(); ++to) {
      if (rows[from][to] == '0') continue;
      if (rows[from][to] != '1' || to <= from) return std::nullopt;
      cell.edges.emplace_back(from, to);
    }
  }
  return cell;
}

std::string nas_bench_101_hash(const NasBench101Cell& cell) {
  constexpr int input_number = -1, output_number = -2;
  const std::size_t count = cell.vertices();
  std::vector<std::vector<std::size_t>> from(count), to(count);
  for (const auto& [source, target] : cell.edges) {
    to[source].push_back(target);
    from[target].push_back(source);
  }
  std::vector<std::string> hashes;
  for (std::size_t v = 0; v < count; ++v) {
    const int label = v == 0           ? input_number
                      : v + 1 == count ? output_number
                                       : static_cast<int>(cell.ops[v - 1]);
    hashes.push_back(md5(fmt::format("({}, {}, {})", to[v].size(), from[v].size(), label)));
  }
  const auto joined = [&hashes](const std::vector<std::size_t>& neighbours) {
    std::vector<std::string> texts;
    texts.reserve(neighbours.size());
    for (const std::size_t v : neighbours) texts.push_back(hashes[v]);
    std::ranges::sort(texts);
    return fmt::format("{}", fmt::join(texts, ""));
  };
  for (std::size_t round = 0; round < count; ++round) {
    std::vector<std::string> next;
    for (std::size_t v = 0; v < count; ++v) {
      next.push_back(md5(fmt::format("{}|{}|{}", joined(from[v]), joined(to[v]), hashes[v])));
    }
    hashes = std::move(next);
  }
  std::ranges::sort(hashes);
  return md5(fmt::format("['{}']", fmt::join(hashes, "', '")));
}

}  // namespace nas
