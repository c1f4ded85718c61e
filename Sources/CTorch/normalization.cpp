// Batch norm with what follows it in residual networks: the sum with the shortcut, and ReLU.
//
// On the processor these are bound by memory. torch goes over the maps once for each operand and
// result of each of them, 6 times forward and 8 backward; taken together they need 3 and 5, with a
// shortcut 4 and 7: Tests/Benchmarks/kernels.py.
#include "distributed.h"
#include "half_convolution.h"
#include "parallel.h"

#include <ATen/TensorOperators.h>
#include <ATen/Version.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <limits>
#include <torch/csrc/autograd/custom_function.h>

// Backward computes the sign of a result again: both times, and on each processor, it must be
// rounded alike.
#pragma clang fp contract(off)

using namespace ft;

namespace {

using Half = _Float16;

#define FT_INLINE __attribute__((always_inline))

#if defined(__x86_64__)
template <class Loop> __attribute__((target("avx512f"))) void run_avx512(const Loop &loop) { loop(); }
template <class Loop> __attribute__((target("avx2,fma,f16c"))) void run_avx2(const Loop &loop) { loop(); }
template <class Loop> void run_plain(const Loop &loop) { loop(); }
template <class Loop>
__attribute__((target("avx512fp16,avx512bw,avx512vl"))) void run_half(const Loop &loop) {
  loop();
}

/// A loop over values is compiled for each kind of processor; the program chooses when it runs.
template <class Value, class Loop> void run(const Loop &loop) {
  static const std::string kind = at::get_cpu_capability();
  static const auto chosen = std::is_same_v<Value, Half> ? run_half<Loop>
                             : kind == "AVX512"          ? run_avx512<Loop>
                             : kind == "AVX2"            ? run_avx2<Loop>
                                                         : run_plain<Loop>;
  chosen(loop);
}
#else
template <class Value, class Loop> void run(const Loop &loop) { loop(); }
#endif

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

/// Rows whose values are summed in float32 before they are added to sums in float64.
constexpr int64_t block = 64;

/// Maps with channels last as a matrix: a row for each place of each map, a column for each channel.
struct Rows {
  int64_t count, channels;

  explicit Rows(const at::Tensor &x) : count(x.numel() / x.size(1)), channels(x.size(1)) {}

  // Parts whose sizes depend on nothing else: neither do the sums depend on the number of threads.
  int64_t part() const { return std::max<int64_t>((count + 63) / 64, 32); }
  int64_t parts() const { return (count + part() - 1) / part(); }

  /// Calls `body` with the number, the first row and the row count of each part.
  template <typename Body> void each_part(const Body &body) const {
    in_parallel(parts(), [&](int64_t number) {
      const int64_t first = number * part();
      body(number, first, std::min(part(), count - first));
    });
  }

