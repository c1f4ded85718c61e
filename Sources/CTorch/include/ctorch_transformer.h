// What vision transformers need beside ctorch.h; the same rules.
#pragma once
#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Over the last dimension, whose size weight and bias have.
ft_status ft_layer_norm(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                        double epsilon, ft_tensor **out, ft_error **error);
/// x · Φ(x), exactly.
ft_status ft_gelu(const ft_tensor *x, ft_tensor **out, ft_error **error);
/// softmax(q kᵀ / √d) v over [N, heads, length, d].
ft_status ft_attention(const ft_tensor *q, const ft_tensor *k, const ft_tensor *v,
                       ft_tensor **out, ft_error **error);
/// Bicubic, antialiased, corners not aligned; x is [N, C, H, W].
ft_status ft_resize_bicubic(const ft_tensor *x, int64_t height, int64_t width, ft_tensor **out,
                            ft_error **error);

#ifdef __cplusplus
}
#endif
