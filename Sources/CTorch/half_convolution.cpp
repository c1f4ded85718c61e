// Each convolution is a product of matrices: a row for each place of an output, a column for each channel
// that it sees, under each tap. Rows are gathered where they do not lie in memory as they are, a block at a
// time, while it is in the cache.
#include "half_convolution.h"
#include "ctorch.h"

#include <ATen/Version.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#if defined(__x86_64__)
#include "half_products.h"
#include <cpuid.h>
#endif

namespace ft {

#if defined(__x86_64__)

namespace {

/// The places that one output sees along an axis, at distances first ..< first + count from `step` times its
/// own; and the taps under which they lie, `tap` and every `tap_step`th.
struct Sight {
  int64_t step, first, count, tap, tap_step;
};

/// Maps [N, H, W, channels].
template <class Value> struct Maps {
  Value *values;
  int64_t height, width, channels;

  Value *row(int64_t map, int64_t y, int64_t x) const {
    return values + ((map * height + y) * width + x) * channels;
  }
};

/// The rows of the left matrix of a product: for each place of a grid what it sees of some maps.
struct Seen {
  Maps<const Half> maps;
  Sight down, across;
  int64_t height, width; // of the grid

  int64_t columns() const { return down.count * across.count * maps.channels; }

  /// Whether the rows are the maps' own.
  bool is_direct() const {
    auto is_own = [](const Sight &s) { return s.step == 1 && s.first == 0 && s.count == 1; };
    return is_own(down) && is_own(across) && height == maps.height && width == maps.width;
  }

  /// What the place sees of rows first ..< last of its sight, and there of columns left ..< right.
  FT_HALF_INLINE Half *gather(int64_t place, int64_t first, int64_t last, int64_t left, int64_t right,
                              Half *to) const {
    const int64_t map = place / (height * width), i = place / width % height, j = place % width;
    const int64_t column = j * across.step + across.first;
    const int64_t begin = std::clamp<int64_t>(-column, left, right);
    const int64_t end = std::clamp<int64_t>(maps.width - column, begin, right);
    for (int64_t a = first; a < last; ++a) {
      const int64_t row = i * down.step + down.first + a;
      if (row < 0 || row >= maps.height || begin == end) {
        std::memset(to, 0, (right - left) * maps.channels * sizeof(Half));
      } else {
        std::memset(to, 0, (begin - left) * maps.channels * sizeof(Half));
        std::memcpy(to + (begin - left) * maps.channels, maps.row(map, row, column + begin),
                    (end - begin) * maps.channels * sizeof(Half));
        std::memset(to + (end - left) * maps.channels, 0, (right - end) * maps.channels * sizeof(Half));
      }
      to += (right - left) * maps.channels;
    }
    return to;
  }
};

/// A part of what an output sees, so much that its block of rows stays in the cache.
struct Band {
  int64_t first, last, left, right; // rows and columns of the sight
};

std::vector<Band> bands(const Seen &seen) {
  const int64_t down = seen.down.count, across = seen.across.count, most = 1024;
  if (seen.columns() <= most || seen.is_direct()) return {{0, down, 0, across}};
  std::vector<Band> result;
  const int64_t step = across * seen.maps.channels <= most ? across : 1;
  for (int64_t a = 0; a < down; ++a)
    for (int64_t b = 0; b < across; b += step) result.push_back({a, a + 1, b, b + step});
  return result;
}

/// result[place, …] = Σ what the place sees · weights, for places of the grid; the results are `step` apart
/// in their maps, the first at (top, left).
struct Product {
  Seen seen;
  const Half *weights; // [outputs / panel, columns, panel]
  Maps<Half> result;
  int64_t step, top, left;

  static constexpr int64_t block = 8 * rows_at_once;

  template <int rows>
  FT_HALF_INLINE void solve_rows(int64_t place, const Half *a, int64_t columns, const Half *b,
                                 int64_t output, float *kept, bool is_first, bool is_last) const {
    Tile<rows> tile;
    multiply<rows, false>(columns, a, columns, b, panel, tile.sums);
    if (!is_first) add(kept, rows * panel, tile.sums);
    if (!is_last) {
      std::memcpy(kept, tile.sums, sizeof(tile));
      return;
    }
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t number = place + i, map = number / (seen.height * seen.width);
      const int64_t y = number / seen.width % seen.height, x = number % seen.width;
      narrow(tile.sums + i * panel, panel, result.row(map, y * step + top, x * step + left) + output);
    }
  }

