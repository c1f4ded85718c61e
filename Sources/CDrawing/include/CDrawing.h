#pragma once
#include <cairo/cairo.h>
#include <cairo/cairo-pdf.h>
#include <cairo/cairo-svg.h>
#include "pango.h"

/// Loads Cairo and Pango: until then their functions do nothing and give 0. It returns NULL, or
/// what the loader says is missing. Call it once.
const char *_Nullable ft_drawing_load(void);
