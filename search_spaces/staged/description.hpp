/// A search space written down: a stem, stages of layers (or of cells) with choices, a head, a
/// classifier. Plain structs, which a JSON file (search_spaces/FORMAT.md) or code fills in;
/// StagedSpace makes a search space of them.
///
///     SpaceDescription space;
///     space.name = "tiny";
///     space.stem = {.width = always<std::int64_t>(8), .stride = 1};
///     space.stages.push_back({.name = "stage1",
///                             .depth = in_stage<std::int64_t>({1, 2}),
///                             .width = always<std::int64_t>(16),
///                             .kernel = in_layer<std::int64_t>({3, 5})});
///
/// Errors of a description that was read from a file name the lines: `source` and the members
/// `line` are for these, and empty or 0 elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture/blocks.hpp"

namespace nas {

/// How often something is decided.
enum class Scope : std::uint8_t {
  fixed,  ///< not at all: it has one value
  stage,  ///< once, for all layers of a stage (for the stem, the resolution: once)
  layer,  ///< for every layer
};

/// The values that something may have.
template <typename T>
struct Choice {
  std::vector<T> values;
  Scope scope = Scope::fixed;
  int line = 0;

  bool decided(Scope where) const { return scope == where; }
};
template <typename T>
Choice<T> always(T value) {
  return {{std::move(value)}, Scope::fixed};
}
template <typename T>
Choice<T> in_stage(std::vector<T> values) {
  return {std::move(values), Scope::stage};
}
template <typename T>
Choice<T> in_layer(std::vector<T> values) {
  return {std::move(values), Scope::layer};
}

/// What a layer does. All but shuffle units can have squeeze-and-excitation and a skip.
enum class BlockOp : std::uint8_t {
  convolution,          ///< convolution, norm, activation
  separable,            ///< depthwise, norm, activation, linear 1x1
  inverted_bottleneck,  ///< 1x1 expansion, depthwise, linear 1x1 (MobileNetV2)
  shuffle,              ///< SPOS' unit
  shuffle_xception,     ///< likewise, three times depthwise and pointwise
  identity,             ///< nothing; the layer is not there (ProxylessNAS' zero, with its residual)
};

/// What leads past a layer, where the result has the output's shape.
enum class Skip : std::uint8_t {
  none,
  identity,
  pool,  ///< 3x3 average pooling with the layer's stride
};

/// One of the blocks that a layer can be. What is not set here is the stage's.
struct Block {
  std::string name;  ///< an option of the decision "op", and part of the names of weights
  BlockOp op = BlockOp::inverted_bottleneck;
  std::optional<std::int64_t> kernel = std::nullopt;
  std::optional<std::int64_t> expansion = std::nullopt;
};

/// Layers of a common width; or, where `cell` names one, cells.
struct Stage {
  std::string name;  ///< begins the names of decisions and weights: "stage1.layer2.kernel"
  Choice<std::int64_t> depth = always<std::int64_t>(1);  ///< layers; never decided per layer
  Choice<std::int64_t> width;                            ///< output channels
  /// Of the first layer, 1 or 2; the others have 1. Never decided per layer.
  Choice<std::int64_t> stride = always<std::int64_t>(1);
  Choice<Block> op = always(Block{"inverted_bottleneck"});
  Choice<std::int64_t> kernel = always<std::int64_t>(3);
  Choice<std::int64_t> expansion = always<std::int64_t>(1);  ///< of inverted bottlenecks
  Choice<double> se = always(0.0);  ///< squeezed channels: share of SqueezeRule; 0: none
  /// Decided per layer, the first layer of a stage takes the first value: there the shape changes.
  Choice<Skip> skip = always(Skip::identity);
  Choice<double> branch = always(1.0);  ///< inside of shuffle units: factor on half of the width
  Choice<OpKind> activation = always(OpKind::relu);
  std::int64_t groups = 1;  ///< of convolutions
  int groups_line = 0;
  std::string cell = {};
  std::string reduction_cell = {};  ///< of the first cell, whose edges from its inputs have the
                                    ///< stride; empty: a factorised reduction before the first
  int line = 0;
};

/// A convolution block before the first stage.
struct Stem {
  Choice<std::int64_t> width;
  std::int64_t kernel = 3;
  std::int64_t stride = 2;
  OpKind activation = OpKind::relu;
  int line = 0;
};

/// How squeeze-and-excitation is made: hidden channels are `ratio` times a number of channels,
/// rounded to `divisor` (1: down, but to no less than one; else as `round_channels` does).
struct SqueezeRule {
  bool of_expanded = false;  ///< of the channels that it scales, not of the layer's input
  std::int64_t divisor = 1;
  OpKind gate = OpKind::sigmoid;
};

/// What follows the last stage.
struct Head {
  /// Of a 1x1 convolution block: a number, or a factor on the last stage's width, of at least
  /// `least`. Both 0: none.
  std::int64_t width = 0;
  std::int64_t factor = 0;
  std::int64_t least = 0;
  /// Of a 1x1 convolution without norm, behind the global average pooling (MobileNetV3); 0: none.
  std::int64_t mix = 0;
  OpKind activation = OpKind::relu;
  double dropout = 0;  ///< probability, before the classifier
  bool bias = true;    ///< of the classifier
};

/// What an edge of a cell can be: ReLU first, batch norm last, where it has weights (DARTS,
/// NAS-Bench-201).
enum class EdgeOp : std::uint8_t {
  none,
  skip,  ///< the identity; a factorised reduction at stride 2
  convolution_1x1,
  convolution_3x3,
  separable_3x3,
  separable_5x5,
  separable_7x7,
  dilated_3x3,
  dilated_5x5,
  average_pool_3x3,
  max_pool_3x3,
};

struct CellEdge {
  std::string from;
  std::string to;
  Choice<EdgeOp> ops;  ///< decided (once, for all cells of the name) or fixed
  int line = 0;
};

/// A directed acyclic graph. A node is the sum of what its edges bring.
struct Cell {
  std::string name;
  /// One: the cell before. Two: the one before that, first. Each goes through ReLU, 1x1 convolution
  /// and norm where there are two, or where its channels differ.
  std::vector<std::string> inputs;
  std::vector<std::string> nodes;
  std::vector<CellEdge> edges;
  std::vector<std::string> output;  ///< nodes; more than one are concatenated
  int line = 0;
};

/// Who shares weights when networks of the space are trained over one store.
enum class WeightSharing : std::uint8_t {
  by_position,  ///< same place, same name: shapes may differ, and then nothing can be shared
  by_choice,    ///< names tell what was chosen: equal layers at a place share
  elastic,      ///< parts of the largest: first channels, centres of kernels, transformed one after
                ///< the other (Once-for-All); blocks of different ops apart
};

struct SpaceDescription {
  std::string name;
  std::string description = {};
  WeightSharing weights = WeightSharing::by_choice;
  Choice<std::int64_t> resolution = {};  ///< pixels, of squares; no value: the task's
  SqueezeRule squeeze = {};
  bool affine = true;  ///< batch norms have scale and shift
  Stem stem = {};
  std::vector<Stage> stages = {};
  std::vector<Cell> cells = {};
  Head head = {};
  std::string source = {};  ///< the file, for messages
};

/// Which choices of a stage mean anything to a block.
bool uses_kernel(const Block& block);
bool uses_expansion(const Block& block);
bool uses_squeeze(const Block& block);
bool uses_skip(const Block& block);
bool uses_branch(const Block& block);
bool uses_activation(const Block& block);

/// Throws Error(space) where the parts do not fit: nothing to choose from, a name twice, values out
/// of range, an identity where the shape changes, groups that do not divide channels, a cell with a
/// cycle. Names source, line, value, and what is allowed. Sorts the nodes of cells so that edges
/// lead forwards.
void check_description(SpaceDescription& description);

/// Throws Error(space) where `input` (the task's, with the smallest of the description's
/// resolutions) has a single row or column of pixels left before something of stride 2.
void check_resolution(const SpaceDescription& description, const Shape& input);

}  // namespace nas
