#include "search_spaces/staged/choices.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "search_spaces/staged/words.hpp"

namespace nas {
namespace {

template <typename T>
ChoiceOptions numbers(const Choice<T>& choice) {
  ChoiceOptions result{choice.scope, {}, true};
  for (const T& value : choice.values) result.options.push_back(fmt::format("{}", value));
  return result;
}

template <typename T, typename Name>
ChoiceOptions named(const Choice<T>& choice, Name name) {
  ChoiceOptions result{choice.scope, {}, false};
  for (const T& value : choice.values) result.options.emplace_back(name(value));
  return result;
}

std::string_view name_of(StageChoice choice) {
  constexpr std::array<std::string_view, stage_choices> names = {
      "depth",     "width", "stride", "op",     "kernel",
      "expansion", "se",    "skip",   "branch", "activation"};
  return names[static_cast<std::size_t>(choice)];
}

StageChoice choice_at(std::size_t i) { return static_cast<StageChoice>(i); }

}  // namespace

ChoiceOptions choice_options(const Stage& stage, StageChoice choice) {
  switch (choice) {
    case StageChoice::depth:
      return numbers(stage.depth);
    case StageChoice::width:
      return numbers(stage.width);
    case StageChoice::stride:
      return numbers(stage.stride);
    case StageChoice::op:
      return named(stage.op, [](const Block& block) { return block.name; });
    case StageChoice::kernel:
      return numbers(stage.kernel);
    case StageChoice::expansion:
      return numbers(stage.expansion);
    case StageChoice::se:
      return numbers(stage.se);
    case StageChoice::skip:
      return named(stage.skip, [](Skip skip) { return word(skip); });
    case StageChoice::branch:
      return numbers(stage.branch);
    case StageChoice::activation:
      break;
  }
  return named(stage.activation, [](OpKind kind) { return op_row(kind).name; });
}

bool uses(const Block& block, StageChoice choice) {
  switch (choice) {
    case StageChoice::kernel:
      return uses_kernel(block);
    case StageChoice::expansion:
      return uses_expansion(block);
    case StageChoice::se:
      return uses_squeeze(block);
    case StageChoice::skip:
      return uses_skip(block);
    case StageChoice::branch:
      return uses_branch(block);
    case StageChoice::activation:
      return uses_activation(block);
    case StageChoice::depth:
    case StageChoice::width:
    case StageChoice::stride:
    case StageChoice::op:
      break;
  }
  return true;
}

DecisionLayout::DecisionLayout(const SpaceDescription& description) {
  add_common(description);
  common_ = decisions_.size();
  for (std::size_t s = 0; s < description.stages.size(); ++s) add_stage(description.stages[s], s);
}

void DecisionLayout::add(Decision decision, const Subject& subject) {
  decisions_.push_back(std::move(decision));
  subjects_.push_back(subject);
}

void DecisionLayout::add_common(const SpaceDescription& description) {
  if (description.resolution.decided(Scope::stage)) {
    resolution_ = decisions_.size();
    add({"resolution", numbers(description.resolution).options, true},
        {.kind = Subject::Kind::resolution});
  }
  if (description.stem.width.decided(Scope::stage)) {
    stem_width_ = decisions_.size();
    add({"stem.width", numbers(description.stem.width).options, true},
        {.kind = Subject::Kind::stem_width});
  }
  for (std::size_t c = 0; c < description.cells.size(); ++c) {
    const Cell& cell = description.cells[c];
    auto& places = edges_.emplace_back(cell.edges.size());
    for (std::size_t e = 0; e < cell.edges.size(); ++e) {
      const CellEdge& edge = cell.edges[e];
      if (edge.ops.scope == Scope::fixed) continue;
      places[e] = decisions_.size();
      add({fmt::format("{}.{}-{}", cell.name, edge.from, edge.to),
           named(edge.ops, [](EdgeOp op) { return word(op); }).options, false},
          {.kind = Subject::Kind::edge, .stage = c, .edge = e});
    }
  }
}

void DecisionLayout::add_stage(const Stage& stage, std::size_t index) {
  StageLayout& layout = stages_.emplace_back();
  layout.start = decisions_.size();
  layout.layers = static_cast<std::size_t>(std::ranges::max(stage.depth.values));
  std::array<ChoiceOptions, stage_choices> all;
  for (std::size_t i = 0; i < stage_choices; ++i) {
    all[i] = choice_options(stage, choice_at(i));
    layout.scope[i] = all[i].scope;
    layout.options[i] = all[i].options.size();
    if (all[i].scope == Scope::fixed) continue;
    auto& list = all[i].scope == Scope::stage ? layout.in_stage : layout.in_layer;
    layout.place[i] = list.size();
    list.push_back(choice_at(i));
  }
  const auto add_choice = [&](StageChoice choice, std::optional<std::size_t> layer) {
    const ChoiceOptions& options = all[static_cast<std::size_t>(choice)];
    const std::string at = layer ? fmt::format("{}.layer{}", stage.name, *layer + 1) : stage.name;
    add({fmt::format("{}.{}", at, name_of(choice)), options.options, options.ordered},
        {.stage = index, .choice = choice, .layer = layer});
  };
  for (const StageChoice choice : layout.in_stage) add_choice(choice, std::nullopt);
  for (std::size_t layer = 0; layer < layout.layers; ++layer) {
    for (const StageChoice choice : layout.in_layer) add_choice(choice, layer);
  }
}

std::size_t DecisionLayout::resolution(const Genotype& genotype) const {
  return resolution_ ? static_cast<std::size_t>(genotype.answers[*resolution_]) : 0;
}

std::size_t DecisionLayout::stem_width(const Genotype& genotype) const {
  return stem_width_ ? static_cast<std::size_t>(genotype.answers[*stem_width_]) : 0;
}

std::size_t DecisionLayout::edge(const Genotype& genotype, std::size_t cell,
                                 std::size_t edge) const {
  const std::optional<std::size_t> place = edges_[cell][edge];
  return place ? static_cast<std::size_t>(genotype.answers[*place]) : 0;
}

std::size_t DecisionLayout::answer(const Genotype& genotype, std::size_t stage, std::size_t layer,
                                   StageChoice choice) const {
  const StageLayout& layout = stages_[stage];
  const auto which = static_cast<std::size_t>(choice);
  switch (layout.scope[which]) {
    case Scope::fixed:
      return 0;
    case Scope::stage:
      return static_cast<std::size_t>(genotype.answers[layout.start + layout.place[which]]);
    case Scope::layer:
      break;
  }
  return static_cast<std::size_t>(
      genotype
          .answers[layout.layers_start() + layer * layout.in_layer.size() + layout.place[which]]);
}

}  // namespace nas
