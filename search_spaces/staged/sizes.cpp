#include "search_spaces/staged/sizes.hpp"

#include <algorithm>

namespace nas {
namespace {

using Number = boost::multiprecision::cpp_int;

/// The place of one of the weights, in proportion to it.
std::size_t draw_weighted(const std::vector<double>& weights, Random& random) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = random.uniform(0, total);
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = i;
    if (left < weights[i]) break;
    left -= weights[i];
  }
  return last;
}

}  // namespace

StagedSpace::Sizes::Sizes(const SpaceDescription& description, const DecisionLayout& layout)
    : description_(description), layout_(layout) {
  Genotype none{std::vector<int>(layout.decisions().size(), 0)};
  from_stage_.assign(layout.stages() + 1, 1);
  for (std::size_t s = layout.stages(); s-- > 0;) {
    from_stage_[s] = from_stage_[s + 1] * stage_after(s, none, 0);
  }
  total_ = completions(none, 0);
  for (std::size_t s = 0; s < layout.stages(); ++s) weigh(s);
}

/// How many answers are open to what is decided per layer; 1 where the block does not read it.
std::size_t StagedSpace::Sizes::options_read(std::size_t s, StageChoice choice, const Block& block,
                                             std::size_t layer) const {
  if (choice == StageChoice::skip && layer == 0) return 1;
  return uses(block, choice) ? layout_.stage(s).options[static_cast<std::size_t>(choice)] : 1;
}

Number StagedSpace::Sizes::layer_after(std::size_t s, std::size_t layer, const Genotype& genotype,
                                       std::size_t answered) const {
  const StageLayout& stage = layout_.stage(s);
  const Choice<Block>& op = description_.stages[s].op;
  const auto rest = [&](const Block& block) {
    Number product = 1;
    for (std::size_t i = answered; i < stage.in_layer.size(); ++i) {
      if (stage.in_layer[i] == StageChoice::op) continue;
      product *= options_read(s, stage.in_layer[i], block, layer);
    }
    return product;
  };
  const auto which = static_cast<std::size_t>(StageChoice::op);
  if (op.scope != Scope::layer || stage.place[which] < answered) {
    return rest(op.values[layout_.answer(genotype, s, layer, StageChoice::op)]);
  }
  Number sum = 0;
  for (const Block& block : op.values) {
    if (layer > 0 || block.op != BlockOp::identity) sum += rest(block);
  }
  return sum;
}

Number StagedSpace::Sizes::layers_after(std::size_t s, const Genotype& genotype,
                                        std::size_t answered) const {
  const std::size_t per_layer = layout_.stage(s).in_layer.size();
  Number product = 1;
  if (per_layer == 0) return product;
  const auto depth = static_cast<std::size_t>(
      description_.stages[s].depth.values[layout_.answer(genotype, s, 0, StageChoice::depth)]);
  for (std::size_t layer = answered / per_layer; layer < depth; ++layer) {
    const std::size_t done = layer * per_layer;
    product *= layer_after(s, layer, genotype, answered > done ? answered - done : 0);
  }
  return product;
}

/// `answered` counts the stage's own decisions. Leaves the genotype as it was.
Number StagedSpace::Sizes::stage_after(std::size_t s, Genotype& genotype,
                                       std::size_t answered) const {
  const StageLayout& stage = layout_.stage(s);
  if (answered >= stage.in_stage.size()) {
    return layers_after(s, genotype, answered - stage.in_stage.size());
  }
  const StageChoice choice = stage.in_stage[answered];
  const std::size_t options = stage.options[static_cast<std::size_t>(choice)];
  const Choice<Block>& op = description_.stages[s].op;
  if (choice == StageChoice::depth || choice == StageChoice::op) {
    int& answer = genotype.answers[stage.start + answered];
    const int before = answer;
    Number sum = 0;
    for (std::size_t i = 0; i < options; ++i) {
      answer = static_cast<int>(i);
      sum += stage_after(s, genotype, answered + 1);
    }
    answer = before;
    return sum;
  }
  const bool is_read =
      op.scope == Scope::layer
          ? std::ranges::any_of(op.values, [&](const Block& each) { return uses(each, choice); })
          : uses(op.values[layout_.answer(genotype, s, 0, StageChoice::op)], choice);
  return (is_read ? options : 1) * stage_after(s, genotype, answered + 1);
}

Number StagedSpace::Sizes::completions(const Genotype& prefix, std::size_t answered) const {
  Genotype genotype = prefix;
  genotype.answers.resize(layout_.decisions().size(), 0);
  Number product = 1;
  for (std::size_t i = answered; i < layout_.common(); ++i) {
    product *= layout_.decisions()[i].options.size();
  }
  for (std::size_t s = 0; s < layout_.stages(); ++s) {
    const StageLayout& stage = layout_.stage(s);
    if (answered >= stage.end()) continue;
    if (answered <= stage.start) return product * from_stage_[s];
    product *= stage_after(s, genotype, answered - stage.start);
  }
  return product;
}

