/// Where the values of a parameter are kept: in which tensor of a store, and in which part of it.
///
/// A parameter is by default a tensor of its own, "<node>.<suffix>". A reference names another one:
/// parameters that name one tensor share it, within a network and between networks that are trained
/// over one store, also where each uses a part of its own. The part is a chain of views, each of
/// what the one before it leaves.
///
///     // Once-for-All: 3x3 kernels out of 7x7 ones by way of 5x5, of the first 16 of 32 channels.
///     net.refer(node, "weight", {.name = "block.depthwise.weight",
///                                .shape = {32, 1, 7, 7},
///                                .views = {CentreView{5, 5},
///                                TransformView{"block.depthwise.7to5"},
///                                          CentreView{3, 3},
///                                          TransformView{"block.depthwise.5to3"}, RangeView{.axis
///                                          = 0, .count = 16}}});
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace nas {

/// Consecutive elements of one axis; the first `count` channels where `begin` is 0.
struct RangeView {
  std::int64_t axis = 0;
  std::int64_t begin = 0;
  std::int64_t count = 0;
  friend auto operator<=>(const RangeView&, const RangeView&) = default;
};

/// The middle of the last two axes, as far from one edge as from the other: sizes must differ from
/// the axes' by an even number.
struct CentreView {
  std::int64_t height = 0;
  std::int64_t width = 0;
  friend auto operator<=>(const CentreView&, const CentreView&) = default;
};

/// Every kernel (the last two of four axes, flattened to k = height * width values) is multiplied
/// from the left by one trainable k x k matrix: new[i] = sum over j of matrix[i][j] * old[j] (Cai
/// et al. 2019, as in the released `dynamic_op.py`). The matrix is a stored tensor of that name,
/// shared by all channels, and the identity until it is trained.
struct TransformView {
  std::string matrix;
  friend auto operator<=>(const TransformView&, const TransformView&) = default;
};

/// The same elements in the same order under another shape; the last of its chain.
struct ReshapeView {
  std::vector<std::int64_t> shape;
  friend auto operator<=>(const ReshapeView&, const ReshapeView&) = default;
};

using View = std::variant<RangeView, CentreView, TransformView, ReshapeView>;

struct ParameterReference {
  std::string name;                 ///< of the stored tensor
  std::vector<std::int64_t> shape;  ///< of the stored tensor, one to five axes
  std::vector<View> views;          ///< none: all of it
  friend auto operator<=>(const ParameterReference&, const ParameterReference&) = default;
};

/// So many elements of every axis from the given ones on.
struct Box {
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> count;
  friend bool operator==(const Box&, const Box&) = default;
};

/// One step from a stored tensor to a parameter.
struct ViewStage {
  /// What multiplies the kernels before the part is taken; empty in the first stage, which takes
  /// its part of the stored tensor.
  std::string matrix;
  std::vector<std::int64_t> shape;  ///< of the tensor that the stage works on
  Box part;                         ///< what it keeps of it
};

/// A chain of views worked out. Ranges of the axes before a kernel, such as channels, are taken in
/// the first stage wherever they stand in the chain (transforms treat all kernels alike), so that
/// the first part is exactly what the parameter depends on.
struct ResolvedReference {
  std::vector<ViewStage> stages;    ///< at least one
  std::vector<std::int64_t> shape;  ///< of the parameter
};

/// Throws Error(space), with the reference's name, where the reference is malformed or a view does
/// not fit what it is of.
ResolvedReference resolve(const ParameterReference& reference);

/// "block.depthwise.weight(32, 1, 7, 7), centre 5x5, first 16 of axis 0", for messages and
/// drawings.
std::string text(const ParameterReference& reference);

}  // namespace nas