  /// Two sums over the rows for each channel, float64 [2, C]; `add` adds rows to float32 ones.
  template <typename Add> at::Tensor sums(const Add &add) const {
    at::Tensor partial = at::zeros({parts(), 2, channels}, at::kDouble);
    each_part([&](int64_t number, int64_t first, int64_t rows) {
      double *whole = partial.mutable_data_ptr<double>() + number * 2 * channels;
      std::vector<float> few(2 * channels);
      for (int64_t done = 0; done < rows; done += block) {
        std::fill(few.begin(), few.end(), 0.0f);
        add((first + done) * channels, std::min(block, rows - done), few.data(),
            few.data() + channels);
        for (int64_t c = 0; c < 2 * channels; ++c) whole[c] += few[c];
      }
    });
    return partial.sum(0);
  }
};

template <class Value = float> const Value *values(const at::Tensor &t) {
  return static_cast<const Value *>(t.const_data_ptr());
}
template <class Value = float> Value *places(const at::Tensor &t) {
  return static_cast<Value *>(t.mutable_data_ptr());
}

/// Calls `body` with a value of the maps' type, float or Half.
template <class Body> void of_type(const at::Tensor &maps, const Body &body) {
  maps.scalar_type() == at::kHalf ? body(Half(0)) : body(0.0f);
}

/// Below this a result is this, and has no gradient: 0 with ReLU.
float least(bool relu) { return relu ? 0.0f : -std::numeric_limits<float>::infinity(); }

/// a[c] += Σ d, b[c] += Σ d², d = x − shift.
template <class Value>
FT_INLINE void add_moments(const Value *__restrict x, const float *__restrict shift,
                                   int64_t rows, int64_t channels, float *__restrict a,
                                   float *__restrict b) {
  for (int64_t i = 0; i < rows; ++i, x += channels)
    for (int64_t c = 0; c < channels; ++c) {
      const float d = x[c] - shift[c];
      a[c] += d;
      b[c] += d * d;
    }
}

/// y = max(scale · x + shift + other, least), the next row of `other` being `step` further. NaN stays.
template <class Value>
FT_INLINE void transform(const Value *__restrict x, const float *__restrict scale,
                         const float *__restrict shift, const Value *__restrict other, int64_t step,
                         float least, int64_t rows, int64_t channels, Value *__restrict y) {
  for (int64_t i = 0; i < rows; ++i, x += channels, other += step, y += channels)
    for (int64_t c = 0; c < channels; ++c) {
      const float value = x[c] * scale[c] + shift[c] + other[c];
      y[c] = value < least ? least : value;
    }
}

/// masked = g where y is above 0; masked may be g.
template <class Value>
FT_INLINE void mask(const Value *g, const Value *y, int64_t size, Value *masked) {
#pragma clang loop vectorize(assume_safety)
  for (int64_t i = 0; i < size; ++i) {
    const float result = y[i], gradient = g[i];
    masked[i] = result <= 0 ? 0 : gradient;
  }
}

/// a[c] += Σ g, b[c] += Σ g (x − mean), over what `transform` made larger than `least`.
template <class Value>
FT_INLINE void add_products(const Value *__restrict g, const Value *__restrict x,
                                    const float *__restrict scale, const float *__restrict shift,
                                    const float *__restrict mean, float least, int64_t rows,
                                    int64_t channels, float *__restrict a, float *__restrict b) {
  for (int64_t i = 0; i < rows; ++i, g += channels, x += channels)
    for (int64_t c = 0; c < channels; ++c) {
      const float value = x[c], gradient = g[c];
      const float own = value * scale[c] + shift[c] <= least ? 0 : gradient;
      a[c] += own;
      b[c] += own * (value - mean[c]);
    }
}

/// dx = scale · g + slope · (x − mean) + offset, g being 0 where `transform` did not exceed `least`; dx
/// may be g.
template <class Value>
FT_INLINE void transform_gradient(const Value *g, const Value *x, const float *scale,
                                          const float *shift, const float *mean,
                                          const float *slope, const float *offset, float least,
                                          int64_t rows, int64_t channels, Value *dx) {
  for (int64_t i = 0; i < rows; ++i, g += channels, x += channels, dx += channels)
#pragma clang loop vectorize(assume_safety)
    for (int64_t c = 0; c < channels; ++c) {
      const float value = x[c], gradient = g[c];
      const float own = value * scale[c] + shift[c] <= least ? 0 : gradient;
      dx[c] = scale[c] * own + (slope[c] * (value - mean[c]) + offset[c]);
    }
}

struct Statistics {
  at::Tensor mean, variance; // float64 [C], of the batch, biased
};

/// The moments are taken about the mean of a few rows: about 0 they would cancel where the mean is large.
Statistics statistics(const Rows &rows, const at::Tensor &x) {
  at::Tensor shift = at::zeros({rows.channels}, at::kFloat);
  const int64_t samples = std::min<int64_t>(rows.count, 16);
  at::Tensor moments;
  of_type(x, [&](auto zero) {
    using Value = decltype(zero);
    const Value *own = values<Value>(x);
    for (int64_t i = 0; i < samples; ++i) {
      const Value *row = own + i * rows.count / samples * rows.channels;
      for (int64_t c = 0; c < rows.channels; ++c)
        places(shift)[c] += row[c] / static_cast<float>(samples);
    }
    moments = rows.sums([&](int64_t from, int64_t count, float *a, float *b) {
      run<Value>([&]() FT_INLINE {
        add_moments(own + from, values(shift), count, rows.channels, a, b);
      });
    });
  });
  moments /= static_cast<double>(rows.count);
  const at::Tensor distance = moments.select(0, 0);
  return {shift + distance, (moments.select(0, 1) - distance.square()).clamp_min(0)};
}

struct NormalizedSum : torch::autograd::Function<NormalizedSum> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const at::Tensor &weight, const at::Tensor &bias,
                            const std::optional<at::Tensor> &shortcut, const at::Tensor &mean,
                            const at::Tensor &inverse, bool training, bool relu) {
    const Rows rows(x);
    const at::Tensor scale = weight * inverse, shift = bias - mean * scale;
    const at::Tensor other = shortcut ? *shortcut : at::zeros({rows.channels}, x.options());
    const int64_t step = shortcut ? rows.channels : 0;
    at::Tensor y = at::empty(x.sizes(), x.options().memory_format(channels_last));
    of_type(x, [&](auto zero) {
      using Value = decltype(zero);
      rows.each_part([&](int64_t, int64_t first, int64_t count) {
        const int64_t from = first * rows.channels;
        run<Value>([&]() FT_INLINE {
          transform(values<Value>(x) + from, values(scale), values(shift),
                    values<Value>(other) + first * step, step, least(relu), count, rows.channels,
                    places<Value>(y) + from);
        });
      });
    });
    context->save_for_backward(
        {x, mean, inverse, scale, shift, relu && shortcut ? y : at::Tensor()});
    context->saved_data["training"] = training;
    context->saved_data["relu"] = relu;
    context->saved_data["shortcut"] = shortcut.has_value();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &mean = saved[1], &inverse = saved[2], &scale = saved[3],
               &shift = saved[4], &y = saved[5];
    const bool has_shortcut = context->saved_data["shortcut"].toBool();
    const Rows rows(x);
    const at::Tensor given = std::move(gradients[0]), g = given.contiguous(channels_last);
    // Nobody else sees it: what comes out of it may take its place.
    const bool is_own =
        !g.is_same(given) || (given.use_count() == 2 && given.storage().use_count() == 1);
    const auto place = [&] {
      return is_own ? g : at::empty(x.sizes(), x.options().memory_format(channels_last));
    };
    // With a shortcut the sign is y's, and the gradient of the sum has to be made: by the way.
    const float bound = least(context->saved_data["relu"].toBool() && !y.defined());
    at::Tensor masked = y.defined() ? place() : g;
    at::Tensor sums;
    of_type(x, [&](auto zero) {
      using Value = decltype(zero);
      sums = rows.sums([&](int64_t from, int64_t count, float *a, float *b) {
        run<Value>([&]() FT_INLINE {
          if (y.defined())
            mask(values<Value>(g) + from, values<Value>(y) + from, count * rows.channels,
                 places<Value>(masked) + from);
          add_products(values<Value>(masked) + from, values<Value>(x) + from, values(scale),
                       values(shift), values(mean), bound, count, rows.channels, a, b);
        });
      });
    });
    at::Tensor dx;
    if (context->needs_input_grad(0)) {
      const double share = context->saved_data["training"].toBool() ? -1.0 / rows.count : 0;
      const at::Tensor slope =
          (sums.select(0, 1) * inverse.square() * scale * share).to(at::kFloat);
      const at::Tensor offset = (sums.select(0, 0) * scale * share).to(at::kFloat);
      dx = has_shortcut ? at::empty(x.sizes(), x.options().memory_format(channels_last)) : place();
      of_type(x, [&](auto zero) {
        using Value = decltype(zero);
        rows.each_part([&](int64_t, int64_t first, int64_t count) {
          const int64_t from = first * rows.channels;
          run<Value>([&]() FT_INLINE {
            transform_gradient(values<Value>(masked) + from, values<Value>(x) + from, values(scale),
                               values(shift), values(mean), values(slope), values(offset), bound,
                               count, rows.channels, places<Value>(dx) + from);
          });
        });
      });
    }
    return {dx,
            (sums.select(0, 1) * inverse).to(at::kFloat),
            sums.select(0, 0).to(at::kFloat),
            has_shortcut ? masked : at::Tensor(),
            at::Tensor(),
            at::Tensor(),
            at::Tensor(),
            at::Tensor()};
  }
};

