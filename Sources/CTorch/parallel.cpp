#include "parallel.h"

#include <ATen/TensorIterator.h>
#include <ATen/ops/arange.h>

// TensorIterator's loop is compiled into libtorch, with its threads. The header's at::parallel_for has a
// single thread where the compiler does not speak torch's OpenMP.
void ft::in_parallel(int64_t count, const std::function<void(int64_t)> &body) {
  const at::Tensor numbers = at::arange(count, at::kLong);
  auto iterator = at::TensorIteratorConfig().add_const_input(numbers).build();
  iterator.for_each(
      [&](char **data, const int64_t *strides, int64_t size) {
        for (int64_t i = 0; i < size; ++i)
          body(*reinterpret_cast<const int64_t *>(data[0] + i * strides[0]));
      },
      /*grain_size=*/1);
}
