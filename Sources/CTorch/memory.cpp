// What happens to the memory of tensors.
#include "ctorch.h"

#include <cstdlib>
#include <malloc.h>

// glibc gives blocks of 32 MiB and more back to the kernel when they are freed, and the kernel hands
// out and clears each of their pages again when the next step touches it: 25,000 for one map of a
// ResNet-50's first stage. In a large heap that is kept, they are touched once.
void ft_memory_keep(void) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  // torch's own switch, which it reads at the first allocation: pages of 2 MiB for large tensors.
  setenv("THP_MEM_ALLOC_ENABLE", "1", /*overwrite=*/0);
}
