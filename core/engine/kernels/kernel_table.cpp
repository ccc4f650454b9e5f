#include "core/engine/kernels/kernel_table.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas::engine {
namespace {

constexpr std::pair<OpKind, Kernel> kernels[] = {
    {OpKind::input, compile_input},
    {OpKind::convolution, compile_convolution},
    {OpKind::batch_norm, compile_batch_norm},
    {OpKind::relu, compile_relu},
    {OpKind::relu6, compile_relu6},
    {OpKind::leaky_relu, compile_leaky_relu},
    {OpKind::elu, compile_elu},
    {OpKind::swish, compile_swish},
    {OpKind::h_swish, compile_h_swish},
    {OpKind::sigmoid, compile_sigmoid},
    {OpKind::h_sigmoid, compile_h_sigmoid},
    {OpKind::tanh, compile_tanh},
    {OpKind::softplus, compile_softplus},
    {OpKind::add, compile_add},
    {OpKind::multiply, compile_multiply},
    {OpKind::scale, compile_scale},
    {OpKind::concat, compile_concat},
    {OpKind::slice, compile_slice},
    {OpKind::channel_shuffle, compile_channel_shuffle},
    {OpKind::shift, compile_shift},
    {OpKind::zero, compile_zero},
    {OpKind::identity, compile_identity},
    {OpKind::max_pool, compile_max_pool},
    {OpKind::average_pool, compile_average_pool},
    {OpKind::global_max_pool, compile_global_max_pool},
    {OpKind::global_average_pool, compile_global_average_pool},
    {OpKind::upsample, compile_upsample},
    {OpKind::dropout, compile_dropout},
    {OpKind::drop_path, compile_drop_path},
    {OpKind::linear, compile_linear},
    {OpKind::mix, compile_mix},
};

}  // namespace

Kernel kernel(OpKind kind) {
  for (const auto& [known, function] : kernels) {
    if (known == kind) return function;
  }
  throw Error(ErrorKind::internal,
              fmt::format("the engine has no kernel for op '{}'", op_row(kind).name));
}

}  // namespace nas::engine
