#pragma once
#include "../CLoading/load.h"
#include <archive.h>
#include <archive_entry.h>

#define FT_ARCHIVE_FUNCTIONS(X) \
  X(archive_error_string) \
  X(archive_filter_bytes) \
  X(archive_read_new) \
  X(archive_read_free) \
  X(archive_read_support_format_tar) \
  X(archive_read_support_format_empty) \
  X(archive_read_support_filter_gzip) \
  X(archive_read_support_filter_bzip2) \
  X(archive_read_support_filter_xz) \
  X(archive_read_support_filter_zstd) \
  X(archive_read_support_filter_lz4) \
  X(archive_read_open_fd) \
  X(archive_read_next_header) \
  X(archive_read_header_position) \
  X(archive_read_data) \
  X(archive_write_new) \
  X(archive_write_free) \
  X(archive_write_set_format_pax_restricted) \
  X(archive_write_add_filter_none) \
  X(archive_write_set_options) \
  X(archive_write_open_filename) \
  X(archive_write_header) \
  X(archive_write_data) \
  X(archive_write_finish_entry) \
  X(archive_write_close) \
  X(archive_entry_new) \
  X(archive_entry_free) \
  X(archive_entry_size) \
  X(archive_entry_filetype) \
  X(archive_entry_hardlink) \
  X(archive_entry_sparse_count) \
  X(archive_entry_pathname) \
  X(archive_entry_pathname_utf8) \
  X(archive_entry_set_pathname) \
  X(archive_entry_set_size) \
  X(archive_entry_set_filetype) \
  X(archive_entry_set_perm) \
  X(archive_entry_set_mtime)

/// What tar archives need. The module Torch, which no shell holds, links the library instead.
FT_LIBRARY(ft_archive, FT_ARCHIVE_FUNCTIONS, "libarchive.so.13", "libarchive.so")
