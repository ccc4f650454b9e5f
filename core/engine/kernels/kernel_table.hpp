/// From op to kernel.
#pragma once

#include <functional>

#include "core/engine/compiler.hpp"

namespace nas::engine {

/// Adds a node's forward steps and sets its value. Returns what adds its backward steps: it reads
/// `gradient(node)`, fills the node's parameter gradients and contributes to the gradients of those
/// inputs that want one. It is called in training mode only, for nodes that want a gradient.
using Kernel = std::function<void()> (*)(Compiler& compiler, NodeId node);

Kernel kernel(OpKind kind);

std::function<void()> compile_input(Compiler& compiler, NodeId node);
std::function<void()> compile_convolution(Compiler& compiler, NodeId node);
std::function<void()> compile_batch_norm(Compiler& compiler, NodeId node);
std::function<void()> compile_relu(Compiler& compiler, NodeId node);
std::function<void()> compile_relu6(Compiler& compiler, NodeId node);
std::function<void()> compile_leaky_relu(Compiler& compiler, NodeId node);
std::function<void()> compile_elu(Compiler& compiler, NodeId node);
std::function<void()> compile_swish(Compiler& compiler, NodeId node);
std::function<void()> compile_h_swish(Compiler& compiler, NodeId node);
std::function<void()> compile_sigmoid(Compiler& compiler, NodeId node);
std::function<void()> compile_h_sigmoid(Compiler& compiler, NodeId node);
std::function<void()> compile_tanh(Compiler& compiler, NodeId node);
std::function<void()> compile_softplus(Compiler& compiler, NodeId node);
std::function<void()> compile_add(Compiler& compiler, NodeId node);
std::function<void()> compile_multiply(Compiler& compiler, NodeId node);
std::function<void()> compile_scale(Compiler& compiler, NodeId node);
std::function<void()> compile_concat(Compiler& compiler, NodeId node);
std::function<void()> compile_slice(Compiler& compiler, NodeId node);
std::function<void()> compile_channel_shuffle(Compiler& compiler, NodeId node);
std::function<void()> compile_shift(Compiler& compiler, NodeId node);
std::function<void()> compile_zero(Compiler& compiler, NodeId node);
std::function<void()> compile_identity(Compiler& compiler, NodeId node);
std::function<void()> compile_max_pool(Compiler& compiler, NodeId node);
std::function<void()> compile_average_pool(Compiler& compiler, NodeId node);
std::function<void()> compile_global_max_pool(Compiler& compiler, NodeId node);
std::function<void()> compile_global_average_pool(Compiler& compiler, NodeId node);
std::function<void()> compile_upsample(Compiler& compiler, NodeId node);
std::function<void()> compile_dropout(Compiler& compiler, NodeId node);
std::function<void()> compile_drop_path(Compiler& compiler, NodeId node);
std::function<void()> compile_linear(Compiler& compiler, NodeId node);
std::function<void()> compile_mix(Compiler& compiler, NodeId node);

}  // namespace nas::engine
