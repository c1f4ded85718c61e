#include "decode_loop.h"

#include <stdlib.h>
#include <turbojpeg.h>

size_t ft_decode_loop(const unsigned char *file, size_t length, int count) {
  static _Thread_local tjhandle handle;
  static _Thread_local unsigned char *buffer;
  static _Thread_local size_t capacity;
  if (!handle) handle = tjInitDecompress();
  int width, height, subsampling, colors;
  if (!handle || tjDecompressHeader3(handle, file, length, &width, &height, &subsampling, &colors))
    return 0;
  size_t size = (size_t)width * height * 3;
  if (size > capacity) {
    free(buffer);
    buffer = malloc(size);
    capacity = buffer ? size : 0;
  }
  for (int turn = 0; turn < count; turn++) {
    int flags = TJFLAG_ACCURATEDCT;
    if (!buffer || tjDecompress2(handle, file, length, buffer, width, 0, height, TJPF_RGB, flags))
      return 0;
  }
  return size;
}