void StagedSpace::Sizes::weigh(std::size_t s) {
  const Stage& stage = description_.stages[s];
  const StageLayout& layout = layout_.stage(s);
  Genotype genotype{std::vector<int>(layout_.decisions().size(), 0)};
  const auto set = [&](StageChoice choice, std::size_t answer) {
    const auto which = static_cast<std::size_t>(choice);
    if (layout.scope[which] != Scope::stage) return;
    genotype.answers[layout.start + layout.place[which]] = static_cast<int>(answer);
  };
  const bool op_of_stage = stage.op.scope == Scope::stage;
  auto& weights = weights_.emplace_back();
  for (std::size_t d = 0; d < stage.depth.values.size(); ++d) {
    for (std::size_t o = 0; o < (op_of_stage ? stage.op.values.size() : 1); ++o) {
      set(StageChoice::depth, d);
      set(StageChoice::op, o);
      Number count = layers_after(s, genotype, 0);
      for (const StageChoice choice : layout.in_stage) {
        if (choice > StageChoice::op && op_of_stage && uses(stage.op.values[o], choice)) {
          count *= layout.options[static_cast<std::size_t>(choice)];
        }
      }
      weights.push_back({static_cast<int>(d), static_cast<int>(o), static_cast<double>(count)});
    }
  }
  auto& by_layer = op_weights_.emplace_back();
  if (stage.op.scope != Scope::layer) return;
  const std::size_t answered_op = layout.place[static_cast<std::size_t>(StageChoice::op)] + 1;
  for (std::size_t layer = 0; layer < std::min<std::size_t>(2, layout.layers); ++layer) {
    for (std::size_t o = 0; o < stage.op.values.size(); ++o) {
      genotype.answers[layout.layers_start() + layer * layout.in_layer.size() + answered_op - 1] =
          static_cast<int>(o);
      const bool open = layer > 0 || stage.op.values[o].op != BlockOp::identity;
      by_layer[layer].push_back(
          open ? static_cast<double>(layer_after(s, layer, genotype, answered_op)) : 0.0);
    }
  }
}

void StagedSpace::Sizes::draw_layer(std::size_t s, std::size_t layer, Genotype& genotype,
                                    Random& random) const {
  const StageLayout& layout = layout_.stage(s);
  const Stage& stage = description_.stages[s];
  const std::size_t start = layout.layers_start() + layer * layout.in_layer.size();
  std::size_t op = layout_.answer(genotype, s, layer, StageChoice::op);
  if (stage.op.scope == Scope::layer) {
    op = draw_weighted(op_weights_[s][std::min<std::size_t>(layer, 1)], random);
  }
  for (std::size_t i = 0; i < layout.in_layer.size(); ++i) {
    const StageChoice choice = layout.in_layer[i];
    const std::size_t answer =
        choice == StageChoice::op
            ? op
            : random.below(options_read(s, choice, stage.op.values[op], layer));
    genotype.answers[start + i] = static_cast<int>(answer);
  }
}

void StagedSpace::Sizes::draw_stage(std::size_t s, Genotype& genotype, Random& random) const {
  const StageLayout& layout = layout_.stage(s);
  const Stage& stage = description_.stages[s];
  std::vector<double> weights;
  for (const Weighted& each : weights_[s]) weights.push_back(each.weight);
  const Weighted& drawn = weights_[s][draw_weighted(weights, random)];
  for (std::size_t i = 0; i < layout.in_stage.size(); ++i) {
    const StageChoice choice = layout.in_stage[i];
    int& answer = genotype.answers[layout.start + i];
    if (choice == StageChoice::depth) {
      answer = drawn.depth;
    } else if (choice == StageChoice::op) {
      answer = drawn.op;
    } else {
      const bool is_read = std::ranges::any_of(stage.op.values, [&](const Block& each) {
        const bool possible = stage.op.scope != Scope::stage ||
                              &each == &stage.op.values[static_cast<std::size_t>(drawn.op)];
        return possible && uses(each, choice);
      });
      const std::size_t options = layout.options[static_cast<std::size_t>(choice)];
      answer = is_read ? static_cast<int>(random.below(options)) : 0;
    }
  }
  const auto depth = static_cast<std::size_t>(
      stage.depth.values[layout_.answer(genotype, s, 0, StageChoice::depth)]);
  for (std::size_t layer = 0; layer < depth; ++layer) draw_layer(s, layer, genotype, random);
}

Genotype StagedSpace::Sizes::draw(Random& random) const {
  Genotype genotype{std::vector<int>(layout_.decisions().size(), 0)};
  for (std::size_t i = 0; i < layout_.common(); ++i) {
    genotype.answers[i] = static_cast<int>(random.below(layout_.decisions()[i].options.size()));
  }
  for (std::size_t s = 0; s < layout_.stages(); ++s) draw_stage(s, genotype, random);
  return genotype;
}

}  // namespace nas
