#include "search_spaces/staged/staged_space.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"
#include "core/base/error.hpp"
#include "search_spaces/staged/cells.hpp"
#include "search_spaces/staged/sizes.hpp"

namespace nas {
namespace {

/// The input, with squares of that many pixels where the description says so.
Shape input_shape(const SpaceDescription& description, const Task& task, std::size_t resolution) {
  if (description.resolution.values.empty()) return task.input;
  const std::int64_t side = description.resolution.values[resolution];
  return {task.input.channels, side, side};
}

Shape smallest_input(const SpaceDescription& description, const Task& task) {
  const auto& sides = description.resolution.values;
  if (sides.empty()) return task.input;
  return input_shape(description, task,
                     static_cast<std::size_t>(std::ranges::min_element(sides) - sides.begin()));
}

template <typename T>
std::size_t place_of_largest(const std::vector<T>& values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

bool varies(const Choice<std::int64_t>& choice) { return choice.scope != Scope::fixed; }

}  // namespace

struct StagedSpace::Construction {
  const Genotype& genotype;
  Architecture net;
  NodeId x = 0;
  bool width_varies = false;  ///< the channels of x depend on decisions
};

StagedSpace::StagedSpace(std::string name, SpaceDescription description, const Task& task)
    : name_(std::move(name)), description_(std::move(description)), task_(task) {
  if (task.classes < 2) {
    throw Error(ErrorKind::space,
                fmt::format("space '{}' needs at least 2 classes, not '{}'", name_, task.classes));
  }
  check_description(description_);
  check_resolution(description_, smallest_input(description_, task_));
  layout_ = std::make_unique<const DecisionLayout>(description_);
  sizes_ = std::make_unique<const Sizes>(description_, *layout_);
  if (description_.weights == WeightSharing::elastic) find_elastic_tensors();
}

StagedSpace::~StagedSpace() = default;

std::size_t StagedSpace::depth(const Genotype& genotype, std::size_t s) const {
  return static_cast<std::size_t>(
      stage(s).depth.values[layout_->answer(genotype, s, 0, StageChoice::depth)]);
}

const Block& StagedSpace::block(const Genotype& genotype, std::size_t s, std::size_t layer) const {
  return stage(s).op.values[layout_->answer(genotype, s, layer, StageChoice::op)];
}

bool StagedSpace::is_read(const Genotype& genotype, const Subject& subject) const {
  if (subject.kind != Subject::Kind::stage) return true;
  const std::size_t s = subject.stage;
  if (subject.layer && *subject.layer >= depth(genotype, s)) return false;
  if (subject.choice <= StageChoice::op) return true;
  if (subject.layer == std::size_t{0} && subject.choice == StageChoice::skip) return false;
  if (subject.layer || stage(s).op.scope != Scope::layer) {
    return uses(block(genotype, s, subject.layer.value_or(0)), subject.choice);
  }
  return std::ranges::any_of(stage(s).op.values,
                             [&](const Block& each) { return uses(each, subject.choice); });
}

std::vector<bool> StagedSpace::allowed(const Genotype& genotype, std::size_t i) const {
  const std::size_t options = decisions()[i].options.size();
  const Subject& subject = layout_->subject(i);
  if (!is_read(genotype, subject)) {
    std::vector<bool> open(options, false);
    open[0] = true;
    return open;
  }
  std::vector<bool> open(options, true);
  if (subject.kind == Subject::Kind::stage && subject.choice == StageChoice::op &&
      subject.layer == std::size_t{0}) {
    const auto& blocks = stage(subject.stage).op.values;
    for (std::size_t b = 0; b < options; ++b) open[b] = blocks[b].op != BlockOp::identity;
  }
  return open;
}

std::optional<BigInteger> StagedSpace::size() const { return BigInteger{sizes_->total()}; }

std::optional<BigInteger> StagedSpace::completions(const Genotype& prefix,
                                                   std::size_t answered) const {
  return BigInteger{sizes_->completions(prefix, answered)};
}

std::vector<SpaceCount> StagedSpace::counts() const { return more_counts_; }

std::int64_t StagedSpace::width_before(const Genotype& genotype, std::size_t s) const {
  if (s == 0) return description_.stem.width.values[layout_->stem_width(genotype)];
  const std::size_t last = depth(genotype, s - 1) - 1;
  const Stage& before = stage(s - 1);
  return before.width.values[layout_->answer(genotype, s - 1, last, StageChoice::width)];
}

/// Whether the one answer about skips reaches a layer of the stage.
bool StagedSpace::can_skip(const Genotype& genotype, std::size_t s) const {
  const Stage& here = stage(s);
  if (here.width.scope == Scope::layer || depth(genotype, s) > 1) return true;
  return here.width.values[layout_->answer(genotype, s, 0, StageChoice::width)] ==
         width_before(genotype, s);
}

Genotype StagedSpace::canonical(const Genotype& genotype) const {
  Genotype result = SearchSpace::canonical(genotype);
  for (std::size_t s = 0; s < layout_->stages(); ++s) {
    const StageLayout& layout = layout_->stage(s);
    const auto skip = static_cast<std::size_t>(StageChoice::skip);
    if (layout.scope[skip] != Scope::stage || can_skip(result, s)) continue;
    result.answers[layout.start + layout.place[skip]] = 0;
  }
  return result;
}

Genotype StagedSpace::sample_uniform(Random& random) const {
  constexpr int most_draws = 10'000;
  for (int draw = 0; draw < most_draws; ++draw) {
    Genotype genotype = sizes_->draw(random);
    if (canonical(genotype) == genotype) return genotype;
  }
  throw Error(ErrorKind::space, fmt::format("the space '{}' gave no canonical genotype in {} draws",
                                            name_, most_draws));
}

Genotype StagedSpace::largest(std::size_t op, std::size_t kernel) const {
  Genotype genotype{std::vector<int>(decisions().size(), 0)};
  for (std::size_t i = 0; i < genotype.answers.size(); ++i) {
    const Subject& subject = layout_->subject(i);
    std::size_t answer = 0;
    if (subject.kind == Subject::Kind::stem_width) {
      answer = place_of_largest(description_.stem.width.values);
    } else if (subject.kind == Subject::Kind::edge) {
      const std::size_t ops = decisions()[i].options.size();
      answer = std::min(op, ops - 1);
    } else if (subject.kind == Subject::Kind::stage) {
      const Stage& here = stage(subject.stage);
      switch (subject.choice) {
        case StageChoice::depth:
          answer = place_of_largest(here.depth.values);
          break;
        case StageChoice::width:
          answer = place_of_largest(here.width.values);
          break;
        case StageChoice::op:
          answer = std::min(op, here.op.values.size() - 1);
          break;
        case StageChoice::kernel:
          answer = std::min(kernel, here.kernel.values.size() - 1);
          break;
        case StageChoice::expansion:
          answer = place_of_largest(here.expansion.values);
          break;
        case StageChoice::se:
          answer = place_of_largest(here.se.values);
          break;
        case StageChoice::branch:
          answer = place_of_largest(here.branch.values);
          break;
        case StageChoice::stride:
        case StageChoice::skip:
        case StageChoice::activation:
          break;
      }
    }
    genotype.answers[i] = static_cast<int>(answer);
  }
  return SearchSpace::canonical(genotype);
}

void StagedSpace::find_elastic_tensors() {
  std::size_t ops = 1, kernels = 1;
  for (const Stage& each : description_.stages) {
    ops = std::max(ops, each.op.values.size());
    kernels = std::max(kernels, each.kernel.values.size());
  }
  for (const Cell& cell : description_.cells) {
    for (const CellEdge& edge : cell.edges) ops = std::max(ops, edge.ops.values.size());
  }
  for (std::size_t op = 0; op < ops; ++op) {
    for (std::size_t kernel = 0; kernel < kernels; ++kernel) {
      tensors_.include(build_plain(largest(op, kernel)));
    }
  }
}

Architecture StagedSpace::build(const Genotype& genotype) const {
  validate(genotype);
  Architecture net = build_plain(genotype);
  if (description_.weights == WeightSharing::elastic) tensors_.share(net);
  return net;
}

Architecture StagedSpace::build_plain(const Genotype& genotype) const {
  Construction made{genotype, {}};
  made.x = made.net.add(input_op(input_shape(description_, task_, layout_->resolution(genotype))),
                        {}, "image");
  add_stem(made);
  for (std::size_t s = 0; s < description_.stages.size(); ++s) {
    if (stage(s).cell.empty()) {
      add_layers(made, s);
    } else {
      add_cells(made, s);
    }
  }
  add_head(made);
  return std::move(made.net);
}

void StagedSpace::add_stem(Construction& made) const {
  const Stem& stem = description_.stem;
  const std::int64_t width = stem.width.values[layout_->stem_width(made.genotype)];
  made.width_varies = varies(stem.width);
  const bool named = made.width_varies && description_.weights == WeightSharing::by_choice;
  made.x =
      add_plain_convolution(made.net, made.x, named ? fmt::format("stem.w{}", width) : "stem",
                            {.out_channels = width, .kernel = stem.kernel, .stride = stem.stride},
                            stem.activation, description_.affine);
}

Layer StagedSpace::layer_of(const Construction& made, std::size_t s, std::size_t layer) const {
  const Stage& here = stage(s);
  const auto answer = [&](StageChoice choice) {
    return layout_->answer(made.genotype, s, layer, choice);
  };
  const Block& chosen = block(made.genotype, s, layer);
  const bool first = layer == 0;
  const bool skip_by_layer = here.skip.scope == Scope::layer;
  Layer result;
  result.op = chosen.op;
  result.width = here.width.values[answer(StageChoice::width)];
  result.kernel = chosen.kernel.value_or(here.kernel.values[answer(StageChoice::kernel)]);
  result.expansion =
      chosen.expansion.value_or(here.expansion.values[answer(StageChoice::expansion)]);
  result.stride = first ? here.stride.values[answer(StageChoice::stride)] : 1;
  result.groups = here.groups;
  result.se = here.se.values[answer(StageChoice::se)];
  result.skip = here.skip.values[first && skip_by_layer ? 0 : answer(StageChoice::skip)];
  result.branch = here.branch.values[answer(StageChoice::branch)];
  result.activation = here.activation.values[answer(StageChoice::activation)];
  result.name = fmt::format("{}.layer{}", here.name, layer + 1);
  return result;
}

/// What tells a layer's weights from those of others at its place: ".conv.k5e6se0.25w24from16".
std::string StagedSpace::label(const Construction& made, std::size_t s, std::size_t layer,
                               const Layer& chosen) const {
  const Stage& here = stage(s);
  std::string text;
  const Block& op = block(made.genotype, s, layer);
  if (description_.weights == WeightSharing::by_position) return text;
  if (here.op.scope != Scope::fixed) text = "." + op.name;
  if (description_.weights == WeightSharing::elastic) return text;
  std::string values;
  const auto add = [&](const auto& choice, bool is_used, const char* letter, const auto& value) {
    if (is_used && choice.scope != Scope::fixed) values += fmt::format("{}{}", letter, value);
  };
  add(here.kernel, uses_kernel(op), "k", chosen.kernel);
  add(here.expansion, uses_expansion(op), "e", chosen.expansion);
  add(here.se, uses_squeeze(op), "se", chosen.se);
  add(here.branch, uses_branch(op), "b", chosen.branch);
  add(here.width, true, "w", chosen.width);
  if (made.width_varies && (layer == 0 || here.width.scope == Scope::layer)) {
    values += fmt::format("from{}", made.net.shape(made.x).channels);
  }
  return values.empty() ? text : text + "." + values;
}

void StagedSpace::add_layers(Construction& made, std::size_t s) const {
  const LayerRules rules{description_.squeeze, description_.affine};
  for (std::size_t i = 0; i < depth(made.genotype, s); ++i) {
    Layer layer = layer_of(made, s, i);
    layer.name += label(made, s, i, layer);
    made.x = add_layer(made.net, made.x, layer, rules);
    made.width_varies = varies(stage(s).width);
  }
}

/// ReLU and a factorised reduction where the stride asks for it; nodes before are forgotten.
void StagedSpace::add_reduction(Construction& made, CellInputs& values, std::size_t s) const {
  const Stage& here = stage(s);
  const std::int64_t width =
      here.width.values[layout_->answer(made.genotype, s, 0, StageChoice::width)];
  const NodeId x = add_factorised_reduction(
      made.net, values.last,
      here.name + ".reduction" +
          (description_.weights == WeightSharing::by_choice &&
                   (varies(here.width) || made.width_varies)
               ? fmt::format(".w{}from{}", width, made.net.shape(values.last).channels)
               : std::string{}),
      {.out_channels = width, .affine = description_.affine});
  values = {x, x};
}

void StagedSpace::add_cells(Construction& made, std::size_t s) const {
  const Stage& here = stage(s);
  const auto answer = [&](StageChoice choice) {
    return layout_->answer(made.genotype, s, 0, choice);
  };
  const std::int64_t stride = here.stride.values[answer(StageChoice::stride)];
  const std::int64_t width = here.width.values[answer(StageChoice::width)];
  const bool strided = stride > 1 && !here.reduction_cell.empty();
  CellInputs values{made.x, made.x};
  if (stride > 1 && !strided) add_reduction(made, values, s);
  for (std::size_t i = 0; i < depth(made.genotype, s); ++i) {
    const bool reduces = strided && i == 0;
    const std::string& name = reduces ? here.reduction_cell : here.cell;
    const auto found = std::ranges::find(description_.cells, name, &Cell::name);
    const auto c = static_cast<std::size_t>(found - description_.cells.begin());
    std::vector<EdgeOp> ops;
    for (std::size_t e = 0; e < found->edges.size(); ++e) {
      ops.push_back(found->edges[e].ops.values[layout_->edge(made.genotype, c, e)]);
    }
    std::string place = fmt::format("{}.cell{}", here.name, i + 1);
    if (description_.weights == WeightSharing::by_choice &&
        (varies(here.width) || made.width_varies)) {
      place += fmt::format(".w{}from{}x{}", width, made.net.shape(values.before_last).channels,
                           made.net.shape(values.last).channels);
    }
    const NodeId x = add_cell(made.net, values, *found, ops,
                              {.name = place,
                               .width = width,
                               .stride = reduces ? stride : 1,
                               .affine = description_.affine});
    values = {values.last, x};
  }
  made.x = values.last;
  made.width_varies = made.width_varies || varies(here.width);
}

void StagedSpace::add_head(Construction& made) const {
  const Head& head = description_.head;
  Architecture& net = made.net;
  const std::int64_t last = net.shape(made.x).channels;
  const std::string from = made.width_varies && description_.weights == WeightSharing::by_choice
                               ? fmt::format(".from{}", last)
                               : std::string{};
  const std::int64_t width = head.width > 0
                                 ? head.width
                                 : (head.factor > 0 ? std::max(head.least, head.factor * last) : 0);
  if (width > 0) {
    made.x = add_plain_convolution(net, made.x, "head" + from, {.out_channels = width},
                                   head.activation, description_.affine);
  }
  NodeId x = net.add(Op(OpKind::global_average_pool), {made.x}, "pool");
  const std::string after = head.width > 0 ? std::string{} : from;
  if (head.mix > 0) {
    x = net.add(convolution({.out_channels = head.mix}), {x}, "mix" + after);
    x = net.add(Op(head.activation), {x}, "mix.activation");
  }
  if (head.dropout > 0) {
    x = net.add(Op(OpKind::dropout).set("p", head.dropout), {x}, "dropout");
  }
  x = net.add(linear(task_.classes, head.bias), {x},
              "classifier" + (head.mix > 0 ? std::string{} : after));
  net.mark_output(x);
}

}  // namespace nas
