// Convolutions; those with few outputs, as of the last maps of small pictures, as matrix products.
#include "handles.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/stack.h>
#include <algorithm>
#include <vector>

using namespace ft;

/// What one output sees along one axis: so many inputs, the first of them under tap `tap`.
struct sight {
  int64_t input, tap, count;
};

static std::vector<sight> sights(int64_t size, int64_t kernel, const ft_window &window) {
  std::vector<sight> result;
  for (int64_t first = -window.padding; first + kernel <= size + window.padding;
       first += window.stride) {
    const int64_t begin = std::max<int64_t>(first, 0);
    result.push_back({begin, begin - first, std::min(first + kernel, size) - begin});
  }
  return result;
}

/// Whether matrix products are the faster way. Without AVX-512 oneDNN 3.12 needs 30 times as long
/// for a 3×3 convolution of a 1×1 map with its gradients, 5 times for a 2×2 map, and is faster from
/// 3×3 on: Tests/Benchmarks/few_outputs.py.
static bool has_few_outputs(const at::Tensor &x, const at::Tensor &weight, const ft_window &window,
                            int64_t groups) {
  if (!x.is_cpu() || groups != 1 || window.dilation != 1 || window.stride < 1) return false;
  if (weight.size(1) != x.size(1)) return false;
  int64_t count = 1;
  for (int axis : {2, 3}) {
    const int64_t kernel = weight.size(axis);
    // An output that saw nothing but padding would have no product.
    if (window.padding < 0 || window.padding >= kernel) return false;
    const int64_t room = x.size(axis) + 2 * window.padding - kernel;
    if (room < 0) return false;
    count *= room / window.stride + 1;
  }
  return count <= 4 && x.size(0) > 0;
}

/// Each output as the product of the inputs that it sees with the taps that lie on them.
static at::Tensor convolve_by_outputs(const at::Tensor &x, const at::Tensor &weight,
                                      const std::optional<at::Tensor> &bias,
                                      const ft_window &window) {
  // With channels last a window's inputs, and the taps on them, lie together.
  const at::Tensor inputs = x.permute({0, 2, 3, 1}), taps = weight.permute({0, 2, 3, 1});
  const auto rows = sights(x.size(2), weight.size(2), window);
  const auto columns = sights(x.size(3), weight.size(3), window);
  std::vector<at::Tensor> outputs;
  for (const sight &row : rows) {
    const at::Tensor strip = inputs.narrow(1, row.input, row.count);
    const at::Tensor band = taps.narrow(1, row.tap, row.count);
    for (const sight &column : columns) {
      outputs.push_back(at::linear(
          strip.narrow(2, column.input, column.count).reshape({x.size(0), -1}),
          band.narrow(2, column.tap, column.count).reshape({weight.size(0), -1}), bias));
    }
  }
  const auto height = static_cast<int64_t>(rows.size()), width = static_cast<int64_t>(columns.size());
  return at::stack(outputs, 1)
      .view({x.size(0), height, width, weight.size(0)})
      .permute({0, 3, 1, 2});
}

extern "C" ft_status ft_conv2d(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                               ft_window window, int64_t groups, ft_tensor **out,
                               ft_error **error) {
  return produce(out, error, [&] {
    if (has_few_outputs(x->value, weight->value, window, groups))
      return convolve_by_outputs(x->value, weight->value, optional(bias), window);
    auto pair = [](int64_t value) { return std::array<int64_t, 2>{value, value}; };
    return at::conv2d(x->value, weight->value, optional(bias), pair(window.stride),
                      pair(window.padding), pair(window.dilation), groups);
  });
}
