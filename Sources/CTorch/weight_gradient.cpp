// The gradient of a convolution's weights on processors with AVX2 but without AVX-512, where oneDNN
// 3.12 needs up to 1.7 times as long: Tests/Benchmarks/kernels.py.
//
// It is a product of two tall matrices, the inputs that a tap lies on, transposed, and the cotangents.
// The tall side is cut into strips that fit the cache; of each strip the columns are laid side by side
// (packed), and registers hold a tile of the result while the strip goes by.
#include "weight_gradient.h"
#include "parallel.h"

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

/// A tile of the result: channels of the input × channels of the output, twelve registers.
constexpr int64_t tall = 6, wide = 16;
/// About so many places make a strip.
constexpr int64_t places_of_strip = 192;

using Vector [[gnu::vector_size(32), gnu::aligned(4)]] = float;

struct Strips {
  int64_t maps, rows;          // of one strip
  int64_t kernel, stride;
  int64_t width, padded_width; // of a map of the output, of the padded input

  int64_t input_rows() const { return (rows - 1) * stride + kernel; }
  int64_t places() const { return maps * rows * width; }
  int64_t input_places() const { return maps * input_rows() * padded_width; }
};

/// tile[j][…] += Σ x[j] · g over the places of a strip: x [place, tall], g [place, wide].
template <int used>
[[gnu::target("avx2,fma")]] void multiply(const Strips &strips, const float *x, const float *g,
                                          float *tile) {
  Vector sums[used][2];
  for (int j = 0; j < used; ++j)
    for (int v = 0; v < 2; ++v) sums[j][v] = *reinterpret_cast<Vector *>(tile + j * wide + v * 8);
  const int64_t step = strips.stride * tall;
  for (int64_t map = 0; map < strips.maps; ++map)
    for (int64_t row = 0; row < strips.rows; ++row) {
      const float *input =
          x + (map * strips.input_rows() + row * strips.stride) * strips.padded_width * tall;
      for (int64_t place = 0; place < strips.width; ++place, input += step, g += wide) {
        const Vector first = *reinterpret_cast<const Vector *>(g);
        const Vector second = *reinterpret_cast<const Vector *>(g + 8);
#pragma clang loop unroll(full)
        for (int j = 0; j < used; ++j) {
          sums[j][0] += input[j] * first;
          sums[j][1] += input[j] * second;
        }
      }
    }
  for (int j = 0; j < used; ++j)
    for (int v = 0; v < 2; ++v) *reinterpret_cast<Vector *>(tile + j * wide + v * 8) = sums[j][v];
}

/// Columns [from, from + used) of rows of `channels` values, side by side: [count, size].
template <int size>
void pack(const float *rows, int64_t channels, int64_t count, int64_t used, float *packed) {
  if (used == size) {
    for (int64_t i = 0; i < count; ++i, rows += channels, packed += size)
      for (int j = 0; j < size; ++j) packed[j] = rows[j];
  } else {
    for (int64_t i = 0; i < count; ++i, rows += channels, packed += size)
      for (int64_t j = 0; j < used; ++j) packed[j] = rows[j];
  }
}

/// The part of the result that one thread makes: a range of tiles each way.
struct Part {
  int64_t first_input, inputs;   // channels, a multiple of `tall` but for the last
  int64_t first_output, outputs; // channels, a multiple of `wide`
};

struct Problem {
  const float *x, *g; // [N, H, W, C], [N, h, w, O]
  int64_t maps, height, width, inputs;
  int64_t output_height, output_width, outputs;
  int64_t kernel, stride, padding;

  Strips strips() const {
    Strips result{1, output_height, kernel, stride, output_width, width + 2 * padding};
    const int64_t whole = output_height * output_width;
    if (whole <= places_of_strip)
      result.maps = std::min(maps, std::max<int64_t>(places_of_strip / whole, 1));
    else
      result.rows = std::max<int64_t>(places_of_strip / output_width, 1);
    return result;
  }

  /// The inputs under a strip, zeros around the map: [⌈C/tall⌉, maps, rows, columns, tall].
  void pack_inputs(const Strips &strips, const Part &part, int64_t map, int64_t row,
                   float *packed) const {
    for (int64_t c = 0; c < part.inputs; c += tall)
      for (int64_t m = map; m < map + strips.maps; ++m)
        for (int64_t i = 0; i < strips.input_rows(); ++i) {
          const int64_t y = row * stride - padding + i;
          if (y < 0 || y >= height)
            std::fill_n(packed, strips.padded_width * tall, 0.0f);
          else
            pack<tall>(x + ((m * height + y) * width) * inputs + part.first_input + c, inputs, width,
                       std::min(tall, part.inputs - c), packed + padding * tall);
          packed += strips.padded_width * tall;
        }
  }

  void pack_cotangents(const Strips &strips, const Part &part, int64_t map, int64_t row,
                       float *packed) const {
    for (int64_t c = 0; c < part.outputs; c += wide)
      for (int64_t m = map; m < map + strips.maps; ++m) {
        const int64_t count = strips.rows * output_width;
        pack<wide>(g + (m * output_height + row) * output_width * outputs + part.first_output + c,
                   outputs, count, wide, packed);
        packed += count * wide;
      }
  }