  FT_HALF void solve(int64_t first, int64_t last) const {
    const bool is_direct = seen.is_direct();
    const auto parts = bands(seen);
    int64_t widest = 0;
    for (const Band &part : parts)
      widest = std::max(widest, (part.last - part.first) * (part.right - part.left));
    Memory gathered(is_direct ? 0 : block * widest * seen.maps.channels);
    at::Tensor kept = at::empty(parts.size() > 1 ? block * result.channels : 0, at::kFloat);
    float *sums = kept.mutable_data_ptr<float>();
    for (int64_t begin = first; begin < last; begin += block) {
      const int64_t count = std::min(block, last - begin);
      int64_t done = 0;
      for (const Band &part : parts) {
        const int64_t columns = (part.last - part.first) * (part.right - part.left) * seen.maps.channels;
        const Half *a = seen.maps.values + begin * columns;
        if (!is_direct) {
          Half *to = gathered;
          a = to;
          for (int64_t i = 0; i < count; ++i)
            to = seen.gather(begin + i, part.first, part.last, part.left, part.right, to);
        }
        const bool is_first = done == 0, is_last = done + columns == seen.columns();
        for (int64_t output = 0; output < result.channels; output += panel) {
          const Half *b = weights + output * seen.columns() + done * panel;
          int64_t i = 0;
          auto go = [&](auto rows) FT_HALF {
            for (; i + rows <= count; i += rows)
              solve_rows<rows>(begin + i, a + i * columns, columns, b, output,
                               sums + output * block + i * panel, is_first, is_last);
          };
          go(std::integral_constant<int, rows_at_once>{});
          go(std::integral_constant<int, 4>{});
          go(std::integral_constant<int, 1>{});
        }
        done += columns;
      }
    }
  }
};

/// Weights [O, k, k, C] as panels for a product: [outputs / panel, columns, panel].
struct Panels {
  const float *weights;
  int64_t kernel, inputs, outputs; // of the convolution
  Sight down, across;
  bool is_transposed; // what the gradient of the inputs multiplies by: its columns are outputs
  Half *result;

  int64_t columns() const {
    return down.count * across.count * (is_transposed ? outputs : inputs);
  }

  FT_HALF void solve(int64_t first, int64_t last) const {
    Half *to = result + first * panel * columns();
    for (int64_t begin = first * panel; begin < last * panel; begin += panel)
      for (int64_t a = 0; a < down.count; ++a)
        for (int64_t b = 0; b < across.count; ++b) {
          const int64_t tap = (down.tap + a * down.tap_step) * kernel + across.tap + b * across.tap_step;
          const float *from = weights + tap * inputs;
          const int64_t apart = kernel * kernel * inputs;
          if (is_transposed) {
            for (int64_t o = 0; o < outputs; ++o, to += panel) narrow(from + o * apart + begin, panel, to);
          } else {
            for (int64_t c = 0; c < inputs; ++c, to += panel)
              for (int64_t o = 0; o < panel; ++o) to[o] = from[(begin + o) * apart + c];
          }
        }
  }
};

/// The sums of a weights' gradient, [copies, outputs, padded columns], each copy of some of the places.
struct Correlation {
  Seen seen;
  const Half *cotangents; // [places, outputs]
  int64_t places, outputs;
  float *sums;

  static constexpr int64_t block = 4 * chain;

  int64_t columns() const { return (seen.columns() + panel - 1) / panel * panel; }

