// The transforms of 3×3 convolutions with fewer products, for vectors of channels.
//
// Winograd's minimal filtering: Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR
// 2016, arXiv:1509.09308, §4. With inputs d, taps g and outputs y,
//
//   y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
//
// A scheme says which matrices these are.
#pragma once
#include <cstdint>

namespace ft {

constexpr int taps = 3;

#define FT_INLINE __attribute__((always_inline)) inline

/// So many numbers that are taken together.
template <int lanes> struct Wide {
  typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));
};
template <int lanes> using Vector = typename Wide<lanes>::Vector;

/// How numbers V are read and written. A vector that is returned would be another thing on each processor.
template <class V> struct Access {
  /// A template's argument loses the attribute of its name.
  struct __attribute__((packed, aligned(4), may_alias)) Place {
    V value;
  };
  static FT_INLINE void read(const float *place, V &value) {
    value = reinterpret_cast<const Place *>(place)->value;
  }
  static FT_INLINE void write(const V &value, float *place) {
    reinterpret_cast<Place *>(place)->value = value;
  }
};

// Each matrix is written as its product with a vector x, with few operations.

/// F(4×4, 3×3): 36 products for what takes 144.
struct Tiled {
  static constexpr int side = 4, seen = 6, margin = 1;

  /// Bᵀ
  struct FromInputs {
    static constexpr int from = 6, to = 6;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = x[4] - 4 * x[2], b = x[3] - 4 * x[1];
      const V c = x[4] - x[2], d = 2 * (x[3] - x[1]);
      y[0] = 4 * x[0] + (x[4] - 5 * x[2]);
      y[1] = a + b;
      y[2] = a - b;
      y[3] = c + d;
      y[4] = c - d;
      y[5] = 4 * x[1] + (x[5] - 5 * x[3]);
    }
  };

  /// Aᵀ
  struct ToOutputs {
    static constexpr int from = 6, to = 4;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = x[1] + x[2], b = x[1] - x[2], c = x[3] + x[4], d = x[3] - x[4];
      y[0] = x[0] + a + c;
      y[1] = b + 2 * d;
      y[2] = a + 4 * c;
      y[3] = b + 8 * d + x[5];
    }
  };

  /// A
  struct FromCotangents {
    static constexpr int from = 4, to = 6;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = x[0] + x[2], b = x[1] + x[3];
      const V c = x[0] + 4 * x[2], d = 2 * x[1] + 8 * x[3];
      y[0] = x[0];
      y[1] = a + b;
      y[2] = a - b;
      y[3] = c + d;
      y[4] = c - d;
      y[5] = x[3];
    }
  };

  /// G
  struct FromTaps {
    static constexpr int from = taps, to = 6;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = (x[0] + x[2]) / -6, b = x[1] / 6;
      const V c = x[0] / 24 + x[2] / 6, d = x[1] / 12;
      y[0] = x[0] / 4;
      y[1] = a - b;
      y[2] = a + b;
      y[3] = c + d;
      y[4] = c - d;
      y[5] = x[2];
    }
  };

  /// Gᵀ
  struct ToTaps {
    static constexpr int from = 6, to = taps;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = (x[1] + x[2]) / -6, b = x[3] + x[4];
      y[0] = x[0] / 4 + a + b / 24;
      y[1] = (x[2] - x[1]) / 6 + (x[3] - x[4]) / 12;
      y[2] = a + b / 6 + x[5];
    }
  };
};

/// A whole map of 2×2, around which there are zeros only: 9 products for what takes 16. Of one axis,
///
///   y₀ = g₁x₀ + g₂x₁ = g₁(x₀ + x₁) + (g₂ − g₁)x₁
///   y₁ = g₀x₀ + g₁x₁ = g₁(x₀ + x₁) + (g₀ − g₁)x₀
struct Whole {
  static constexpr int side = 2, seen = 2, margin = 0;

  struct FromInputs {
    static constexpr int from = 2, to = 3;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[0] + x[1];
      y[1] = x[1];
      y[2] = x[0];
    }
  };

  struct ToOutputs {
    static constexpr int from = 3, to = 2;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[0] + x[1];
      y[1] = x[0] + x[2];
    }
  };

  struct FromCotangents {
    static constexpr int from = 2, to = 3;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[0] + x[1];
      y[1] = x[0];
      y[2] = x[1];
    }
  };

  struct FromTaps {
    static constexpr int from = taps, to = 3;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[1];
      y[1] = x[2] - x[1];
      y[2] = x[0] - x[1];
    }
  };

  struct ToTaps {
    static constexpr int from = 3, to = taps;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[2];
      y[1] = x[0] - x[1] - x[2];
      y[2] = x[1];
    }
  };
};

/// F(2×2, 3×3): 16 products for what takes 36. Its transforms of maps are sums of few numbers, which float16
/// is exact enough for.
struct Small {
  static constexpr int side = 2, seen = 4, margin = 1;

  /// Bᵀ
  struct FromInputs {
    static constexpr int from = 4, to = 4;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[0] - x[2];
      y[1] = x[1] + x[2];
      y[2] = x[2] - x[1];
      y[3] = x[1] - x[3];
    }
  };

  /// Aᵀ
  struct ToOutputs {
    static constexpr int from = 4, to = 2;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[0] + x[1] + x[2];
      y[1] = x[1] - x[2] - x[3];
    }
  };

  /// A
  struct FromCotangents {
    static constexpr int from = 2, to = 4;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      y[0] = x[0];
      y[1] = x[0] + x[1];
      y[2] = x[0] - x[1];
      y[3] = -x[1];
    }
  };

  /// G
  struct FromTaps {
    static constexpr int from = taps, to = 4;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = (x[0] + x[2]) / 2, b = x[1] / 2;
      y[0] = x[0];
      y[1] = a + b;
      y[2] = a - b;
      y[3] = x[2];
    }
  };

  /// Gᵀ
  struct ToTaps {
    static constexpr int from = 4, to = taps;
    template <class V> static FT_INLINE void apply(const V (&x)[from], V (&y)[to]) {
      const V a = (x[1] + x[2]) / 2;
      y[0] = x[0] + a;
      y[1] = (x[1] - x[2]) / 2;
      y[2] = a + x[3];
    }
  };
};

/// How many products of matrices a scheme takes.
template <class Scheme> constexpr int64_t points = Scheme::FromInputs::to * Scheme::FromInputs::to;

/// M x Mᵀ
template <class M, class V>
FT_INLINE void between(const V (&x)[M::from][M::from], V (&result)[M::to][M::to]) {
  V half[M::from][M::to];
#pragma clang loop unroll(full)
  for (int j = 0; j < M::from; ++j) {
    V column[M::from];
    for (int i = 0; i < M::from; ++i) column[i] = x[i][j];
    M::template apply<V>(column, half[j]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < M::to; ++i) {
    V row[M::from];
    for (int j = 0; j < M::from; ++j) row[j] = half[j][i];
    M::template apply<V>(row, result[i]);
  }
}

} // namespace ft