  /// tiles [O/wide, kernel², ⌈C/tall⌉, tall, wide] += the products of a strip.
  void add(const Strips &strips, const Part &part, const float *input, const float *cotangent,
           float *tiles) const {
    for (int64_t o = 0; o < part.outputs; o += wide, cotangent += strips.places() * wide)
      for (int64_t tap = 0; tap < kernel * kernel; ++tap) {
        const float *under =
            input + (tap / kernel * strips.padded_width + tap % kernel) * tall;
        for (int64_t c = 0; c < part.inputs; c += tall) {
          switch (std::min(tall, part.inputs - c)) {
          case 6: multiply<6>(strips, under, cotangent, tiles); break;
          case 4: multiply<4>(strips, under, cotangent, tiles); break;
          default: multiply<2>(strips, under, cotangent, tiles);
          }
          under += strips.input_places() * tall;
          tiles += tall * wide;
        }
      }
  }

  /// result [O, kernel, kernel, C]
  void unpack(const Part &part, const float *tiles, float *result) const {
    for (int64_t o = 0; o < part.outputs; o += wide)
      for (int64_t tap = 0; tap < kernel * kernel; ++tap)
        for (int64_t c = 0; c < part.inputs; c += tall, tiles += tall * wide)
          for (int64_t j = 0; j < std::min(tall, part.inputs - c); ++j)
            for (int64_t i = 0; i < wide; ++i)
              result[((part.first_output + o + i) * kernel * kernel + tap) * inputs +
                     part.first_input + c + j] = tiles[j * wide + i];
  }

  void solve(const Part &part, float *result) const {
    const Strips whole = strips();
    const int64_t blocks = (part.inputs + tall - 1) / tall;
    // Tensors begin where cache lines do. What is not written stays 0: the columns around the maps.
    const auto zeros = [](int64_t size) { return at::zeros(size, at::kFloat); };
    at::Tensor inputs = zeros(blocks * whole.input_places() * tall);
    at::Tensor cotangents = zeros(part.outputs * whole.places());
    at::Tensor sums = zeros(part.outputs * kernel * kernel * blocks * tall);
    float *input = inputs.mutable_data_ptr<float>();
    float *cotangent = cotangents.mutable_data_ptr<float>();
    float *tiles = sums.mutable_data_ptr<float>();
    for (int64_t map = 0; map < maps; map += whole.maps)
      for (int64_t row = 0; row < output_height; row += whole.rows) {
        Strips strip = whole;
        strip.maps = std::min(whole.maps, maps - map);
        strip.rows = std::min(whole.rows, output_height - row);
        pack_inputs(strip, part, map, row, input);
        pack_cotangents(strip, part, map, row, cotangent);
        add(strip, part, input, cotangent, tiles);
      }
    unpack(part, tiles, result);
  }
};

/// The result cut into as many parts as there are threads. Each place of it is summed in the same order
/// whatever their number.
std::vector<Part> parts(const Problem &problem, int64_t threads) {
  const int64_t panels = problem.outputs / wide, blocks = (problem.inputs + tall - 1) / tall;
  const int64_t down = std::min(threads, panels);
  const int64_t across = std::clamp<int64_t>(threads / down, 1, blocks);
  std::vector<Part> result;
  for (int64_t i = 0; i < down; ++i)
    for (int64_t j = 0; j < across; ++j) {
      const int64_t o = panels * i / down * wide, c = blocks * j / across * tall;
      result.push_back({c, std::min(blocks * (j + 1) / across * tall, problem.inputs) - c, o,
                        panels * (i + 1) / down * wide - o});
    }
  return result;
}

} // namespace

bool has_fast_weight_gradient(int64_t inputs, int64_t outputs) {
  static const bool is_avx2 = at::get_cpu_capability() == "AVX2";
  return is_avx2 && inputs % 2 == 0 && outputs % wide == 0;
}

at::Tensor weight_gradient(const at::Tensor &x, const at::Tensor &g, int64_t kernel, int64_t stride,
                           int64_t padding) {
  const at::Tensor input = x.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor cotangent = g.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor result = at::empty({g.size(1), x.size(1), kernel, kernel},
                                x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const Problem problem{input.const_data_ptr<float>(), cotangent.const_data_ptr<float>(),
                        x.size(0), x.size(2), x.size(3), x.size(1),
                        g.size(2), g.size(3), g.size(1), kernel, stride, padding};
  const auto all = parts(problem, at::get_num_threads());
  float *place = result.mutable_data_ptr<float>();
  in_parallel(static_cast<int64_t>(all.size()),
              [&](int64_t number) { problem.solve(all[number], place); });
  return result;
}

#else

bool has_fast_weight_gradient(int64_t, int64_t) { return false; }
at::Tensor weight_gradient(const at::Tensor &, const at::Tensor &, int64_t, int64_t, int64_t) {
  throw std::logic_error("no fast weight gradient");
}

#endif

} // namespace ft
