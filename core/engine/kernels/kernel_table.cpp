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
    {OpKind::swish, compile_swish},
    {OpKind::h_swish, compile_h_swish},
    {OpKind::sigmoid, compile_sigmoid},
    {OpKind::h_sigmoid, compile_h_sigmoid},
    {OpKind::add, compile_add},
    {OpKind::scale, compile_scale},
    {OpKind::global_average_pool, compile_global_average_pool},
    {OpKind::linear, compile_linear},
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
