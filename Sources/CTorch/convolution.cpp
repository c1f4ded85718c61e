// Convolutions: those of small maps, as at the end of networks for small pictures, by matrix products;
// 3×3 ones of larger maps by Winograd's; and the rest by libtorch's.
#include "half_convolution.h"
#include "handles.h"
#include "weight_gradient.h"
#include "winograd.h"

#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <torch/csrc/autograd/custom_function.h>
#include <vector>

using namespace ft;

namespace {

/// What one output sees along one axis: `count` inputs, the first of them under tap `tap`.
struct Sight {
  int64_t input, tap, count;
};

/// Where one tap lies on an input along one axis: at `count` outputs, for the first on `input`.
struct Reach {
  int64_t output, input, count;
};

struct Axis {
  int64_t size, kernel, stride, padding;

  int64_t outputs() const { return (size + 2 * padding - kernel) / stride + 1; }

  Sight sight(int64_t output) const {
    const int64_t first = output * stride - padding, begin = std::max<int64_t>(first, 0);
    return {begin, begin - first, std::min(first + kernel, size) - begin};
  }

  Reach reach(int64_t tap) const {
    const int64_t before = std::max<int64_t>(padding - tap, 0);
    const int64_t first = (before + stride - 1) / stride;
    const int64_t room = size - 1 + padding - tap;
    const int64_t end = room < 0 ? 0 : std::min(outputs(), room / stride + 1);
    return {first, first * stride - padding + tap, std::max<int64_t>(end - first, 0)};
  }
};

/// Maps with channels last, [N, H, W, C], weights [O, k, k, C]: what lies together is a matrix's row.
at::Tensor channels_last(const at::Tensor &t) { return t.permute({0, 2, 3, 1}); }
at::Tensor channels_first(const at::Tensor &t) { return t.permute({0, 3, 1, 2}); }

/// A convolution of the plain kind: of one group, on the processor.
struct Shape {
  Axis rows, columns;
  int64_t inputs, outputs;
  bool is_float, is_winograds;

  Shape(const at::Tensor &x, const at::Tensor &weight, const ft_window &window)
      : rows{x.size(2), weight.size(2), window.stride, window.padding},
        columns{x.size(3), weight.size(3), window.stride, window.padding}, inputs(x.size(1)),
        outputs(weight.size(0)), is_float(x.scalar_type() == at::kFloat),
        is_winograds(is_plain_3x3() && has_winograd(x, outputs)) {}

  static bool fits(const at::Tensor &x, const at::Tensor &weight, const ft_window &window,
                   int64_t groups) {
    // An output that saw nothing but padding would have no product.
    auto sees = [&](int axis) {
      return window.padding >= 0 && window.padding < weight.size(axis) &&
             x.size(axis) + 2 * window.padding >= weight.size(axis);
    };
    return x.is_cpu() && x.size(0) > 0 && groups == 1 && window.dilation == 1 &&
           window.stride > 0 && weight.size(1) == x.size(1) && sees(2) && sees(3);
  }

  bool is_plain_3x3() const {
    return rows.kernel == 3 && columns.kernel == 3 && rows.stride == 1 && rows.padding == 1;
  }
  bool is_half_winograds(const at::Tensor &x) const {
    return is_plain_3x3() && has_half_winograd(x, outputs);
  }
  int64_t places() const { return rows.outputs() * columns.outputs(); }

