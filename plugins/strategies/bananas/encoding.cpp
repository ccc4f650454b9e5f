#include "plugins/strategies/bananas/encoding.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "core/base/hash.hpp"

namespace nas {
namespace {

constexpr std::size_t hashed_bits = 512;

class OneHot final : public Encoding {
 public:
  explicit OneHot(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions) {
      begins_.push_back(size_);
      size_ += decision.options.size();
    }
  }
  std::size_t size() const override { return size_; }
  std::vector<std::size_t> bits(const Genotype& genotype) const override {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < begins_.size(); ++i) {
      result.push_back(begins_[i] + static_cast<std::size_t>(genotype.answers[i]));
    }
    return result;
  }

 private:
  std::vector<std::size_t> begins_;
  std::size_t size_ = 0;
};

/// Reads a number and takes it off the front.
std::optional<std::size_t> taken_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

struct CellEdge {
  std::size_t from;
  std::size_t to;
  std::size_t decision;
};

/// Where the ops of a cell are.
struct Cell {
  std::vector<CellEdge> edges;
  std::map<std::size_t, std::size_t> vertex_ops;  ///< decision, by vertex; empty: ops on edges
  std::size_t ops = 0;
  std::size_t last = 0;  ///< the output vertex
};

bool read_decision(const std::vector<Decision>& decisions, std::size_t i, Cell& cell) {
  std::string_view rest = decisions[i].name;
  if (take(rest, "edge ")) {
    const auto from = taken_number(rest);
    if (!from || !take(rest, "->")) return false;
    const auto to = taken_number(rest);
    if (!to || !rest.empty() || *from >= *to) return false;
    cell.edges.push_back({*from, *to, i});
    cell.last = std::max(cell.last, *to);
    return true;
  }
  if (!take(rest, "vertex")) return false;
  const auto vertex = taken_number(rest);
  if (!vertex || rest != ".op") return false;
  return cell.vertex_ops.emplace(*vertex, i).second;
}

std::optional<Cell> cell_of(const std::vector<Decision>& decisions) {
  Cell cell;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (!read_decision(decisions, i, cell)) return std::nullopt;
  }
  if (cell.edges.empty()) return std::nullopt;
  const bool on_edges = cell.vertex_ops.empty();
  if (!on_edges && cell.vertex_ops.size() + 1 != cell.last) return std::nullopt;
  const auto ops_at = [&](std::size_t decision) { return decisions[decision].options; };
  const std::vector<std::string> ops =
      ops_at(on_edges ? cell.edges.front().decision : cell.vertex_ops.begin()->second);
  const std::vector<std::string> choice = on_edges ? ops : std::vector<std::string>{"no", "yes"};
  for (const CellEdge& edge : cell.edges) {
    if (ops_at(edge.decision) != choice) return std::nullopt;
  }
  for (const auto& [vertex, decision] : cell.vertex_ops) {
    if (ops_at(decision) != ops) return std::nullopt;
  }
  cell.ops = ops.size();
  return cell;
}

class Paths final : public Encoding {
 public:
  Paths(Cell cell, std::size_t most) : cell_(std::move(cell)) {
    const bool on_edges = cell_.vertex_ops.empty();
    const std::size_t longest = on_edges ? cell_.last : cell_.last - 1;
    std::size_t sequences = 1;
    for (std::size_t length = 0; length <= longest; ++length, sequences *= cell_.ops) {
      begins_.push_back(size_);
      if (length > 0 || !on_edges) size_ += sequences;  // on edges, every way has an op
    }
    if (most > 0) size_ = std::min(size_, most);
  }
  std::size_t size() const override { return size_; }

  std::vector<std::size_t> bits(const Genotype& genotype) const override {
    std::set<std::size_t> found;
    walk(genotype, 0, {}, found);
    return {found.begin(), found.lower_bound(size_)};
  }

 private:
  void walk(const Genotype& genotype, std::size_t vertex, std::vector<std::size_t> ops,
            std::set<std::size_t>& found) const {
    if (vertex == cell_.last) {
      std::size_t number = 0;
      for (std::size_t j = ops.size(); j-- > 0;) number = number * cell_.ops + ops[j];
      found.insert(begins_[ops.size()] + number);
      return;
    }
    const auto own = cell_.vertex_ops.find(vertex);
    if (own != cell_.vertex_ops.end()) ops.push_back(answer(genotype, own->second));
    for (const CellEdge& edge : cell_.edges) {
      if (edge.from != vertex) continue;
      std::vector<std::size_t> next = ops;
      if (cell_.vertex_ops.empty()) {
        next.push_back(answer(genotype, edge.decision));
      } else if (answer(genotype, edge.decision) == 0) {
        continue;
      }
      walk(genotype, edge.to, std::move(next), found);
    }
  }

  static std::size_t answer(const Genotype& genotype, std::size_t decision) {
    return static_cast<std::size_t>(genotype.answers[decision]);
  }

  Cell cell_;
  std::vector<std::size_t> begins_;  ///< by length of the sequence
  std::size_t size_ = 0;
};

std::string described(const Op& op) {
  return fmt::format("{}({})", op.row().name, fmt::join(op.values(), ","));
}

class Hashed final : public Encoding {
 public:
  explicit Hashed(const SearchSpace& space) : space_(space) {}
  std::size_t size() const override { return hashed_bits; }
  std::vector<std::size_t> bits(const Genotype& genotype) const override {
    const Architecture architecture = space_.build(genotype);
    std::set<std::size_t> found;
    const auto add = [&found](const std::string& feature) {
      found.insert(hash_bytes(feature).low % hashed_bits);
    };
    for (NodeId node = 0; node < architecture.size(); ++node) {
      const std::string own = described(architecture.op(node));
      add(own);
      for (const NodeId input : architecture.inputs(node)) {
        add(described(architecture.op(input)) + ">" + own);
      }
    }
    return {found.begin(), found.end()};
  }

 private:
  const SearchSpace& space_;
};

}  // namespace

std::unique_ptr<Encoding> one_hot_encoding(const std::vector<Decision>& decisions) {
  return std::make_unique<OneHot>(decisions);
}

std::unique_ptr<Encoding> path_encoding(const std::vector<Decision>& decisions, std::size_t most) {
  std::optional<Cell> cell = cell_of(decisions);
  if (!cell) return nullptr;
  return std::make_unique<Paths>(std::move(*cell), most);
}

std::unique_ptr<Encoding> hashed_encoding(const SearchSpace& space) {
  return std::make_unique<Hashed>(space);
}

}  // namespace nas
