// What vision transformers need: each a single call of ATen.
#include "ctorch_transformer.h"
#include "handles.h"

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/scaled_dot_product_attention.h>

using namespace ft;

extern "C" {

ft_status ft_layer_norm(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                        double epsilon, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return at::layer_norm(x->value, weight->value.sizes(), weight->value, bias->value, epsilon,
                          /*cudnn_enable=*/true);
  });
}
ft_status ft_gelu(const ft_tensor *x, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return at::gelu(x->value); });
}
ft_status ft_attention(const ft_tensor *q, const ft_tensor *k, const ft_tensor *v,
                       ft_tensor **out, ft_error **error) {
  return produce(out, error,
                 [&] { return at::scaled_dot_product_attention(q->value, k->value, v->value); });
}
ft_status ft_resize_bicubic(const ft_tensor *x, int64_t height, int64_t width, ft_tensor **out,
                            ft_error **error) {
  return produce(out, error, [&] {
    return at::_upsample_bicubic2d_aa(x->value, std::array<int64_t, 2>{height, width},
                                      /*align_corners=*/false, std::nullopt, std::nullopt);
  });
}

} // extern "C"