  // Where other ways are faster: Tests/Benchmarks/small_maps.py and kernels.py. Without AVX-512 oneDNN
  // 3.12 needs 30 times as long for a 3×3 convolution of a 1×1 map with its gradients and 5 times for a
  // 2×2 map; for the weights' gradient up to 3 times for larger maps with many channels, up to 1.7 times
  // for all others of a 3×3 convolution, and 1.2 times for a 1×1 convolution of small maps.
  bool has_few_places() const { return places() <= 4; }
  bool has_gradient_by_taps() const {
    static const bool has_avx512 = at::get_cpu_capability() == "AVX512";
    if (has_avx512 || has_few_places()) return has_few_places();
    if (rows.kernel == 1) return rows.stride == 1 && places() <= 256;
    return 4096 * places() <= inputs * outputs;
  }
  bool has_gradient_by_tiles() const {
    return is_float && rows.kernel > 1 && rows.kernel == columns.kernel &&
           !has_gradient_by_taps() && has_fast_weight_gradient(inputs, outputs);
  }
};

/// Each output as the product of the inputs that it sees with the taps that lie on them.
at::Tensor convolve_by_places(const Shape &shape, const at::Tensor &x, const at::Tensor &weight) {
  const at::Tensor inputs = channels_last(x), taps = channels_last(weight);
  std::vector<at::Tensor> outputs;
  for (int64_t i = 0; i < shape.rows.outputs(); ++i) {
    const Sight row = shape.rows.sight(i);
    const at::Tensor strip = inputs.narrow(1, row.input, row.count);
    const at::Tensor band = taps.narrow(1, row.tap, row.count);
    for (int64_t j = 0; j < shape.columns.outputs(); ++j) {
      const Sight column = shape.columns.sight(j);
      outputs.push_back(at::linear(
          strip.narrow(2, column.input, column.count).reshape({inputs.size(0), -1}),
          band.narrow(2, column.tap, column.count).reshape({shape.outputs, -1})));
    }
  }
  return channels_first(at::stack(outputs, 1).view(
      {x.size(0), shape.rows.outputs(), shape.columns.outputs(), shape.outputs}));
}

at::Tensor input_gradient_by_places(const Shape &shape, const at::Tensor &x,
                                    const at::Tensor &weight, const at::Tensor &gradient) {
  const at::Tensor taps = channels_last(weight), cotangents = channels_last(gradient);
  at::Tensor result = at::zeros({x.size(0), x.size(2), x.size(3), x.size(1)}, x.options());
  for (int64_t i = 0; i < shape.rows.outputs(); ++i) {
    const Sight row = shape.rows.sight(i);
    for (int64_t j = 0; j < shape.columns.outputs(); ++j) {
      const Sight column = shape.columns.sight(j);
      const at::Tensor seen =
          taps.narrow(1, row.tap, row.count).narrow(2, column.tap, column.count);
      result.narrow(1, row.input, row.count)
          .narrow(2, column.input, column.count)
          .add_(at::mm(cotangents.select(1, i).select(1, j), seen.reshape({shape.outputs, -1}))
                    .view({result.size(0), row.count, column.count, shape.inputs}));
    }
  }
  return channels_first(result);
}

/// Each tap's gradient as the product of the cotangents with the inputs on which the tap lies.
at::Tensor weight_gradient_by_taps(const Shape &shape, const at::Tensor &x,
                                   const at::Tensor &weight, const at::Tensor &gradient) {
  const at::Tensor inputs = channels_last(x), cotangents = channels_last(gradient);
  std::vector<at::Tensor> taps;
  for (int64_t i = 0; i < shape.rows.kernel; ++i) {
    const Reach row = shape.rows.reach(i);
    for (int64_t j = 0; j < shape.columns.kernel; ++j) {
      const Reach column = shape.columns.reach(j);
      if (row.count == 0 || column.count == 0) {
        taps.push_back(at::zeros({shape.outputs, shape.inputs}, x.options()));
        continue;
      }
      auto along = [](const at::Tensor &t, int64_t axis, int64_t start, int64_t count,
                      int64_t step) {
        return t.slice(axis, start, start + (count - 1) * step + 1, step);
      };
      const at::Tensor seen = along(along(inputs, 1, row.input, row.count, shape.rows.stride), 2,
                                    column.input, column.count, shape.columns.stride);
      const at::Tensor by = along(along(cotangents, 1, row.output, row.count, 1), 2,
                                  column.output, column.count, 1);
      taps.push_back(at::mm(by.reshape({-1, shape.outputs}).t(), seen.reshape({-1, shape.inputs})));
    }
  }
  return channels_first(at::stack(taps, 1).view(
      {shape.outputs, shape.rows.kernel, shape.columns.kernel, shape.inputs}));
}

at::Tensor convolve(const at::Tensor &x, const at::Tensor &weight,
                    const std::optional<at::Tensor> &bias, const ft_window &window,
                    int64_t groups) {
  auto pair = [](int64_t value) { return std::array<int64_t, 2>{value, value}; };
  return at::conv2d(x, weight, bias, pair(window.stride), pair(window.padding),
                    pair(window.dilation), groups);
}

struct OwnConvolution : torch::autograd::Function<OwnConvolution> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const at::Tensor &weight, int64_t stride, int64_t padding) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    const ft_window window{0, stride, padding, 1};
    const Shape shape(x, weight, window);
    return shape.is_winograds       ? winograd(x, weight)
           : shape.has_few_places() ? convolve_by_places(shape, x, weight)
                                    : convolve(x, weight, {}, window, 1);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &gradient = gradients[0];
    const int64_t stride = context->saved_data["stride"].toInt();
    const int64_t padding = context->saved_data["padding"].toInt();
    const Shape shape(x, weight, {0, stride, padding, 1});
    at::Tensor input, taps;
    if (context->needs_input_grad(0)) {
      if (shape.is_winograds) {
        input = winograd_input_gradient(gradient, weight);
      } else if (shape.has_few_places()) {
        input = input_gradient_by_places(shape, x, weight, gradient);
      } else {
        const std::vector<int64_t> strides{stride, stride}, paddings{padding, padding}, one{1, 1},
            none{0, 0};
        input = std::get<0>(at::convolution_backward(gradient, x, weight, {}, strides, paddings,
                                                     one, false, none, 1, {true, false, false}));
      }
    }
    if (context->needs_input_grad(1))
      taps = shape.is_winograds ? winograd_weight_gradient(x, gradient)
             : shape.has_gradient_by_tiles()
                 ? weight_gradient(x, gradient, shape.rows.kernel, stride, padding)
                 : weight_gradient_by_taps(shape, x, weight, gradient);
    return {input, taps, at::Tensor(), at::Tensor()};
  }
};