  /// The part of places first ..< last and outputs from ..< to.
  FT_HALF void solve(int64_t first, int64_t last, int64_t from, int64_t to, float *own) const {
    const int64_t width = columns();
    // Rows a multiple of 4 kB apart would have to share one place of the cache.
    const bool is_direct = seen.is_direct() && seen.columns() == width && width < 512;
    const int64_t apart = is_direct ? width : width + 32;
    // So many places at a time that what they see stays in the cache.
    const int64_t some = std::max(chain, std::min(block, (1 << 19) / width / chain * chain));
    Memory gathered(is_direct ? 0 : some * apart), turned(some * rows_at_once);
    if (!is_direct) std::memset(gathered, 0, some * apart * sizeof(Half));
    for (int64_t begin = first; begin < last; begin += some) {
      const int64_t count = std::min(some, last - begin);
      const Half *b = seen.maps.values + begin * width;
      if (!is_direct) {
        b = gathered;
        for (int64_t i = 0; i < count; ++i)
          seen.gather(begin + i, 0, seen.down.count, 0, seen.across.count, gathered + i * apart);
      }
      int64_t o = from;
      auto go = [&](auto rows) FT_HALF {
        for (; o + rows <= to; o += rows) {
          Half *a = turned;
          for (int64_t i = 0; i < count; ++i)
            std::memcpy(a + i * rows, cotangents + (begin + i) * outputs + o, rows * sizeof(Half));
          for (int64_t column = 0; column < width; column += panel) {
            Tile<rows> tile;
            multiply<rows, true>(count, a, rows, b + column, apart, tile.sums);
            for (int64_t i = 0; i < rows; ++i)
              add(tile.sums + i * panel, panel, own + (o + i) * width + column);
          }
        }
      };
      go(std::integral_constant<int, rows_at_once>{});
      go(std::integral_constant<int, 4>{});
    }
  }
};

/// Without taps under which none of the places sees anything, of maps of so many rows or columns.
Sight trimmed(Sight sight, int64_t places, int64_t size) {
  for (; sight.count > 0 && sight.first + (places - 1) * sight.step < 0; --sight.count) {
    sight.first += 1;
    sight.tap += sight.tap_step;
  }
  sight.count = std::clamp<int64_t>(size - sight.first, 0, sight.count);
  return sight;
}

Sight forward_sight(const HalfWindow &window, int64_t outputs, int64_t inputs) {
  return trimmed({window.stride, -window.padding, window.kernel, 0, 1}, outputs, inputs);
}

/// Which outputs an input sees at `phase` of the stride: those that saw it.
Sight backward_sight(const HalfWindow &window, int64_t phase, int64_t inputs, int64_t outputs) {
  const int64_t lowest = (phase + window.padding) % window.stride;
  const int64_t count =
      lowest < window.kernel ? (window.kernel - 1 - lowest) / window.stride + 1 : 0;
  // The last tap sees the first output.
  const int64_t last = lowest + (count - 1) * window.stride;
  if (count == 0) return {1, 0, 0, 0, 0};
  return trimmed({1, (phase + window.padding - last) / window.stride, count, last, -window.stride}, inputs,
                 outputs);
}

at::Tensor maps(const at::Tensor &like, int64_t channels, int64_t height, int64_t width) {
  return at::empty({like.size(0), channels, height, width},
                   like.options().memory_format(at::MemoryFormat::ChannelsLast));
}

template <class Value> Maps<Value> maps_of(const at::Tensor &t, Value *values) {
  return {values, t.size(2), t.size(3), t.size(1)};
}

/// The product of what the grid's places see with the panels of the weights.
void multiply(const Seen &seen, const at::Tensor &weight, bool is_transposed, at::Tensor &result,
              int64_t step, int64_t top, int64_t left) {
  const int64_t outputs = result.size(1);
  Memory memory(outputs * seen.columns());
  const Panels panels{weight.const_data_ptr<float>(), weight.size(2), weight.size(1), weight.size(0),
                      seen.down, seen.across, is_transposed, memory};
  solve_in_parallel(panels, outputs / panel);
  const Product product{seen, memory, maps_of(result, places(result)), step, top, left};
  solve_in_parallel(product, result.size(0) * seen.height * seen.width, Product::block);
}

} // namespace

bool has_half_products() {
  static const bool result = [] {
    unsigned a, b, c, d;
    return at::get_cpu_capability() == "AVX512" && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
           (d >> 23 & 1);
  }();
  return result;
}

bool fits_half_convolution(const at::Tensor &x, const at::Tensor &weight) {
  return has_half_products() && weight.size(0) % panel == 0 &&
         (weight.size(1) % panel == 0 || !x.requires_grad());
}

