/// How descriptions spell what they choose from.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "search_spaces/staged/description.hpp"

namespace nas {

template <typename T>
using Words = std::span<const std::pair<std::string_view, T>>;

/// "zero" is another word for the identity; otherwise one word each.
Words<BlockOp> block_op_words();
Words<Skip> skip_words();
Words<EdgeOp> edge_op_words();
Words<WeightSharing> weight_sharing_words();
/// The ops that may follow a batch norm.
Words<OpKind> activation_words();

std::string_view word(BlockOp op);
std::string_view word(Skip skip);
std::string_view word(EdgeOp op);
std::string_view word(WeightSharing weights);

}  // namespace nas
