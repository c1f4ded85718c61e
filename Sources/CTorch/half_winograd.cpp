// As winograd.cpp does for float32: the maps' transforms and the products are of float16, those of the weights
// and of their gradients of float32.
#include "winograd.h"

#include <ATen/Version.h>
#include <ATen/ops/zeros.h>
#include <stdexcept>

#if defined(__x86_64__)
#include "half_products.h"

namespace ft {

/// 32 numbers.
struct HalfVector {
  __m512h value;

  friend FT_HALF_INLINE HalfVector operator+(HalfVector a, HalfVector b) {
    return {_mm512_add_ph(a.value, b.value)};
  }
  friend FT_HALF_INLINE HalfVector operator-(HalfVector a, HalfVector b) {
    return {_mm512_sub_ph(a.value, b.value)};
  }
  friend FT_HALF_INLINE HalfVector operator-(HalfVector a) { return HalfVector{_mm512_setzero_ph()} - a; }
};

} // namespace ft

// What the transforms call is for this processor only; so must they be.
#pragma clang attribute push(__attribute__((FT_HALF_TARGET)), apply_to = function)
#include "winograd_tiles.h"
#pragma clang attribute pop

namespace ft {

template <> struct Access<HalfVector> {
  static FT_HALF_INLINE void read(const Half *place, HalfVector &value) {
    value.value = _mm512_loadu_ph(place);
  }
  static FT_HALF_INLINE void write(const HalfVector &value, Half *place) {
    _mm512_storeu_ph(place, value.value);
  }
};

namespace {

/// Tiles that go through all of a convolution at a time: as many as the cache holds.
constexpr int64_t tiles_at_once = 4 * rows_at_once;

Memory zeros(int64_t size) {
  Memory result(size);
  std::memset(result, 0, size * sizeof(Half));
  return result;
}

/// One convolution: x [N, H, W, inputs], weights as `HalfWeights` leaves them.
template <class Scheme> struct HalfForward {
  Tiles<Scheme> tiles;
  int64_t inputs, outputs;
  const Half *x, *weights;
  Half *y;

  FT_HALF void solve(int64_t first, int64_t last) const {
    const int64_t input_step = spread(tiles_at_once * inputs), output_step = spread(tiles_at_once * outputs);
    Memory input_memory(points<Scheme> * input_step), output_memory(points<Scheme> * output_step);
    Memory none = zeros(inputs), dump(outputs);
    Half *transformed = input_memory, *products = output_memory, *lost = dump;
    const Half *outside = none;
    for (int64_t begin = first; begin < last; begin += tiles_at_once) {
      const int64_t count = std::min(tiles_at_once, last - begin);
      for (int64_t t = 0; t < count; ++t) {
        const Half *places[Scheme::seen][Scheme::seen];
        tiles.template find<Scheme::seen>(begin + t, Scheme::margin, x, inputs, outside, places);
        transform<typename Scheme::FromInputs, HalfVector>(places, inputs, transformed + t * inputs,
                                                           input_step);
      }
      for (int64_t point = 0; point < points<Scheme>; ++point)
        for (int64_t o = 0; o < outputs; o += panel)
          for (int64_t t = 0; t < count; t += rows_at_once) {
            Tile<rows_at_once> tile;
            multiply<rows_at_once, false>(inputs, transformed + point * input_step + t * inputs, inputs,
                                          weights + point * spread(inputs * outputs) + o * inputs, panel,
                                          tile.sums);
            for (int64_t i = 0; i < rows_at_once; ++i)
              narrow(tile.sums + i * panel, panel, products + point * output_step + (t + i) * outputs + o);
          }
      for (int64_t t = 0; t < count; ++t) {
        Half *places[Scheme::side][Scheme::side];
        tiles.template find<Scheme::side>(begin + t, 0, y, outputs, lost, places);
        restore<typename Scheme::ToOutputs, HalfVector>(static_cast<const Half *>(products) + t * outputs,
                                                        output_step, outputs, places);
      }
    }
  }
};

/// G g Gᵀ of weights [outputs, 3, 3, inputs], or where they are `flipped` of [inputs, 3, 3, outputs] with
/// the taps in reverse: [points, outputs / panel, inputs, panel].
template <class Scheme> struct HalfWeights {
  int64_t inputs, outputs;
  bool is_flipped;
  const float *weights;
  Half *result;

  /// For inputs from `turned` · first.
  FT_HALF void solve(int64_t first, int64_t last) const {
    at::Tensor memory = at::empty(taps * taps * turned * panel, at::kFloat);
    float *taken = memory.mutable_data_ptr<float>();
    for (int64_t o = 0; o < outputs; o += panel)
      for (int64_t c = first * turned; c < last * turned; ++c) {
        if (!is_flipped && c % turned == 0) turn<panel>(weights, inputs, o, c, taken);
        const float *places[taps][taps];
        for (int64_t tap = 0; tap < taps * taps; ++tap)
          places[tap / taps][tap % taps] =
              is_flipped ? weights + (c * taps * taps + taps * taps - 1 - tap) * outputs + o
                         : static_cast<const float *>(taken) + (tap * turned + c % turned) * panel;
        float found[points<Scheme>][panel];
        transform<typename Scheme::FromTaps, Vector<16>>(places, panel, found[0], panel);
        for (int64_t point = 0; point < points<Scheme>; ++point)
          narrow(found[point], panel, result + point * spread(inputs * outputs) + o * inputs + c * panel);
      }
  }
};

/// Adds to the sums of a weights' gradient.
template <class Scheme> struct HalfBackward {
  Tiles<Scheme> tiles;
  const Half *x, *cotangents;
  Sums<Scheme> sums;

  /// The sums are read and written anew for each block of tiles: so the more there are, the larger it is.
  int64_t block() const {
    return std::clamp<int64_t>(sums.inputs * sums.outputs / 256 / chain, 1, 8) * chain;
  }

  FT_HALF void solve(int64_t copy, int64_t first_tile, int64_t last_tile, int64_t first_input,
                     int64_t last_input) const {
    const int64_t inputs = sums.inputs, outputs = sums.outputs, own = last_input - first_input;
    // Rows a multiple of 4 kB apart would have to share one place of the cache.
    const int64_t input_row = own + 32, output_row = outputs + 32;
    const int64_t input_step = spread(block() * input_row), output_step = spread(block() * output_row);
    Memory input_memory(points<Scheme> * input_step), output_memory(points<Scheme> * output_step);
    Memory none = zeros(std::max(inputs, outputs)), turned_memory(block() * rows_at_once);
    Half *transformed = input_memory, *cotransformed = output_memory, *row = turned_memory;
    const Half *outside = none;
    for (int64_t begin = first_tile; begin < last_tile; begin += block()) {
      const int64_t count = std::min(block(), last_tile - begin);
      for (int64_t t = 0; t < count; ++t) {
        const Half *places[Scheme::seen][Scheme::seen], *under[Scheme::side][Scheme::side];
        tiles.template find<Scheme::seen>(begin + t, Scheme::margin, x + first_input, inputs, outside,
                                          places);
        transform<typename Scheme::FromInputs, HalfVector>(places, own, transformed + t * input_row,
                                                           input_step);
        tiles.template find<Scheme::side>(begin + t, 0, cotangents, outputs, outside, under);
        transform<typename Scheme::FromCotangents, HalfVector>(under, outputs, cotransformed + t * output_row,
                                                               output_step);
      }
      for (int64_t point = 0; point < points<Scheme>; ++point) {
        float *sum = sums.of(copy) + point * sums.step() + first_input * outputs;
        int64_t c = 0;
        auto go = [&](auto rows) FT_HALF_BODY {
          for (; c + rows <= own; c += rows) {
            for (int64_t t = 0; t < count; ++t)
              std::memcpy(row + t * rows, transformed + point * input_step + t * input_row + c,
                          rows * sizeof(Half));
            for (int64_t o = 0; o < outputs; o += panel) {
              Tile<rows> tile;
              multiply<rows, true>(count, row, rows, cotransformed + point * output_step + o, output_row,
                                   tile.sums);
              for (int64_t i = 0; i < rows; ++i)
                add(tile.sums + i * panel, panel, sum + (c + i) * outputs + o);
            }
          }
        };
        go(std::integral_constant<int, rows_at_once>{});
        go(std::integral_constant<int, 4>{});
      }
    }
  }
};

template <class Scheme> struct HalfTaps {
  Taps<Scheme> taps;
  FT_HALF void solve(int64_t first, int64_t last) const { taps.template solve<16>(first, last); }
};

using Scheme = Small;

Tiles<Scheme> tiles_of(const at::Tensor &x) { return {x.size(0), x.size(2), x.size(3)}; }

at::Tensor convolve(const at::Tensor &x, const at::Tensor &weights, bool is_flipped) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor weight = weights.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t inputs = x.size(1), outputs = weight.size(is_flipped ? 1 : 0);
  Memory transformed(points<Scheme> * spread(inputs * outputs));
  solve_in_parallel(
      HalfWeights<Scheme>{inputs, outputs, is_flipped, weight.const_data_ptr<float>(), transformed},
      inputs / turned);
  at::Tensor y = at::empty({x.size(0), outputs, x.size(2), x.size(3)},
                           x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const Tiles<Scheme> tiles = tiles_of(x);
  solve_in_parallel(HalfForward<Scheme>{tiles, inputs, outputs, halves(input), transformed, places(y)},
                    tiles.count());
  return y;
}

} // namespace

bool has_half_winograd(const at::Tensor &x, int64_t outputs) {
  const int64_t inputs = x.size(1), tiles = tiles_of(x).count();
  // Few tiles do not pay for the weights' transforms, nor do more channels for their memory.
  return inputs % panel == 0 && outputs % panel == 0 && tiles >= std::max(inputs, outputs) &&
         inputs * outputs <= 512 * 512;
}

at::Tensor half_winograd(const at::Tensor &x, const at::Tensor &weight) { return convolve(x, weight, false); }

at::Tensor half_winograd_input_gradient(const at::Tensor &cotangents, const at::Tensor &weight) {
  return convolve(cotangents, weight, true);
}

at::Tensor half_winograd_weight_gradient(const at::Tensor &x, const at::Tensor &cotangents) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor cotangent = cotangents.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t inputs = x.size(1), outputs = cotangents.size(1);
  const Tiles<Scheme> tiles = tiles_of(x);
  const int64_t units = inputs / turned;
  const auto [slices, copies] = Shares(inputs, outputs, tiles.count(), at::get_num_threads());
  HalfBackward<Scheme> work{tiles, halves(input), halves(cotangent), {inputs, outputs, copies, nullptr}};
  at::Tensor sums = at::zeros(copies * work.sums.size(), at::kFloat);
  work.sums.values = sums.mutable_data_ptr<float>();
  in_parallel(slices * copies, [&, slices = slices, copies = copies](int64_t number) {
    const int64_t slice = number / copies, copy = number % copies;
    work.solve(copy, tiles.count() * copy / copies, tiles.count() * (copy + 1) / copies,
               units * slice / slices * turned, units * (slice + 1) / slices * turned);
  });
  at::Tensor result = at::empty({outputs, inputs, taps, taps},
                                at::TensorOptions(at::kFloat).memory_format(at::MemoryFormat::ChannelsLast));
  solve_in_parallel(HalfTaps<Scheme>{{work.sums, result.mutable_data_ptr<float>()}}, units);
  return result;
}

} // namespace ft

#else

namespace ft {

bool has_half_winograd(const at::Tensor &, int64_t) { return false; }
at::Tensor half_winograd(const at::Tensor &, const at::Tensor &) { throw std::logic_error("no float16"); }
at::Tensor half_winograd_input_gradient(const at::Tensor &, const at::Tensor &) {
  throw std::logic_error("no float16");
}
at::Tensor half_winograd_weight_gradient(const at::Tensor &, const at::Tensor &) {
  throw std::logic_error("no float16");
}

} // namespace ft

#endif