at::Tensor half_convolution(const at::Tensor &x, const at::Tensor &weights, const HalfWindow &window) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor weight = weights.contiguous(at::MemoryFormat::ChannelsLast);
  auto outputs = [&](int64_t size) {
    return (size + 2 * window.padding - window.kernel) / window.stride + 1;
  };
  at::Tensor y = maps(x, weight.size(0), outputs(x.size(2)), outputs(x.size(3)));
  const Sight down = forward_sight(window, y.size(2), x.size(2));
  const Sight across = forward_sight(window, y.size(3), x.size(3));
  multiply(Seen{maps_of(input, halves(input)), down, across, y.size(2), y.size(3)}, weight, false, y, 1, 0,
           0);
  return y;
}

at::Tensor half_input_gradient(const at::Tensor &cotangents, const at::Tensor &weights,
                               at::IntArrayRef sizes, const HalfWindow &window) {
  const at::Tensor cotangent = cotangents.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor weight = weights.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor dx = maps(cotangents, sizes[1], sizes[2], sizes[3]);
  for (int64_t top = 0; top < std::min(window.stride, sizes[2]); ++top)
    for (int64_t left = 0; left < std::min(window.stride, sizes[3]); ++left) {
      const int64_t height = (sizes[2] - top + window.stride - 1) / window.stride;
      const int64_t width = (sizes[3] - left + window.stride - 1) / window.stride;
      const Sight down = backward_sight(window, top, height, cotangents.size(2));
      const Sight across = backward_sight(window, left, width, cotangents.size(3));
      if (down.count == 0 || across.count == 0) {
        // No output saw these.
        dx.slice(2, top, sizes[2], window.stride).slice(3, left, sizes[3], window.stride).zero_();
        continue;
      }
      multiply(Seen{maps_of(cotangent, halves(cotangent)), down, across, height, width}, weight, true, dx,
               window.stride, top, left);
    }
  return dx;
}

at::Tensor half_weight_gradient(const at::Tensor &x, const at::Tensor &cotangents,
                                const HalfWindow &window) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor cotangent = cotangents.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t height = cotangents.size(2), width = cotangents.size(3);
  const Sight down = forward_sight(window, height, x.size(2));
  const Sight across = forward_sight(window, width, x.size(3));
  Correlation work{{maps_of(input, halves(input)), down, across, height, width},
                   halves(cotangent), x.size(0) * height * width, cotangents.size(1), nullptr};
  // With few weights each thread has some places and sums of its own. With many the sums are large; threads
  // share the outputs instead.
  const int64_t threads = at::get_num_threads(), columns = work.columns(), units = work.outputs / panel;
  const int64_t wanted = std::min(units, work.outputs * columns / (512 * 512));
  const int64_t slices = std::clamp<int64_t>(wanted, 1, threads);
  const int64_t copies = std::clamp<int64_t>(threads / slices, 1, work.places);
  at::Tensor sums = at::zeros({copies, work.outputs, columns}, at::kFloat);
  float *begin = sums.mutable_data_ptr<float>();
  in_parallel(slices * copies, [&](int64_t number) {
    const int64_t slice = number / copies, copy = number % copies;
    work.solve(work.places * copy / copies, work.places * (copy + 1) / copies,
               units * slice / slices * panel, units * (slice + 1) / slices * panel,
               begin + copy * work.outputs * columns);
  });
  const at::Tensor sum = copies == 1 ? sums.select(0, 0) : sums.sum(0);
  const at::Tensor taps =
      sum.narrow(1, 0, work.seen.columns()).view({work.outputs, down.count, across.count, x.size(1)});
  at::Tensor result = at::zeros({work.outputs, window.kernel, window.kernel, x.size(1)}, at::kFloat);
  result.narrow(1, down.tap, down.count).narrow(2, across.tap, across.count).copy_(taps);
  return result.permute({0, 3, 1, 2});
}

#else

bool has_half_products() { return false; }
bool fits_half_convolution(const at::Tensor &, const at::Tensor &) { return false; }
at::Tensor half_convolution(const at::Tensor &, const at::Tensor &, const HalfWindow &) {
  throw std::logic_error("no float16");
}
at::Tensor half_input_gradient(const at::Tensor &, const at::Tensor &, at::IntArrayRef,
                               const HalfWindow &) {
  throw std::logic_error("no float16");
}
at::Tensor half_weight_gradient(const at::Tensor &, const at::Tensor &, const HalfWindow &) {
  throw std::logic_error("no float16");
}

#endif

} // namespace ft

bool ft_processor_has_float16(void) { return ft::has_half_products(); }
