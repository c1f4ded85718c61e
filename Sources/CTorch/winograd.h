// 3×3 convolutions with a quarter of the multiplications.
#pragma once
#include <ATen/core/Tensor.h>

namespace ft {

/// Whether the functions below are for this processor, and pay for maps x [N, C, H, W] and so many outputs:
/// Tests/Benchmarks/kernels.py.
bool has_winograd(const at::Tensor &x, int64_t outputs);

/// The 3×3 convolution with stride 1 and padding 1 of x [N, C, H, W] with weights [O, C, 3, 3], float32 on
/// the processor: [N, O, H, W], its memory that of channels last.
at::Tensor winograd(const at::Tensor &x, const at::Tensor &weight);

/// Its gradient with respect to x, from the cotangents [N, O, H, W].
at::Tensor winograd_input_gradient(const at::Tensor &cotangents, const at::Tensor &weight);

/// Its gradient with respect to the weights, [O, C, 3, 3].
at::Tensor winograd_weight_gradient(const at::Tensor &x, const at::Tensor &cotangents);

/// Whether those below pay, on processors with AVX512-FP16.
bool has_half_winograd(const at::Tensor &x, int64_t outputs);

// The same of float16 maps with float32 weights.
at::Tensor half_winograd(const at::Tensor &x, const at::Tensor &weight);
at::Tensor half_winograd_input_gradient(const at::Tensor &cotangents, const at::Tensor &weight);
at::Tensor half_winograd_weight_gradient(const at::Tensor &x, const at::Tensor &cotangents);

} // namespace ft
