// Resampling of maps, and eigenvectors.
#include "handles.h"

#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

using namespace ft;

extern "C" {

ft_status ft_upsample_bilinear(const ft_tensor *x, int64_t height, int64_t width, ft_tensor **out,
                               ft_error **error) {
  return produce(out, error, [&] {
    return at::upsample_bilinear2d(x->value, std::array<int64_t, 2>{height, width},
                                   /*align_corners=*/false);
  });
}
ft_status ft_upsample_nearest(const ft_tensor *x, int64_t height, int64_t width, ft_tensor **out,
                              ft_error **error) {
  return produce(out, error, [&] {
    return at::upsample_nearest2d(x->value, std::array<int64_t, 2>{height, width});
  });
}
ft_status ft_symmetric_eigen(const ft_tensor *matrix, ft_tensor **values, ft_tensor **vectors,
                             ft_error **error) {
  return guard(error, [&] {
    auto [eigenvalues, eigenvectors] = at::linalg_eigh(matrix->value);
    *values = own(std::move(eigenvalues));
    *vectors = own(std::move(eigenvectors));
  });
}

} // extern "C"
