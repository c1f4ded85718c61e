// A convolution's weights' gradient faster than oneDNN's.
#pragma once
#include <ATen/core/Tensor.h>

namespace ft {

/// Whether `weight_gradient` is for this processor and these numbers of channels.
bool has_fast_weight_gradient(int64_t inputs, int64_t outputs);

/// The gradient [O, C, kernel, kernel] of the weights of a convolution of one group: x [N, C, H, W],
/// cotangents [N, O, h, w], float32 on the processor. Its memory is that of channels last.
at::Tensor weight_gradient(const at::Tensor &x, const at::Tensor &cotangents, int64_t kernel,
                           int64_t stride, int64_t padding);

} // namespace ft
