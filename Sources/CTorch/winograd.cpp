// Each map is cut into tiles, which are transformed by a scheme of winograd_schemes.h. The elementwise
// products of all tiles and channels are products of matrices then, one for each point of the transform.
// A block of tiles goes through all of it while it is in the cache.
//
// Float32 loses about one digit to the transforms: Tests/Benchmarks/kernels.py tells how much.
#include "winograd.h"
#include "parallel.h"
#include "winograd_tiles.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <stdexcept>
#include <vector>

namespace ft {

#if defined(__x86_64__)

namespace {

/// result[row, …] (+)= Σ a[row, step] · b[step, …] over the steps, for `rows` rows and two vectors.
template <int rows, int lanes, bool adds>
FT_INLINE void multiply(int64_t steps, const float *a, int64_t a_row, int64_t a_step, const float *b,
                        int64_t b_step, float *result, int64_t result_row) {
  Vector<lanes> sums[rows][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; ++i)
    for (int v = 0; v < 2; ++v)
      sums[i][v] = adds ? vector<lanes>(result + i * result_row + v * lanes) : Vector<lanes>{};
  for (int64_t step = 0; step < steps; ++step, a += a_step, b += b_step) {
    const Vector<lanes> first = vector<lanes>(b), second = vector<lanes>(b + lanes);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; ++i) {
      sums[i][0] += a[i * a_row] * first;
      sums[i][1] += a[i * a_row] * second;
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; ++i)
    for (int v = 0; v < 2; ++v) vector<lanes>(result + i * result_row + v * lanes) = sums[i][v];
}

/// Tiles of a block, a multiple of the rows of a product: as many as the cache holds, and more where the
/// weights alone fill it, which every block reads anew.
int64_t block_for(int64_t inputs, int64_t outputs) {
  const int64_t channels = inputs + outputs;
  return channels <= 128 ? 24 : channels <= 512 ? 48 : 96;
}

/// Tensors begin where cache lines do.
struct Buffer {
  at::Tensor memory;
  explicit Buffer(int64_t size, bool is_zero = false)
      : memory(is_zero ? at::zeros(size, at::kFloat) : at::empty(size, at::kFloat)) {}
  operator float *() { return memory.mutable_data_ptr<float>(); }
};

/// One convolution: x [N, H, W, inputs], weights as `Weights` leaves them.
template <class Scheme> struct Forward {
  Tiles<Scheme> tiles;
  int64_t inputs, outputs;
  const float *x, *weights;
  float *y;

  template <int lanes> FT_INLINE void solve(int64_t first, int64_t last) const {
    constexpr int rows = lanes == 16 ? 12 : 6; // so that the sums fit the registers, 32 or 16
    const int64_t block = block_for(inputs, outputs);
    const int64_t input_step = spread(block * inputs), output_step = spread(block * outputs);
    const int64_t weight_step = spread(inputs * outputs);
    Buffer input_memory(points<Scheme> * input_step), output_memory(points<Scheme> * output_step);
    Buffer zeros(inputs, true), dump(outputs);
    float *transformed = input_memory, *products = output_memory, *lost = dump;
    const float *none = zeros;
    constexpr int64_t panel = 2 * lanes;
    for (int64_t begin = first; begin < last; begin += block) {
      const int64_t count = std::min(block, last - begin);
      for (int64_t t = 0; t < count; ++t) {
        const float *places[Scheme::seen][Scheme::seen];
        tiles.template find<Scheme::seen>(begin + t, Scheme::margin, x, inputs, none, places);
        transform<typename Scheme::FromInputs, Vector<lanes>>(places, inputs, transformed + t * inputs,
                                                              input_step);
      }
      for (int64_t point = 0; point < points<Scheme>; ++point)
        for (int64_t o = 0; o < outputs; o += panel)
          for (int64_t t = 0; t < count; t += rows)
            multiply<rows, lanes, false>(inputs, transformed + point * input_step + t * inputs, inputs, 1,
                                         weights + point * weight_step + o * inputs, panel,
                                         products + point * output_step + t * outputs + o, outputs);
      for (int64_t t = 0; t < count; ++t) {
        float *places[Scheme::side][Scheme::side];
        tiles.template find<Scheme::side>(begin + t, 0, y, outputs, lost, places);
        restore<typename Scheme::ToOutputs, Vector<lanes>>(products + t * outputs, output_step, outputs,
                                                           places);
      }
    }
  }
};

/// What one thread adds to the weights' gradient: tiles and channels of the input.
struct Part {
  int64_t first_tile, last_tile, first_input, last_input, copy;
};

/// Adds to the sums of a weights' gradient.
template <class Scheme> struct Backward {
  Tiles<Scheme> tiles;
  const float *x, *cotangents;
  Sums<Scheme> sums;

  template <int lanes> FT_INLINE void solve(const Part &part) const {
    constexpr int rows = lanes == 16 ? 8 : 4;
    const int64_t inputs = sums.inputs, outputs = sums.outputs;
    const int64_t block = block_for(inputs, outputs), own = part.last_input - part.first_input;
    const int64_t input_step = spread(block * own), output_step = spread(block * outputs);
    Buffer input_memory(points<Scheme> * input_step), output_memory(points<Scheme> * output_step);
    Buffer zeros(std::max(inputs, outputs), true);
    float *transformed = input_memory, *cotransformed = output_memory;
    const float *none = zeros;
    float *sum = sums.of(part.copy) + part.first_input * outputs;
    for (int64_t begin = part.first_tile; begin < part.last_tile; begin += block) {
      const int64_t count = std::min(block, part.last_tile - begin);
      for (int64_t t = 0; t < count; ++t) {
        const float *places[Scheme::seen][Scheme::seen], *under[Scheme::side][Scheme::side];
        tiles.template find<Scheme::seen>(begin + t, Scheme::margin, x + part.first_input, inputs,
                                          none, places);
        transform<typename Scheme::FromInputs, Vector<lanes>>(places, own, transformed + t * own, input_step);
        tiles.template find<Scheme::side>(begin + t, 0, cotangents, outputs, none, under);
        transform<typename Scheme::FromCotangents, Vector<lanes>>(under, outputs, cotransformed + t * outputs,
                                                                  output_step);
      }
      for (int64_t point = 0; point < points<Scheme>; ++point)
        for (int64_t o = 0; o < outputs; o += 2 * lanes)
          for (int64_t c = 0; c < own; c += rows)
            multiply<rows, lanes, true>(count, transformed + point * input_step + c, 1, own,
                                        cotransformed + point * output_step + o, outputs,
                                        sum + point * sums.step() + c * outputs + o, outputs);
    }
  }
};

/// G g Gᵀ of weights [outputs, 3, 3, inputs], or where they are `flipped` of [inputs, 3, 3, outputs] with
/// the taps in reverse: [points, outputs / panel, inputs, panel].
template <class Scheme> struct Weights {
  int64_t inputs, outputs;
  bool is_flipped;
  const float *weights;
  float *result;

  /// For inputs from `turned` · first.
  template <int lanes> FT_INLINE void solve(int64_t first, int64_t last) const {
    constexpr int panel = 2 * lanes;
    float taken[taps * taps * turned * panel];
    for (int64_t o = 0; o < outputs; o += panel)
      for (int64_t c = first * turned; c < last * turned; ++c) {
        if (!is_flipped && c % turned == 0) turn<panel>(weights, inputs, o, c, taken);
        const float *places[taps][taps];
        for (int64_t tap = 0; tap < taps * taps; ++tap)
          places[tap / taps][tap % taps] =
              is_flipped ? weights + (c * taps * taps + taps * taps - 1 - tap) * outputs + o
                         : taken + (tap * turned + c % turned) * panel;
        transform<typename Scheme::FromTaps, Vector<lanes>>(places, panel, result + o * inputs + c * panel,
                                                            spread(inputs * outputs));
      }
  }
};

template <class Work, class... Range>
[[gnu::target("avx512f")]] void solve_avx512(const Work &work, Range... range) {
  work.template solve<16>(range...);
}
template <class Work, class... Range>
[[gnu::target("avx2,fma")]] void solve_avx2(const Work &work, Range... range) {
  work.template solve<8>(range...);
}

bool has_avx512() {
  static const bool result = at::get_cpu_capability() == "AVX512";
  return result;
}

template <class Work, class... Range> void solve(const Work &work, Range... range) {
  has_avx512() ? solve_avx512(work, range...) : solve_avx2(work, range...);
}

/// `work` on 0 ..< count, cut into a range for each thread.
template <class Work> void solve_in_parallel(const Work &work, int64_t count) {
  const int64_t parts = std::clamp<int64_t>(at::get_num_threads(), 1, count);
  in_parallel(parts, [&](int64_t part) {
    solve(work, count * part / parts, count * (part + 1) / parts);
  });
}

template <class Scheme> Tiles<Scheme> tiles_of(const at::Tensor &x) {
  return {x.size(0), x.size(2), x.size(3)};
}

/// Weights [outputs, 3, 3, inputs], flipped [inputs, 3, 3, outputs].
template <class Scheme>
at::Tensor convolve(const at::Tensor &x, const at::Tensor &weights, bool is_flipped) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor weight = weights.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t inputs = x.size(1), outputs = weight.size(is_flipped ? 1 : 0);
  Buffer transformed(points<Scheme> * spread(inputs * outputs));
  solve_in_parallel(
      Weights<Scheme>{inputs, outputs, is_flipped, weight.const_data_ptr<float>(), transformed},
      inputs / turned);
  at::Tensor y = at::empty({x.size(0), outputs, x.size(2), x.size(3)},
                           x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const Tiles<Scheme> tiles = tiles_of<Scheme>(x);
  solve_in_parallel(Forward<Scheme>{tiles, inputs, outputs, input.const_data_ptr<float>(),
                                    transformed, y.mutable_data_ptr<float>()},
                    tiles.count());
  return y;
}

template <class Scheme> at::Tensor differentiate(const at::Tensor &x, const at::Tensor &cotangents) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor cotangent = cotangents.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t inputs = x.size(1), outputs = cotangents.size(1);
  Backward<Scheme> work{tiles_of<Scheme>(x), input.const_data_ptr<float>(),
                        cotangent.const_data_ptr<float>(), {}};
  const int64_t tiles = work.tiles.count();
  const auto [slices, copies] = Shares(inputs, outputs, tiles, at::get_num_threads());
  work.sums = {inputs, outputs, copies, nullptr};
  Buffer sums(copies * work.sums.size(), true);
  work.sums.values = sums;
  in_parallel(slices * copies, [&, slices = slices, copies = copies](int64_t number) {
    const int64_t slice = number / copies, copy = number % copies, units = inputs / turned;
    solve(work, Part{tiles * copy / copies, tiles * (copy + 1) / copies,
                     units * slice / slices * turned, units * (slice + 1) / slices * turned, copy});
  });
  at::Tensor result = at::empty({outputs, inputs, taps, taps},
                                x.options().memory_format(at::MemoryFormat::ChannelsLast));
  solve_in_parallel(Taps<Scheme>{work.sums, result.mutable_data_ptr<float>()}, inputs / turned);
  return result;
}

bool is_whole(const at::Tensor &x) { return x.size(2) == Whole::side && x.size(3) == Whole::side; }

at::Tensor convolve(const at::Tensor &x, const at::Tensor &weight, bool is_flipped) {
  return is_whole(x) ? convolve<Whole>(x, weight, is_flipped)
                     : convolve<Tiled>(x, weight, is_flipped);
}

} // namespace

