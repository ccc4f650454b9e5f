/// A search space: a list of categorical decisions and the rule that turns answers into a network.
///
/// A space is made for one task (input shape, classes). To write one, give the decisions, say which
/// answers earlier ones leave open, and build; sampling, mutation, crossover, neighbours, distance,
/// enumeration and the canonical form follow from these. A space of free-form graphs has no
/// decisions: its genotypes are an encoding of its own, and it overrides what would follow from
/// decisions. Spaces are immutable: every function may be called from several threads.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/base/random.hpp"
#include "core/search/genotype.hpp"

namespace nas {

struct BigInteger;

/// A number that the literature, or another way to count, gives for a space.
struct SpaceCount {
  std::string name;  ///< "lecture"
  std::string
      formula;  ///< with the values that went in: "4^B * M^(2B) * N^B, B = 5, M = 13, N = 2"
  std::string digits;
};

class SearchSpace {
 public:
  virtual ~SearchSpace() = default;

  virtual const std::string& name() const = 0;
  /// Empty for a space of free-form graphs.
  virtual const std::vector<Decision>& decisions() const = 0;
  /// Which options of decision `i` are open after the answers 0 … i-1 of `genotype`; at least one
  /// is. A decision about something that does not exist (the kernel of a layer beyond the depth)
  /// leaves option 0 alone, which is what makes genotypes canonical.
  virtual std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const;
  /// Valid for every valid genotype. Throws Error(space) where the space has no architectures.
  virtual Architecture build(const Genotype& genotype) const = 0;
  /// False for a space of codes that only a table knows the networks of.
  virtual bool has_architectures() const { return true; }
  /// The number of valid genotypes in closed form; nothing where there is none.
  virtual std::optional<BigInteger> size() const = 0;

  /// How many valid genotypes begin with the first `answered` answers of `prefix`, which are valid;
  /// nothing where there is no closed form. What uniform sampling stands on.
  virtual std::optional<BigInteger> completions(const Genotype& prefix, std::size_t answered) const;
  /// Counts of this space other than `size`, if any is worth knowing.
  virtual std::vector<SpaceCount> counts() const { return {}; }

  /// How the literature writes this architecture, for people and for joining with published tables
  /// ("|nor_conv_3x3~0|+|…"); empty where it has no notation of its own. For a valid genotype.
  virtual std::string text(const Genotype&) const { return {}; }
  /// The genotype that a published table writes as `code`; nothing where that is none of this
  /// space. By default a digit for every decision, "432110", or as Genotype::text writes it.
  virtual std::optional<Genotype> parse_code(const std::string& code) const;

  /// Throws Error(space), naming the decision, unless every answer is open given the earlier ones.
  virtual void validate(const Genotype& genotype) const;
  /// The genotype that stands for all that give this one's network: answers that are not open
  /// become the first that is; spaces with symmetric encodings fold these too. Idempotent. Throws
  /// Error(space) on a wrong length or an answer that no option has.
  virtual Genotype canonical(const Genotype& genotype) const;

  /// Every decision uniform among what is open, in order. (Where depth is a decision, that is not
  /// uniform over architectures, which would be nearly always the deepest.)
  virtual Genotype sample(Random& random) const;
  /// Uniform over canonical genotypes: every answer in proportion to its `completions`, what is not
  /// canonical drawn again. As `sample` where completions are unknown. Throws Error(space) where
  /// 10,000 draws gave nothing canonical.
  virtual Genotype sample_uniform(Random& random) const;
  /// Changes one decision that has a choice, uniformly, to another open answer. Decisions that this
  /// opens (about the layers of a greater depth) are drawn uniformly. Returns the genotype itself
  /// where nothing can change. A space that stands for a benchmark overrides it with the mutation
  /// that the benchmark was published with, whose result need not be canonical.
  virtual Genotype mutate_one(const Genotype& parent, Random& random) const;
  /// Redraws each decision with the given probability (Once-for-All's and SPOS' mutation; may draw
  /// the same answer), and those that this opens in any case.
  virtual Genotype mutate_each(const Genotype& parent, double probability, Random& random) const;
  /// Each answer from either parent with probability 1/2, or from the one for which the decision
  /// was a choice; then canonical.
  virtual Genotype crossover(const Genotype& a, const Genotype& b, Random& random) const;
  /// What one changed answer leads to: the canonical forms, without `genotype` itself, each once,
  /// in ascending order. Decisions that a change opens get their first answer.
  virtual std::vector<Genotype> neighbours(const Genotype& genotype) const;
  /// Number of decisions that differ.
  virtual int distance(const Genotype& a, const Genotype& b) const;
  /// Calls `visit` with every canonical genotype, each once, until it returns false. The order is
  /// the same every time: ascending, where the space has decisions.
  virtual void enumerate(const std::function<bool(const Genotype&)>& visit) const;
};

/// The size by walking all valid genotypes, canonical or not; for tests on scaled-down spaces.
/// Throws Error(space) beyond `bound`.
std::size_t count_by_enumeration(const SearchSpace& space, std::size_t bound = 10'000'000);

/// One of the space's networks, always the same. Throws Error(space).
Architecture example_architecture(const SearchSpace& space);

/// The exact size in decimal digits; "unknown" where there is no closed form.
std::string size_digits(const SearchSpace& space);

}  // namespace nas
