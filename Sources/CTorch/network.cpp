// Layers, losses, and the list operations of the optimizers.
#include "handles.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/smooth_l1_loss.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>
#include <stdexcept>

using namespace ft;

static std::vector<at::Tensor> tensors(ft_list list) {
  std::vector<at::Tensor> result;
  result.reserve(list.count);
  for (size_t i = 0; i < list.count; ++i) result.push_back(list.items[i]->value);
  return result;
}

static std::array<int64_t, 2> pair(int64_t value) { return {value, value}; }

/// Losses are summed in float32, also under autocast.
static at::Tensor at_least_float(const at::Tensor &t) {
  return t.scalar_type() == at::kHalf || t.scalar_type() == at::kBFloat16 ? t.to(at::kFloat) : t;
}

/// `guard` for updates of parameters: nothing is recorded.
template <typename Body> static ft_status unrecorded(ft_error **error, Body &&body) noexcept {
  return guard(error, [&] {
    c10::NoGradGuard no_grad;
    body();
  });
}

extern "C" {

ft_status ft_linear(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                    ft_tensor **out, ft_error **error) {
  return produce(out, error,
                 [&] { return at::linear(x->value, weight->value, optional(bias)); });
}
ft_status ft_prelu(const ft_tensor *x, const ft_tensor *weight, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return at::prelu(x->value, weight->value); });
}
ft_status ft_max_pool2d(const ft_tensor *x, ft_window window, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return at::max_pool2d(x->value, pair(window.kernel), pair(window.stride),
                          pair(window.padding), pair(window.dilation));
  });
}
ft_status ft_average_pool2d(const ft_tensor *x, ft_window window, ft_tensor **out,
                            ft_error **error) {
  return produce(out, error, [&] {
    return at::avg_pool2d(x->value, pair(window.kernel), pair(window.stride),
                          pair(window.padding));
  });
}
ft_status ft_adaptive_average_pool2d(const ft_tensor *x, int64_t height, int64_t width,
                                     ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return at::adaptive_avg_pool2d(x->value, std::array<int64_t, 2>{height, width});
  });
}
ft_status ft_cross_entropy(const ft_tensor *logits, const ft_tensor *labels, double smoothing,
                           ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return at::cross_entropy_loss(at_least_float(logits->value), at_least_float(labels->value),
                                  {}, at::Reduction::Mean, -100, smoothing);
  });
}
ft_status ft_smooth_l1(const ft_tensor *predicted, const ft_tensor *truth, double beta,
                       ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return at::smooth_l1_loss(at_least_float(predicted->value), truth->value, at::Reduction::Mean,
                              beta);
  });
}
ft_status ft_mse(const ft_tensor *predicted, const ft_tensor *truth, ft_tensor **out,
                 ft_error **error) {
  return produce(out, error, [&] {
    return at::mse_loss(at_least_float(predicted->value), truth->value);
  });
}

ft_status ft_foreach_mul(ft_list self, double scalar, ft_error **error) {
  return unrecorded(error, [&] { at::_foreach_mul_(tensors(self), scalar); });
}
ft_status ft_foreach_mul_tensor(ft_list self, const ft_tensor *factor, ft_error **error) {
  return unrecorded(error, [&] { at::_foreach_mul_(tensors(self), factor->value); });
}
ft_status ft_foreach_mul_each(ft_list self, const ft_tensor *factors, ft_error **error) {
  return unrecorded(error, [&] { at::_foreach_mul_(tensors(self), factors->value.unbind()); });
}
ft_status ft_foreach_add(ft_list self, ft_list other, double alpha, ft_error **error) {
  return unrecorded(error, [&] { at::_foreach_add_(tensors(self), tensors(other), alpha); });
}
ft_status ft_foreach_lerp(ft_list self, ft_list other, double weight, ft_error **error) {
  return unrecorded(error, [&] { at::_foreach_lerp_(tensors(self), tensors(other), weight); });
}
ft_status ft_foreach_addcmul(ft_list self, ft_list a, ft_list b, double value, ft_error **error) {
  return unrecorded(
      error, [&] { at::_foreach_addcmul_(tensors(self), tensors(a), tensors(b), value); });
}
ft_status ft_foreach_adam(ft_list self, ft_list m, ft_list v, const double *scales,
                          const double *corrections, double epsilon, ft_error **error) {
  return unrecorded(error, [&] {
    const std::vector<at::Scalar> scale(scales, scales + self.count);
    const std::vector<at::Scalar> correction(corrections, corrections + self.count);
    auto denominators = at::_foreach_sqrt(tensors(v));
    at::_foreach_div_(denominators, correction);
    at::_foreach_add_(denominators, epsilon);
    at::_foreach_addcdiv_(tensors(self), tensors(m), denominators, scale);
  });
}
ft_status ft_foreach_gradients(ft_list self, ft_tensor **items, ft_error **error) {
  return unrecorded(error, [&] {
    for (size_t i = 0; i < self.count; ++i) {
      const auto &gradient = self.items[i]->value.grad();
      if (!gradient.defined()) throw std::invalid_argument("a parameter has no gradient");
    }
    for (size_t i = 0; i < self.count; ++i) items[i] = own(self.items[i]->value.grad());
  });
}
ft_status ft_foreach_scaled_sum(ft_list self, ft_list other, double alpha, ft_tensor **items,
                                ft_error **error) {
  return unrecorded(error, [&] {
    auto sums = at::_foreach_mul(tensors(self), alpha);
    at::_foreach_add_(sums, tensors(other));
    for (size_t i = 0; i < self.count; ++i) items[i] = own(sums[i]);
  });
}
ft_status ft_foreach_norms(ft_list self, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    c10::NoGradGuard no_grad;
    return at::stack(at::_foreach_norm(tensors(self))).to(at::kFloat);
  });
}
void ft_foreach_clear_gradients(ft_list self) {
  for (size_t i = 0; i < self.count; ++i) self.items[i]->value.mutable_grad().reset();
}

} // extern "C"