/// Of float16 maps, with float32 weights.
struct HalfConvolution : torch::autograd::Function<HalfConvolution> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const at::Tensor &weight, int64_t stride, int64_t padding) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    const Shape shape(x, weight, {0, stride, padding, 1});
    return shape.is_half_winograds(x) ? half_winograd(x, weight)
                                      : half_convolution(x, weight, {weight.size(2), stride, padding});
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &gradient = gradients[0];
    const HalfWindow window{weight.size(2), context->saved_data["stride"].toInt(),
                            context->saved_data["padding"].toInt()};
    const bool is_winograds =
        Shape(x, weight, {0, window.stride, window.padding, 1}).is_half_winograds(x);
    at::Tensor input, taps;
    if (context->needs_input_grad(0))
      input = is_winograds ? half_winograd_input_gradient(gradient, weight)
                           : half_input_gradient(gradient, weight, x.sizes(), window);
    if (context->needs_input_grad(1))
      taps = is_winograds ? half_winograd_weight_gradient(x, gradient)
                          : half_weight_gradient(x, gradient, window);
    return {input, taps, at::Tensor(), at::Tensor()};
  }
};

at::Tensor with_bias(const at::Tensor &y, const std::optional<at::Tensor> &bias) {
  return bias ? y + bias->to(y.scalar_type()).view({1, -1, 1, 1}) : y;
}

/// Chooses the fastest way of those for float32, or what torch has for other types.
at::Tensor plain_convolution(const at::Tensor &x, const at::Tensor &weight,
                             const std::optional<at::Tensor> &bias, const ft_window &window,
                             int64_t groups, bool is_cast) {
  if (!Shape::fits(x, weight, window, groups)) return convolve(x, weight, bias, window, groups);
  const Shape shape(x, weight, window);
  if (x.scalar_type() == weight.scalar_type() && !is_cast) {
    if (shape.is_winograds || shape.has_gradient_by_taps() || shape.has_gradient_by_tiles())
      return with_bias(OwnConvolution::apply(x, weight, window.stride, window.padding), bias);
  } else if (shape.has_few_places()) {
    // Under autocast torch chooses the types, and takes the gradients of this itself.
    return with_bias(convolve_by_places(shape, x, weight), bias);
  }
  return convolve(x, weight, bias, window, groups);
}

/// Of float16, or where that has no way of its own, of float32.
at::Tensor half_convolution_or_plain(const at::Tensor &x, const at::Tensor &weight,
                                     const std::optional<at::Tensor> &bias,
                                     const ft_window &window, int64_t groups) {
  if (Shape::fits(x, weight, window, groups) && weight.size(2) == weight.size(3) &&
      weight.scalar_type() == at::kFloat && fits_half_convolution(x, weight))
    return with_bias(
        HalfConvolution::apply(x.to(at::kHalf), weight, window.stride, window.padding), bias);
  // oneDNN's gradients of float16 convolutions take hundreds of times as long as those of float32.
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::DispatchKey::AutocastCPU);
  return plain_convolution(x.to(at::kFloat), weight, bias, window, groups, false);
}

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight,
                       const std::optional<at::Tensor> &bias, const ft_window &window,
                       int64_t groups) {
  const bool is_cast = x.is_cpu() && at::autocast::is_autocast_enabled(at::kCPU);
  return is_cast && at::autocast::get_autocast_dtype(at::kCPU) == at::kHalf
             ? half_convolution_or_plain(x, weight, bias, window, groups)
             : plain_convolution(x, weight, bias, window, groups, is_cast);
}

} // namespace

extern "C" ft_status ft_conv2d(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                               ft_window window, int64_t groups, ft_tensor **out,
                               ft_error **error) {
  return produce(out, error, [&] {
    return convolution(x->value, weight->value, optional(bias), window, groups);
  });
}
