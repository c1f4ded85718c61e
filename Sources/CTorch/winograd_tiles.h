// Maps in tiles, and their transforms, for the schemes of winograd_schemes.h.
#pragma once
#include "winograd_schemes.h"

#include <algorithm>

namespace ft {
namespace {

/// Maps [N, H, W, channels] in tiles.
template <class Scheme> struct Tiles {
  int64_t maps, height, width;

  int64_t down() const { return (height + Scheme::side - 1) / Scheme::side; }
  int64_t across() const { return (width + Scheme::side - 1) / Scheme::side; }
  int64_t count() const { return maps * down() * across(); }

  /// Where the places of a tile of `size` × `size` lie that begins `margin` before its outputs; `outside`
  /// for what is around the map.
  template <int size, class Float>
  FT_INLINE void find(int64_t tile, int64_t margin, Float *x, int64_t channels, Float *outside,
                      Float *(&places)[size][size]) const {
    const int64_t map = tile / (down() * across());
    const int64_t top = tile / across() % down() * Scheme::side - margin;
    const int64_t left = tile % across() * Scheme::side - margin;
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j) {
        const int64_t row = top + i, column = left + j;
        places[i][j] = row >= 0 && row < height && column >= 0 && column < width
                           ? x + ((map * height + row) * width + column) * channels
                           : outside;
      }
  }
};

template <int lanes> FT_INLINE Vector<lanes> &vector(float *place) {
  return *reinterpret_cast<Vector<lanes> *>(place);
}
template <int lanes> FT_INLINE const Vector<lanes> &vector(const float *place) {
  return *reinterpret_cast<const Vector<lanes> *>(place);
}

/// M x Mᵀ of the places of a tile, for all channels: to `result`, whose points are `step` apart.
template <class M, class V, class Number>
FT_INLINE void transform(const Number *(&places)[M::from][M::from], int64_t channels, Number *result,
                         int64_t step) {
  for (int64_t c = 0; c < channels; c += sizeof(V) / sizeof(Number)) {
    V x[M::from][M::from], y[M::to][M::to];
    for (int i = 0; i < M::from; ++i)
      for (int j = 0; j < M::from; ++j) Access<V>::read(places[i][j] + c, x[i][j]);
    between<M, V>(x, y);
    for (int i = 0; i < M::to; ++i)
      for (int j = 0; j < M::to; ++j) Access<V>::write(y[i][j], result + (i * M::to + j) * step + c);
  }
}

/// The same where the points are given, `step` apart, and the places taken.
template <class M, class V, class Number>
FT_INLINE void restore(const Number *points, int64_t step, int64_t channels,
                       Number *(&places)[M::to][M::to]) {
  for (int64_t c = 0; c < channels; c += sizeof(V) / sizeof(Number)) {
    V x[M::from][M::from], y[M::to][M::to];
    for (int i = 0; i < M::from; ++i)
      for (int j = 0; j < M::from; ++j) Access<V>::read(points + (i * M::from + j) * step + c, x[i][j]);
    between<M, V>(x, y);
    for (int i = 0; i < M::to; ++i)
      for (int j = 0; j < M::to; ++j) Access<V>::write(y[i][j], places[i][j] + c);
  }
}

/// How far apart the points of `size` values lie: if it were a multiple of 4 kB, one place of the cache
/// would have to hold all of them.
int64_t spread(int64_t size) { return size + 16; }

/// As many channels at a time are turned to lie the other way; numbers of channels are multiples of it.
constexpr int64_t turned = 32;

/// `panel` outputs of weights [outputs, 3, 3, inputs] from output o, and `turned` inputs from c:
/// [9, turned, panel].
template <int panel>
FT_INLINE void turn(const float *weights, int64_t inputs, int64_t o, int64_t c, float *taken) {
  for (int64_t i = 0; i < panel; ++i)
    for (int64_t tap = 0; tap < taps * taps; ++tap)
      for (int64_t j = 0; j < turned; ++j)
        taken[(tap * turned + j) * panel + i] = weights[((o + i) * taps * taps + tap) * inputs + c + j];
}

/// How threads share a weights' gradient: slices of the inputs, and copies of the sums, each of some tiles.
struct Shares {
  int64_t slices, copies;

  /// With few channels each thread has some tiles and sums of its own. With many the sums are large; threads
  /// share the channels instead.
  Shares(int64_t inputs, int64_t outputs, int64_t tiles, int64_t threads) {
    const int64_t wanted = std::min(inputs / turned, inputs * outputs / (128 * 128));
    slices = std::clamp<int64_t>(wanted, 1, threads);
    copies = std::clamp<int64_t>(threads / slices, 1, tiles);
  }
};

/// The transformed weights' gradient, [copies, points, inputs, outputs]. Each copy is of some tiles.
template <class Scheme> struct Sums {
  int64_t inputs, outputs, copies;
  float *values;

  int64_t step() const { return spread(inputs * outputs); }
  int64_t size() const { return points<Scheme> * step(); }
  float *of(int64_t copy) const { return values + copy * size(); }
};

/// Gᵀ s G of sums over their copies: [outputs, 3, 3, inputs].
template <class Scheme> struct Taps {
  Sums<Scheme> sums;
  float *result;

  template <int lanes> FT_INLINE void add_copies(int64_t first, int64_t last) const {
    for (int64_t point = 0; point < points<Scheme>; ++point) {
      float *sum = sums.of(0) + point * sums.step();
      for (int64_t copy = 1; copy < sums.copies; ++copy)
        for (int64_t i = first * sums.outputs; i < last * sums.outputs; i += lanes)
          vector<lanes>(sum + i) += vector<lanes>(sum + copy * sums.size() + i);
    }
  }

  /// For inputs from `turned` · first.
  template <int lanes> FT_INLINE void solve(int64_t first, int64_t last) const {
    float found[taps * taps][turned][lanes];
    for (int64_t c = first * turned; c < last * turned; c += turned) {
      add_copies<lanes>(c, c + turned);
      for (int64_t o = 0; o < sums.outputs; o += lanes) {
        for (int64_t j = 0; j < turned; ++j) {
          float *places[taps][taps];
          for (int64_t tap = 0; tap < taps * taps; ++tap) places[tap / taps][tap % taps] = found[tap][j];
          restore<typename Scheme::ToTaps, Vector<lanes>>(
              static_cast<const float *>(sums.of(0)) + (c + j) * sums.outputs + o, sums.step(), lanes, places);
        }
        for (int64_t i = 0; i < lanes; ++i)
          for (int64_t tap = 0; tap < taps * taps; ++tap)
            for (int64_t j = 0; j < turned; ++j)
              result[((o + i) * taps * taps + tap) * sums.inputs + c + j] = found[tap][j][i];
      }
    }
  }
};

} // namespace
} // namespace ft
