/// How many genotypes a description has, and drawing from them uniformly. Include where sizes are
/// computed only: big integers are slow to compile.
#pragma once

#include <vector>

#include "core/base/random.hpp"
#include "core/search/big_integer.hpp"
#include "search_spaces/staged/choices.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas {

struct StagedSpace::Sizes {
 public:
  using Number = boost::multiprecision::cpp_int;

  /// Both must outlive this.
  Sizes(const SpaceDescription& description, const DecisionLayout& layout);

  const Number& total() const { return total_; }
  /// As SearchSpace::completions.
  Number completions(const Genotype& prefix, std::size_t answered) const;
  /// Every valid genotype with the same probability, up to the rounding of doubles.
  Genotype draw(Random& random) const;

 private:
  /// A depth and, where it is decided per stage, an op, with the share of the genotypes.
  struct Weighted {
    int depth;
    int op;
    double weight;
  };

  std::size_t options_read(std::size_t s, StageChoice choice, const Block& block,
                           std::size_t layer) const;
  Number layer_after(std::size_t s, std::size_t layer, const Genotype& genotype,
                     std::size_t answered) const;
  Number stage_after(std::size_t s, Genotype& genotype, std::size_t answered) const;
  Number layers_after(std::size_t s, const Genotype& genotype, std::size_t answered) const;
  void weigh(std::size_t s);
  void draw_stage(std::size_t s, Genotype& genotype, Random& random) const;
  void draw_layer(std::size_t s, std::size_t layer, Genotype& genotype, Random& random) const;

  const SpaceDescription& description_;
  const DecisionLayout& layout_;
  Number total_ = 1;
  std::vector<Number> from_stage_;  ///< product of the stages from here on, and 1
  std::vector<std::vector<Weighted>> weights_;
  /// By stage, first layer or other: of each op that is decided per layer.
  std::vector<std::array<std::vector<double>, 2>> op_weights_;
};

}  // namespace nas
