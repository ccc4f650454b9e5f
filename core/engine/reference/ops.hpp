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

/// relu, relu6, swish, h_swish, sigmoid and h_sigmoid.
template <typename T>
void activation_forward(const Forward<T>& node);
template <typename T>
void activation_backward(const Backward<T>& node);

template <typename T>
void add_forward(const Forward<T>& node);
template <typename T>
void add_backward(const Backward<T>& node);

template <typename T>
void scale_forward(const Forward<T>& node);
template <typename T>
void scale_backward(const Backward<T>& node);

template <typename T>
void global_average_pool_forward(const Forward<T>& node);
template <typename T>
void global_average_pool_backward(const Backward<T>& node);

template <typename T>
void linear_forward(const Forward<T>& node);
template <typename T>
void linear_backward(const Backward<T>& node);

}  // namespace nas::reference