bool has_winograd(const at::Tensor &x, int64_t outputs) {
  static const bool is_fast = has_avx512() || at::get_cpu_capability() == "AVX2";
  const int64_t inputs = x.size(1);
  // Tiles of other maps of a few places would be of padding for the most part.
  const int64_t tiles = is_whole(x)                  ? x.size(0)
                        : x.size(2) * x.size(3) <= 4 ? 0
                                                     : tiles_of<Tiled>(x).count();
  // Few tiles do not pay for the weights' transforms, nor do more channels for their memory.
  return is_fast && tiles > 0 && x.scalar_type() == at::kFloat && inputs % turned == 0 &&
         outputs % turned == 0 && 4 * tiles >= std::max(inputs, outputs) &&
         inputs * outputs <= 512 * 512;
}

at::Tensor winograd(const at::Tensor &x, const at::Tensor &weight) {
  return convolve(x, weight, false);
}

at::Tensor winograd_input_gradient(const at::Tensor &cotangents, const at::Tensor &weight) {
  return convolve(cotangents, weight, true);
}

at::Tensor winograd_weight_gradient(const at::Tensor &x, const at::Tensor &cotangents) {
  return is_whole(x) ? differentiate<Whole>(x, cotangents) : differentiate<Tiled>(x, cotangents);
}

#else

bool has_winograd(const at::Tensor &, int64_t) { return false; }
at::Tensor winograd(const at::Tensor &, const at::Tensor &) { throw std::logic_error("no Winograd"); }
at::Tensor winograd_input_gradient(const at::Tensor &, const at::Tensor &) {
  throw std::logic_error("no Winograd");
}
at::Tensor winograd_weight_gradient(const at::Tensor &, const at::Tensor &) {
  throw std::logic_error("no Winograd");
}

#endif

} // namespace ft
