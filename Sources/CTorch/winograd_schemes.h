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

template <int lanes> struct Wide {
  typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));
};
template <int lanes> using Vector = typename Wide<lanes>::Vector;

#define FT_INLINE __attribute__((always_inline)) inline

template <int lanes> FT_INLINE Vector<lanes> &vector(float *place) {
  return *reinterpret_cast<Vector<lanes> *>(place);
}
template <int lanes> FT_INLINE const Vector<lanes> &vector(const float *place) {
  return *reinterpret_cast<const Vector<lanes> *>(place);
}

// Each matrix is written as its product with a vector x, with few operations.

/// F(4×4, 3×3): 36 products for what takes 144.
struct Tiled {
  static constexpr int side = 4, seen = 6, margin = 1;

  /// Bᵀ
  struct FromInputs {
    static constexpr int from = 6, to = 6;
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      const Vector<lanes> a = x[4] - 4 * x[2], b = x[3] - 4 * x[1];
      const Vector<lanes> c = x[4] - x[2], d = 2 * (x[3] - x[1]);
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
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      const Vector<lanes> a = x[1] + x[2], b = x[1] - x[2], c = x[3] + x[4], d = x[3] - x[4];
      y[0] = x[0] + a + c;
      y[1] = b + 2 * d;
      y[2] = a + 4 * c;
      y[3] = b + 8 * d + x[5];
    }
  };

  /// A
  struct FromCotangents {
    static constexpr int from = 4, to = 6;
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      const Vector<lanes> a = x[0] + x[2], b = x[1] + x[3];
      const Vector<lanes> c = x[0] + 4 * x[2], d = 2 * x[1] + 8 * x[3];
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
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      const Vector<lanes> a = (x[0] + x[2]) / -6, b = x[1] / 6;
      const Vector<lanes> c = x[0] / 24 + x[2] / 6, d = x[1] / 12;
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
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      const Vector<lanes> a = (x[1] + x[2]) / -6, b = x[3] + x[4];
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
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      y[0] = x[0] + x[1];
      y[1] = x[1];
      y[2] = x[0];
    }
  };

  struct ToOutputs {
    static constexpr int from = 3, to = 2;
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      y[0] = x[0] + x[1];
      y[1] = x[0] + x[2];
    }
  };

  struct FromCotangents {
    static constexpr int from = 2, to = 3;
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      y[0] = x[0] + x[1];
      y[1] = x[0];
      y[2] = x[1];
    }
  };

  struct FromTaps {
    static constexpr int from = taps, to = 3;
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      y[0] = x[1];
      y[1] = x[2] - x[1];
      y[2] = x[0] - x[1];
    }
  };

  struct ToTaps {
    static constexpr int from = 3, to = taps;
    template <int lanes>
    static FT_INLINE void apply(const Vector<lanes> (&x)[from], Vector<lanes> (&y)[to]) {
      y[0] = x[2];
      y[1] = x[0] - x[1] - x[2];
      y[2] = x[1];
    }
  };
};

/// How many products of matrices a scheme takes.
template <class Scheme> constexpr int64_t points = Scheme::FromInputs::to * Scheme::FromInputs::to;

/// M x Mᵀ
template <class M, int lanes>
FT_INLINE void between(const Vector<lanes> (&x)[M::from][M::from],
                       Vector<lanes> (&result)[M::to][M::to]) {
  Vector<lanes> half[M::from][M::to];
#pragma clang loop unroll(full)
  for (int j = 0; j < M::from; ++j) {
    Vector<lanes> column[M::from];
    for (int i = 0; i < M::from; ++i) column[i] = x[i][j];
    M::template apply<lanes>(column, half[j]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < M::to; ++i) {
    Vector<lanes> row[M::from];
    for (int j = 0; j < M::from; ++j) row[j] = half[j][i];
    M::template apply<lanes>(row, result[i]);
  }
}

} // namespace ft