/// A batch norm and what follows it.
struct Normalization {
  const at::Tensor &x;
  std::optional<at::Tensor> weight, bias;
  at::Tensor mean, variance; // running
  std::optional<at::Tensor> shortcut;
  ft_batch_norm_settings settings;

  /// Whether it is of the plain kind that the loops above are for.
  bool fits() const {
    const auto is_map = [&](const at::Tensor &t) {
      return t.is_cpu() && t.scalar_type() == x.scalar_type() && t.sizes() == x.sizes() &&
             t.is_contiguous(channels_last);
    };
    const auto is_row = [&](const std::optional<at::Tensor> &t) {
      return t && t->is_cpu() && t->scalar_type() == at::kFloat && t->dim() == 1 &&
             t->size(0) == x.size(1) && t->is_contiguous();
    };
    const bool is_known = x.scalar_type() == at::kFloat ||
                          (x.scalar_type() == at::kHalf && has_half_products());
    return is_known && x.dim() == 4 && x.numel() > x.size(1) && is_map(x) && (!shortcut || is_map(*shortcut)) &&
           is_row(weight) && is_row(bias) && is_row(mean) && is_row(variance) &&
           !(settings.training && batch_norm_group != nullptr);
  }

  at::Tensor together() {
    at::Tensor center, inverse;
    {
      c10::NoGradGuard no_grad;
      const Rows rows(x);
      Statistics used{mean, variance};
      if (settings.training) {
        used = statistics(rows, x);
        const double count = static_cast<double>(rows.count);
        mean.lerp_(used.mean.to(at::kFloat), settings.momentum);
        variance.lerp_((used.variance * (count / (count - 1))).to(at::kFloat), settings.momentum);
      }
      center = used.mean.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
      inverse = (used.variance + settings.epsilon).rsqrt().to(at::kFloat);
    }
    return NormalizedSum::apply(x, *weight, *bias, shortcut, center, inverse, settings.training,
                                settings.relu);
  }

  at::Tensor apart() {
    at::Tensor y =
        settings.training && batch_norm_group != nullptr
            ? synchronized_batch_norm(*batch_norm_group, x, weight, bias, mean, variance, settings)
            : at::batch_norm(x, weight, bias, mean, variance, settings.training, settings.momentum,
                             settings.epsilon, /*cudnn_enabled=*/true);
    if (shortcut) y = y + *shortcut;
    return settings.relu ? y.relu_() : y;
  }
};

} // namespace

extern "C" ft_status ft_batch_norm(const ft_tensor *x, const ft_tensor *weight,
                                   const ft_tensor *bias, ft_tensor *mean, ft_tensor *variance,
                                   const ft_tensor *shortcut, ft_batch_norm_settings settings,
                                   ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    Normalization norm{x->value,        optional(weight),   optional(bias), mean->value,
                       variance->value, optional(shortcut), settings};
    return norm.fits() ? norm.together() : norm.apart();
  });
}
