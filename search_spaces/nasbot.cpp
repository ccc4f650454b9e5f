#include "search_spaces/nasbot.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/nasbot_modifiers.hpp"
#include "search_spaces/nasbot_network.hpp"

namespace nas {
namespace {

constexpr int small_divisor = 8;
/// Of one, two, … modifications (the authors' `ga_mutation_op_distro`), added up.
constexpr double steps_at_most[] = {0.5, 0.75, 0.875, 0.95};
/// Modifications in a row that break a limit or change nothing, before a network counts as one that
/// cannot be modified. Less than one in ten does, from the pool on.
constexpr int most_attempts = 1000;

constexpr OptionSpec option_table[] = {
    {"kind", OptionType::choice, "cnn", "Convolutional networks or perceptrons.", 0, 0, "cnn|mlp"},
    {"preset", OptionType::choice, "small",
     "Pool of networks for 28x28 and 32x32, or the authors'.", 0, 0, "small|published"},
    {"min_layers", OptionType::integer, "5", "Fewest layers, input and output included.", 3, 60},
    {"max_layers", OptionType::integer, "60", "Most layers, input and output included.", 5, 1000},
    {"max_in_degree", OptionType::integer, "5", "Most layers that feed one.", 1, 100},
    {"max_out_degree", OptionType::integer, "55", "Most layers that one feeds.", 1, 1000},
    {"max_edges", OptionType::integer, "200", "Most edges.", 4, 10000},
    {"min_units", OptionType::integer, "8", "Fewest units of a layer.", 1, 1024},
    {"max_units", OptionType::integer, "1024", "Most units of a layer.", 8, 65535},
    {"max_mass", OptionType::real, "1e8",
     "Greatest mass: products of input and output units, summed over the layers.", 1, 1e15},
    {"max_strides", OptionType::integer, "6", "Most halvings of the image.", 0, 16},
};

NasBotLimits limits_of(const OptionValues& options) {
  const auto count = [&](const char* name) {
    return static_cast<std::size_t>(options.integer(name));
  };
  return {.min_layers = count("min_layers"),
          .max_layers = count("max_layers"),
          .max_in_degree = count("max_in_degree"),
          .max_out_degree = count("max_out_degree"),
          .max_edges = count("max_edges"),
          .min_units = static_cast<int>(options.integer("min_units")),
          .max_units = static_cast<int>(options.integer("max_units")),
          .max_mass = options.real("max_mass"),
          .max_strides = static_cast<int>(options.integer("max_strides"))};
}

/// How many members of either multiset the other has not.
template <typename T>
int difference(std::multiset<T> a, const std::multiset<T>& b) {
  int common = 0;
  for (const T& value : b) {
    const auto found = a.find(value);
    if (found == a.end()) continue;
    a.erase(found);
    ++common;
  }
  return static_cast<int>(a.size()) + static_cast<int>(b.size()) - common;
}

class NasBot final : public SearchSpace {
 public:
  NasBot(const Task& task, const OptionValues& options)
      : task_(task),
        kind_(options.text("kind") == "cnn" ? NasBotKind::cnn : NasBotKind::mlp),
        limits_(limits_of(options)),
        pool_(nasbot_pool(kind_, options.text("preset") == "small" ? small_divisor : 1)) {
    for (std::size_t i = 0; i < pool_.size(); ++i) {
      if (const auto found = violation(pool_[i], kind_, limits_)) {
        throw Error(ErrorKind::config,
                    fmt::format("space 'nasbot': network {} of the starting pool breaks the "
                                "limits: {}",
                                i, *found));
      }
      pool_[i] = canonical_order(pool_[i]);
    }
  }

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::optional<BigInteger> size() const override { return std::nullopt; }

  void validate(const Genotype& genotype) const override { valid(genotype); }

  Genotype canonical(const Genotype& genotype) const override {
    return encode(canonical_order(valid(genotype)));
  }

