#include "core/engine/reference/kernels.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/engine/reference/ops.hpp"

namespace nas::reference {
namespace {

template <typename T>
const std::vector<Kernel<T>>& table() {
  static const std::vector<Kernel<T>> kernels = {
      {OpKind::convolution, convolution_forward<T>, convolution_backward<T>},
      {OpKind::batch_norm, batch_norm_forward<T>, batch_norm_backward<T>},
      {OpKind::relu, activation_forward<T>, activation_backward<T>},
      {OpKind::relu6, activation_forward<T>, activation_backward<T>},
      {OpKind::leaky_relu, activation_forward<T>, activation_backward<T>},
      {OpKind::elu, activation_forward<T>, activation_backward<T>},
      {OpKind::swish, activation_forward<T>, activation_backward<T>},
      {OpKind::h_swish, activation_forward<T>, activation_backward<T>},
      {OpKind::sigmoid, activation_forward<T>, activation_backward<T>},
      {OpKind::h_sigmoid, activation_forward<T>, activation_backward<T>},
      {OpKind::tanh, activation_forward<T>, activation_backward<T>},
      {OpKind::softplus, activation_forward<T>, activation_backward<T>},
      {OpKind::add, add_forward<T>, add_backward<T>},
      {OpKind::multiply, multiply_forward<T>, multiply_backward<T>},
      {OpKind::scale, scale_forward<T>, scale_backward<T>},
      {OpKind::concat, concat_forward<T>, concat_backward<T>},
      {OpKind::slice, slice_forward<T>, slice_backward<T>},
      {OpKind::channel_shuffle, channel_shuffle_forward<T>, channel_shuffle_backward<T>},
      {OpKind::shift, shift_forward<T>, shift_backward<T>},
      {OpKind::zero, zero_forward<T>, zero_backward<T>},
      {OpKind::identity, identity_forward<T>, identity_backward<T>},
      {OpKind::max_pool, max_pool_forward<T>, max_pool_backward<T>},
      {OpKind::average_pool, average_pool_forward<T>, average_pool_backward<T>},
      {OpKind::global_max_pool, max_pool_forward<T>, max_pool_backward<T>},
      {OpKind::global_average_pool, global_average_pool_forward<T>,
       global_average_pool_backward<T>},
      {OpKind::upsample, upsample_forward<T>, upsample_backward<T>},
      {OpKind::dropout, dropout_forward<T>, dropout_backward<T>},
      {OpKind::drop_path, drop_path_forward<T>, drop_path_backward<T>},
      {OpKind::linear, linear_forward<T>, linear_backward<T>},
      {OpKind::mix, mix_forward<T>, mix_backward<T>},
  };
  return kernels;
}

}  // namespace

template <typename T>
const Kernel<T>& kernel(OpKind kind) {
  const auto& kernels = table<T>();
  const auto found = std::ranges::find(kernels, kind, &Kernel<T>::kind);
  if (found == kernels.end()) {
    throw Error(ErrorKind::internal,
                fmt::format("op '{}' has no reference kernel", op_row(kind).name));
  }
  return *found;
}

template const Kernel<float>& kernel<float>(OpKind);
template const Kernel<double>& kernel<double>(OpKind);

}  // namespace nas::reference
