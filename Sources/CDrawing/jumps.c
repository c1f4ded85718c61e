// Cairo, Pango and the libraries that they need, 35 in all, take 7 ms, nearly half of the time to a
// prompt, and most shells draw nothing. So they are not linked: each function that facet calls is a
// jump through a pointer, as the linker would make for a library, which `ft_drawing_load` sets. The
// names are hidden in the program, so that Pango finds Cairo's own. The headers are not included
// here: a jump has no parameters.
#include <dlfcn.h>

// What Graphics calls; the linker complains of one that is missing here.
#define FUNCTIONS(X) \
  X(cairo_arc) \
  X(cairo_clip) \
  X(cairo_close_path) \
  X(cairo_create) \
  X(cairo_curve_to) \
  X(cairo_destroy) \
  X(cairo_fill) \
  X(cairo_font_options_create) \
  X(cairo_font_options_destroy) \
  X(cairo_font_options_set_antialias) \
  X(cairo_font_options_set_hint_metrics) \
  X(cairo_font_options_set_hint_style) \
  X(cairo_get_matrix) \
  X(cairo_get_source) \
  X(cairo_identity_matrix) \
  X(cairo_image_surface_create) \
  X(cairo_image_surface_get_data) \
  X(cairo_image_surface_get_height) \
  X(cairo_image_surface_get_stride) \
  X(cairo_image_surface_get_width) \
  X(cairo_line_to) \
  X(cairo_move_to) \
  X(cairo_new_path) \
  X(cairo_paint) \
  X(cairo_pattern_set_extend) \
  X(cairo_pattern_set_filter) \
  X(cairo_pdf_surface_add_outline) \
  X(cairo_pdf_surface_create_for_stream) \
  X(cairo_pdf_surface_set_metadata) \
  X(cairo_pdf_surface_set_page_label) \
  X(cairo_pdf_surface_set_size) \
  X(cairo_recording_surface_create) \
  X(cairo_rectangle) \
  X(cairo_restore) \
  X(cairo_rotate) \
  X(cairo_save) \
  X(cairo_scale) \
  X(cairo_set_antialias) \
  X(cairo_set_dash) \
  X(cairo_set_line_cap) \
  X(cairo_set_line_join) \
  X(cairo_set_line_width) \
  X(cairo_set_source_rgba) \
  X(cairo_set_source_surface) \
  X(cairo_show_page) \
  X(cairo_status) \
  X(cairo_status_to_string) \
  X(cairo_stroke) \
  X(cairo_surface_destroy) \
  X(cairo_surface_finish) \
  X(cairo_surface_flush) \
  X(cairo_surface_mark_dirty) \
  X(cairo_surface_set_mime_data) \
  X(cairo_surface_status) \
  X(cairo_svg_surface_create_for_stream) \
  X(cairo_tag_begin) \
  X(cairo_tag_end) \
  X(cairo_translate) \
  X(cairo_version) \
  X(g_free) \
  X(g_object_unref) \
  X(pango_attr_family_new) \
  X(pango_attr_font_features_new) \
  X(pango_attr_foreground_alpha_new) \
  X(pango_attr_foreground_new) \
  X(pango_attr_letter_spacing_new) \
  X(pango_attr_list_insert) \
  X(pango_attr_list_new) \
  X(pango_attr_list_unref) \
  X(pango_attr_rise_new) \
  X(pango_attr_size_new_absolute) \
  X(pango_attr_strikethrough_new) \
  X(pango_attr_style_new) \
  X(pango_attr_underline_new) \
  X(pango_attr_weight_new) \
  X(pango_cairo_context_set_font_options) \
  X(pango_cairo_context_set_resolution) \
  X(pango_cairo_font_map_new) \
  X(pango_cairo_show_layout) \
  X(pango_cairo_show_layout_line) \
  X(pango_context_set_language) \
  X(pango_context_set_round_glyph_positions) \
  X(pango_font_family_get_name) \
  X(pango_font_map_create_context) \
  X(pango_font_map_list_families) \
  X(pango_language_from_string) \
  X(pango_layout_get_extents) \
  X(pango_layout_get_iter) \
  X(pango_layout_get_line_readonly) \
  X(pango_layout_get_text) \
  X(pango_layout_iter_free) \
  X(pango_layout_iter_get_baseline) \
  X(pango_layout_iter_get_line_extents) \
  X(pango_layout_iter_get_line_readonly) \
  X(pango_layout_iter_next_line) \
  X(pango_layout_line_get_x_ranges) \
  X(pango_layout_line_index_to_x) \
  X(pango_layout_new) \
  X(pango_layout_set_alignment) \
  X(pango_layout_set_attributes) \
  X(pango_layout_set_indent) \
  X(pango_layout_set_justify) \
  X(pango_layout_set_line_spacing) \
  X(pango_layout_set_text) \
  X(pango_layout_set_width) \
  X(pango_layout_set_wrap)

#if defined(__x86_64__)
#define JUMP(pointer) "jmp *" #pointer "(%rip)"
#elif defined(__aarch64__)
#define JUMP(pointer) "adrp x16, " #pointer "\n ldr x16, [x16, :lo12:" #pointer "]\n br x16"
#else
#error "say how this processor jumps through a pointer"
#endif

static long nothing(void) { return 0; }

#define DEFINE(name) \
  __attribute__((used)) static void *found_##name = (void *)nothing; \
  __attribute__((naked, visibility("hidden"))) void name(void) { __asm__(JUMP(found_##name)); }
FUNCTIONS(DEFINE)

#define FIND(name) {#name, &found_##name},
static const struct {
  const char *name;
  void **pointer;
} functions[] = {FUNCTIONS(FIND)};
enum { COUNT = sizeof functions / sizeof *functions };

const char *ft_drawing_load(void);
const char *ft_drawing_load(void) {
  // It brings Cairo and GLib along.
  void *library = dlopen("libpangocairo-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
  void *found[COUNT];
  for (int i = 0; i < COUNT; i++) {
    found[i] = dlsym(library, functions[i].name);
    if (!found[i]) return dlerror();
  }
  for (int i = 0; i < COUNT; i++) *functions[i].pointer = found[i];
  return 0;
}