  Architecture build(const Genotype& genotype) const override {
    return build_nasbot(canonical_order(valid(genotype)), kind_, task_);
  }

  Genotype sample(Random& random) const override {
    NasBotGraph graph = pool_[random.below(pool_.size())];
    const double drawn = random.uniform();
    int steps = 1;
    for (const double share : steps_at_most) steps += drawn >= share;
    return encode(modified_times(std::move(graph), steps, random));
  }

  Genotype mutate_one(const Genotype& parent, Random& random) const override {
    return encode(modified_times(canonical_order(valid(parent)), 1, random));
  }

  Genotype mutate_each(const Genotype& parent, double probability, Random& random) const override {
    NasBotGraph graph = canonical_order(valid(parent));
    int steps = 0;
    for (std::size_t i = 0; i < graph.size(); ++i) steps += random.chance(probability);
    return encode(modified_times(std::move(graph), steps, random));
  }

  Genotype crossover(const Genotype& a, const Genotype& b, Random& random) const override {
    return mutate_one(random.chance(0.5) ? a : b, random);
  }

  std::vector<Genotype> neighbours(const Genotype& genotype) const override {
    const NasBotGraph graph = valid(genotype);
    std::set<Genotype> found;
    for (const NasBotGraph& other : all_modified(graph)) {
      if (!violation(other, kind_, limits_)) found.insert(encode(canonical_order(other)));
    }
    found.erase(encode(canonical_order(graph)));
    return {found.begin(), found.end()};
  }

  int distance(const Genotype& a, const Genotype& b) const override {
    const Parts left = parts(a), right = parts(b);
    return difference(left.layers, right.layers) + difference(left.edges, right.edges);
  }

  void enumerate(const std::function<bool(const Genotype&)>&) const override {
    throw Error(ErrorKind::space,
                "space 'nasbot' is not enumerable: its networks are free-form graphs; draw samples "
                "instead");
  }

 private:
  struct Parts {
    std::multiset<std::tuple<NasBotLabel, int, int>> layers;
    std::multiset<std::pair<NasBotLabel, NasBotLabel>> edges;
  };

  Parts parts(const Genotype& genotype) const {
    const NasBotGraph graph = valid(genotype);
    Parts result;
    for (const NasBotLayer& layer : graph) {
      result.layers.insert({layer.label, layer.units, layer.stride});
      for (const std::size_t parent : layer.parents) {
        result.edges.insert({graph[parent].label, layer.label});
      }
    }
    return result;
  }

  NasBotGraph valid(const Genotype& genotype) const {
    NasBotGraph graph = decode(genotype);
    if (const auto found = violation(graph, kind_, limits_)) {
      throw Error(ErrorKind::space, fmt::format("genotype {}: {}", genotype.text(), *found));
    }
    return graph;
  }

  /// From one canonical order to another; the graph itself where no attempt has given another.
  NasBotGraph modified_times(NasBotGraph graph, int steps, Random& random) const {
    for (int step = 0; step < steps; ++step) {
      for (int attempt = 0; attempt < most_attempts; ++attempt) {
        std::optional<NasBotGraph> other = modified(graph, draw_modifier(random), random);
        if (!other || violation(*other, kind_, limits_)) continue;
        *other = canonical_order(*other);
        if (*other == graph) continue;
        graph = *std::move(other);
        break;
      }
    }
    return graph;
  }

  std::string name_ = "nasbot";
  std::vector<Decision> decisions_;
  Task task_;
  NasBotKind kind_;
  NasBotLimits limits_;
  std::vector<NasBotGraph> pool_;  ///< in their canonical order
};

std::unique_ptr<SearchSpace> make_nasbot(const Task& task, const OptionValues& options) {
  return std::make_unique<NasBot>(task, options);
}

}  // namespace

SpaceEntry nasbot_space() {
  return {"nasbot",
          "Free-form graphs of convolutions, pools and fully connected layers, or perceptrons, "
          "changed by nine modifiers.",
          option_table, make_nasbot};
}

}  // namespace nas
