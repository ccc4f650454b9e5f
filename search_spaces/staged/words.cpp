#include "search_spaces/staged/words.hpp"

#include <algorithm>

namespace nas {
namespace {

template <typename T>
using Word = std::pair<std::string_view, T>;

constexpr Word<BlockOp> block_ops[] = {
    {"convolution", BlockOp::convolution},
    {"separable", BlockOp::separable},
    {"inverted_bottleneck", BlockOp::inverted_bottleneck},
    {"shuffle", BlockOp::shuffle},
    {"shuffle_xception", BlockOp::shuffle_xception},
    {"identity", BlockOp::identity},
    {"zero", BlockOp::identity},
};
constexpr Word<Skip> skips[] = {
    {"none", Skip::none},
    {"identity", Skip::identity},
    {"pool", Skip::pool},
};
constexpr Word<EdgeOp> edge_ops[] = {
    {"none", EdgeOp::none},
    {"skip", EdgeOp::skip},
    {"convolution_1x1", EdgeOp::convolution_1x1},
    {"convolution_3x3", EdgeOp::convolution_3x3},
    {"separable_3x3", EdgeOp::separable_3x3},
    {"separable_5x5", EdgeOp::separable_5x5},
    {"separable_7x7", EdgeOp::separable_7x7},
    {"dilated_3x3", EdgeOp::dilated_3x3},
    {"dilated_5x5", EdgeOp::dilated_5x5},
    {"average_pool_3x3", EdgeOp::average_pool_3x3},
    {"max_pool_3x3", EdgeOp::max_pool_3x3},
};
constexpr Word<WeightSharing> weight_sharings[] = {
    {"by_position", WeightSharing::by_position},
    {"by_choice", WeightSharing::by_choice},
    {"elastic", WeightSharing::elastic},
};
constexpr Word<OpKind> activations[] = {
    {"relu", OpKind::relu},
    {"relu6", OpKind::relu6},
    {"leaky_relu", OpKind::leaky_relu},
    {"elu", OpKind::elu},
    {"swish", OpKind::swish},
    {"h_swish", OpKind::h_swish},
    {"sigmoid", OpKind::sigmoid},
    {"h_sigmoid", OpKind::h_sigmoid},
    {"tanh", OpKind::tanh},
    {"softplus", OpKind::softplus},
};

template <typename T>
std::string_view first_word(Words<T> words, T value) {
  return std::ranges::find(words, value, &Word<T>::second)->first;
}

}  // namespace

Words<BlockOp> block_op_words() { return block_ops; }
Words<Skip> skip_words() { return skips; }
Words<EdgeOp> edge_op_words() { return edge_ops; }
Words<WeightSharing> weight_sharing_words() { return weight_sharings; }
Words<OpKind> activation_words() { return activations; }

std::string_view word(BlockOp op) { return first_word(block_op_words(), op); }
std::string_view word(Skip skip) { return first_word(skip_words(), skip); }
std::string_view word(EdgeOp op) { return first_word(edge_op_words(), op); }
std::string_view word(WeightSharing weights) { return first_word(weight_sharing_words(), weights); }

}  // namespace nas
