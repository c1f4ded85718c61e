// Convolutions of float16 maps, for processors that multiply float16 twice as fast as float32.
#pragma once
#include <ATen/core/Tensor.h>

namespace ft {

/// Whether this processor has AVX512-FP16.
bool has_half_products();

/// Kernel, stride and padding, the same along both axes.
struct HalfWindow {
  int64_t kernel, stride, padding;
};

/// Whether the functions below are for a convolution of maps x [N, C, H, W] with weights [O, C, k, k], and
/// its gradients.
bool fits_half_convolution(const at::Tensor &x, const at::Tensor &weight);

/// The convolution of x [N, C, H, W], float16, with weights [O, C, k, k], float32: [N, O, h, w], float16,
/// its memory that of channels last.
at::Tensor half_convolution(const at::Tensor &x, const at::Tensor &weight, const HalfWindow &window);

/// Its gradient with respect to x, of `sizes`, from the cotangents [N, O, h, w]: float16.
at::Tensor half_input_gradient(const at::Tensor &cotangents, const at::Tensor &weight,
                               at::IntArrayRef sizes, const HalfWindow &window);

/// Its gradient with respect to the weights, [O, C, k, k]: float32.
at::Tensor half_weight_gradient(const at::Tensor &x, const at::Tensor &cotangents,
                                const HalfWindow &window);

} // namespace ft
