/// The search space of a description.
///
/// Decisions, in their order: "resolution"; "stem.width"; the edges of cells ("normal.a-b"); then
/// stage by stage what is decided for the stage ("stage1.depth", "stage1.width", …), then layer by
/// layer what is decided for the layer ("stage1.layer2.kernel"). Each exists where the description
/// leaves a choice, in the order of StageChoice. Not open are those about layers beyond the depth,
/// those that the chosen op does not read (the kernel of an identity), the skip of a stage's first
/// layer where skips are decided per layer, and the identity as a stage's first layer. A skip that
/// is decided for a stage counts as open also where no layer of it can have one; `canonical` folds
/// these.
///
/// The size is the product over the stages of the sum over depths (and ops, where they are decided
/// per stage) of the product over the layers of the sum over ops of the product of what the op
/// reads; times the options of what is decided once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/search/search_space.hpp"
#include "search_spaces/staged/choices.hpp"
#include "search_spaces/staged/description.hpp"
#include "search_spaces/staged/elastic.hpp"
#include "search_spaces/staged/layers.hpp"

namespace nas {

struct CellInputs;

class StagedSpace final : public SearchSpace {
 public:
  /// `name` as registered. Throws Error(space) where the description is wrong or does not suit the
  /// task.
  StagedSpace(std::string name, SpaceDescription description, const Task& task);
  ~StagedSpace() override;

  const std::string& name() const override { return name_; }
  const std::vector<Decision>& decisions() const override { return layout_->decisions(); }
  std::vector<bool> allowed(const Genotype& genotype, std::size_t i) const override;
  Architecture build(const Genotype& genotype) const override;
  std::optional<BigInteger> size() const override;
  std::optional<BigInteger> completions(const Genotype& prefix,
                                        std::size_t answered) const override;
  std::vector<SpaceCount> counts() const override;
  Genotype canonical(const Genotype& genotype) const override;
  /// Depth and op in proportion to the networks that they leave open (in double precision), the
  /// rest uniformly.
  Genotype sample_uniform(Random& random) const override;

  const SpaceDescription& description() const { return description_; }
  /// Counts other than the size that `counts` gives.
  void add_count(SpaceCount count) { more_counts_.push_back(std::move(count)); }

 private:
  struct Sizes;
  /// A network while it is built.
  struct Construction;

  const Stage& stage(std::size_t s) const { return description_.stages[s]; }
  std::size_t depth(const Genotype& genotype, std::size_t s) const;
  const Block& block(const Genotype& genotype, std::size_t s, std::size_t layer) const;
  bool is_read(const Genotype& genotype, const Subject& subject) const;
  bool can_skip(const Genotype& genotype, std::size_t s) const;
  std::int64_t width_before(const Genotype& genotype, std::size_t s) const;

  Architecture build_plain(const Genotype& genotype) const;
  void add_stem(Construction& made) const;
  void add_layers(Construction& made, std::size_t s) const;
  void add_cells(Construction& made, std::size_t s) const;
  void add_reduction(Construction& made, CellInputs& values, std::size_t s) const;
  void add_head(Construction& made) const;
  Layer layer_of(const Construction& made, std::size_t s, std::size_t layer) const;
  std::string label(const Construction& made, std::size_t s, std::size_t layer,
                    const Layer& chosen) const;
  void find_elastic_tensors();
  Genotype largest(std::size_t op, std::size_t kernel) const;

  std::string name_;
  SpaceDescription description_;
  Task task_;
  std::unique_ptr<const DecisionLayout> layout_;
  std::unique_ptr<const Sizes> sizes_;
  ElasticTensors tensors_;
  std::vector<SpaceCount> more_counts_;
};

}  // namespace nas
