#pragma once
#include <dlfcn.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libswscale/swscale.h>

/// FFmpeg brings 130 libraries along, which would cost every start of a program 30 ms. They are
/// loaded when the first video is opened: this is the table of what is called then.
#define FT_FFMPEG_FUNCTIONS(X) \
  X(format, avformat_open_input) \
  X(format, avformat_close_input) \
  X(format, avformat_find_stream_info) \
  X(format, av_find_best_stream) \
  X(format, av_read_frame) \
  X(format, av_stream_get_side_data) \
  X(format, av_seek_frame) \
  X(codec, avcodec_find_decoder) \
  X(codec, avcodec_alloc_context3) \
  X(codec, avcodec_parameters_to_context) \
  X(codec, avcodec_open2) \
  X(codec, avcodec_free_context) \
  X(codec, avcodec_send_packet) \
  X(codec, avcodec_receive_frame) \
  X(codec, avcodec_flush_buffers) \
  X(codec, av_packet_alloc) \
  X(codec, av_packet_free) \
  X(codec, av_packet_unref) \
  X(util, av_frame_alloc) \
  X(util, av_frame_free) \
  X(util, av_frame_unref) \
  X(util, av_strerror) \
  X(util, av_display_rotation_get) \
  X(util, av_log_set_level) \
  X(scale, sws_getCachedContext) \
  X(scale, sws_freeContext) \
  X(scale, sws_getCoefficients) \
  X(scale, sws_setColorspaceDetails) \
  X(scale, sws_scale)

typedef struct {
#define FT_DECLARE(library, function) __typeof__(&function) _Nonnull function;
  FT_FFMPEG_FUNCTIONS(FT_DECLARE)
#undef FT_DECLARE
} ft_ffmpeg;

#define FT_LIBRARY(name, version) "lib" name ".so." AV_STRINGIFY(version)

/// Fills the table. Returns NULL, or what the loader says of a library or function that it lacks.
static inline const char *_Nullable ft_ffmpeg_load(ft_ffmpeg *_Nonnull table) {
  void *util = dlopen(FT_LIBRARY("avutil", LIBAVUTIL_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (!util) return dlerror();
  void *codec = dlopen(FT_LIBRARY("avcodec", LIBAVCODEC_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (!codec) return dlerror();
  void *format = dlopen(FT_LIBRARY("avformat", LIBAVFORMAT_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (!format) return dlerror();
  void *scale = dlopen(FT_LIBRARY("swscale", LIBSWSCALE_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (!scale) return dlerror();
#define FT_FIND(library, function) \
  *(void **)&table->function = dlsym(library, #function); \
  if (!table->function) return dlerror();
  FT_FFMPEG_FUNCTIONS(FT_FIND)
#undef FT_FIND
  // It prints every damaged byte to the error stream unless it is told not to.
  table->av_log_set_level(AV_LOG_QUIET);
  return NULL;
}

/// Macros that Swift does not see.
static const int64_t ft_no_timestamp = AV_NOPTS_VALUE;
static const int ft_error_end = AVERROR_EOF;
static const int ft_error_again = AVERROR(EAGAIN);
