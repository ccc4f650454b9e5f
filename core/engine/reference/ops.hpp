/// The functions that the kernel table lists, each in the file of its op.
#pragma once

#include "core/engine/reference/kernels.hpp"

namespace nas::reference {

template <typename T>
void convolution_forward(const Forward<T>& node);
template <typename T>
void convolution_backward(const Backward<T>& node);

template <typename T>
void batch_norm_forward(const Forward<T>& node);
template <typename T>
void batch_norm_backward(const Backward<T>& node);

/// Every function of single values, from relu to softplus.
template <typename T>
void activation_forward(const Forward<T>& node);
template <typename T>
void activation_backward(const Backward<T>& node);

template <typename T>
void add_forward(const Forward<T>& node);
template <typename T>
void add_backward(const Backward<T>& node);

template <typename T>
void multiply_forward(const Forward<T>& node);
template <typename T>
void multiply_backward(const Backward<T>& node);

template <typename T>
void scale_forward(const Forward<T>& node);
template <typename T>
void scale_backward(const Backward<T>& node);

template <typename T>
void concat_forward(const Forward<T>& node);
template <typename T>
void concat_backward(const Backward<T>& node);

template <typename T>
void slice_forward(const Forward<T>& node);
template <typename T>
void slice_backward(const Backward<T>& node);

template <typename T>
void channel_shuffle_forward(const Forward<T>& node);
template <typename T>
void channel_shuffle_backward(const Backward<T>& node);

template <typename T>
void shift_forward(const Forward<T>& node);
template <typename T>
void shift_backward(const Backward<T>& node);

template <typename T>
void zero_forward(const Forward<T>& node);
template <typename T>
void zero_backward(const Backward<T>& node);

template <typename T>
void identity_forward(const Forward<T>& node);
template <typename T>
void identity_backward(const Backward<T>& node);

/// Of max_pool and, its window the whole image, global_max_pool.
template <typename T>
void max_pool_forward(const Forward<T>& node);
template <typename T>
void max_pool_backward(const Backward<T>& node);

template <typename T>
void average_pool_forward(const Forward<T>& node);
template <typename T>
void average_pool_backward(const Backward<T>& node);

template <typename T>
void global_average_pool_forward(const Forward<T>& node);
template <typename T>
void global_average_pool_backward(const Backward<T>& node);

template <typename T>
void upsample_forward(const Forward<T>& node);
template <typename T>
void upsample_backward(const Backward<T>& node);

template <typename T>
void dropout_forward(const Forward<T>& node);
template <typename T>
void dropout_backward(const Backward<T>& node);

template <typename T>
void drop_path_forward(const Forward<T>& node);
template <typename T>
void drop_path_backward(const Backward<T>& node);

template <typename T>
void linear_forward(const Forward<T>& node);
template <typename T>
void linear_backward(const Backward<T>& node);

template <typename T>
void mix_forward(const Forward<T>& node);
template <typename T>
void mix_backward(const Backward<T>& node);

}  // namespace nas::reference
