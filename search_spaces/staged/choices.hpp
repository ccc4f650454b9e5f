/// Where the decisions of a description stand in a genotype.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/search/genotype.hpp"
#include "search_spaces/staged/description.hpp"

namespace nas {

/// What a stage leaves open, in the order of the decisions: first those of the stage, then those of
/// its layers, one layer after the other.
enum class StageChoice : std::uint8_t {
  depth,
  width,
  stride,
  op,
  kernel,
  expansion,
  se,
  skip,
  branch,
  activation,
};
inline constexpr std::size_t stage_choices = 10;

/// The options of one choice as a decision shows them.
struct ChoiceOptions {
  Scope scope = Scope::fixed;
  std::vector<std::string> options;
  bool ordered = false;
};
ChoiceOptions choice_options(const Stage& stage, StageChoice choice);

/// Whether what is chosen means anything to the block.
bool uses(const Block& block, StageChoice choice);

/// Where the decisions of one stage are.
struct StageLayout {
  std::size_t start = 0;              ///< of its first decision in the genotype
  std::vector<StageChoice> in_stage;  ///< decided once, in order
  std::vector<StageChoice> in_layer;  ///< decided per layer, in order
  std::array<Scope, stage_choices> scope{};
  std::array<std::size_t, stage_choices> place{};    ///< within its list
  std::array<std::size_t, stage_choices> options{};  ///< how many
  std::size_t layers = 0;                            ///< most

  std::size_t layers_start() const { return start + in_stage.size(); }
  std::size_t end() const { return layers_start() + layers * in_layer.size(); }
};

/// What decision `i` is about.
struct Subject {
  enum class Kind : std::uint8_t { resolution, stem_width, edge, stage };
  Kind kind = Kind::stage;
  std::size_t stage = 0;  ///< of an edge: its cell
  std::size_t edge = 0;
  StageChoice choice = StageChoice::depth;
  std::optional<std::size_t> layer = std::nullopt;  ///< nothing: decided for the stage
};

/// The decisions of a description, and the answers to them by what they are about.
class DecisionLayout {
 public:
  explicit DecisionLayout(const SpaceDescription& description);

  const std::vector<Decision>& decisions() const { return decisions_; }
  const Subject& subject(std::size_t decision) const { return subjects_[decision]; }
  const StageLayout& stage(std::size_t stage) const { return stages_[stage]; }
  std::size_t stages() const { return stages_.size(); }
  /// Decisions before those of the first stage.
  std::size_t common() const { return common_; }

  /// The answer, or 0 where nothing is decided.
  std::size_t resolution(const Genotype& genotype) const;
  std::size_t stem_width(const Genotype& genotype) const;
  std::size_t edge(const Genotype& genotype, std::size_t cell, std::size_t edge) const;
  std::size_t answer(const Genotype& genotype, std::size_t stage, std::size_t layer,
                     StageChoice choice) const;

 private:
  void add(Decision decision, const Subject& subject);
  void add_common(const SpaceDescription& description);
  void add_stage(const Stage& stage, std::size_t index);

  std::vector<Decision> decisions_;
  std::vector<Subject> subjects_;
  std::vector<StageLayout> stages_;
  std::optional<std::size_t> resolution_;
  std::optional<std::size_t> stem_width_;
  std::vector<std::vector<std::optional<std::size_t>>> edges_;  ///< by cell and edge
  std::size_t common_ = 0;
};

}  // namespace nas
