#pragma once
#include <stddef.h>

/// Decodes a JPEG to RGB `count` times with one instance and one buffer of libjpeg-turbo.
/// Returns the bytes of the picture, 0 if it cannot be decoded.
size_t ft_decode_loop(const unsigned char *file, size_t length, int count);
