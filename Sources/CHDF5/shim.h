#pragma once
#include "../CLoading/load.h"
#include <hdf5/serial/hdf5.h>
#include <stdlib.h>

#define FT_HDF5_FUNCTIONS(X) \
  X(H5dont_atexit) \
  X(H5open) \
  X(H5Eset_auto2) \
  X(H5Fopen) \
  X(H5Fclose) \
  X(H5Lexists) \
  X(H5Dopen2) \
  X(H5Dclose) \
  X(H5Dget_space) \
  X(H5Dget_type) \
  X(H5Dread) \
  X(H5Sget_simple_extent_ndims) \
  X(H5Sget_simple_extent_dims) \
  X(H5Screate_simple) \
  X(H5Sselect_hyperslab) \
  X(H5Sclose) \
  X(H5Tget_class) \
  X(H5Tget_super) \
  X(H5Tget_size) \
  X(H5Tis_variable_str) \
  X(H5Tvlen_create) \
  X(H5Tcopy) \
  X(H5Tset_size) \
  X(H5Tset_cset) \
  X(H5Tclose) \
  X(H5T_NATIVE_UCHAR_g) \
  X(H5T_C_S1_g)

FT_LIBRARY(ft_hdf5, FT_HDF5_FUNCTIONS, "libhdf5_serial.so.103", "libhdf5_serial.so")

/* HDF5's types and modes are macros that call the library, so that Swift cannot name them. */

/// HDF5 prints each failed call to the error stream unless it is told not to. And at the end of a
/// program that has loaded it, it would go round in circles closing what is not there any more.
static inline void ft_hdf5_be_quiet(const ft_hdf5 *h5) {
  h5->H5dont_atexit();
  h5->H5open();
  h5->H5Eset_auto2(H5E_DEFAULT, 0, 0);
}

static inline hid_t ft_hdf5_open(const ft_hdf5 *h5, const char *path) {
  return h5->H5Fopen(path, 0 /* for reading only */, H5P_DEFAULT);
}

/// Opens a data set of one dimension; negative if there is none.
static inline hid_t ft_hdf5_open_list(
  const ft_hdf5 *h5, hid_t file, const char *name, hsize_t *count
) {
  if (h5->H5Lexists(file, name, H5P_DEFAULT) <= 0) return -1;
  hid_t list = h5->H5Dopen2(file, name, H5P_DEFAULT);
  if (list < 0) return -1;
  hid_t space = h5->H5Dget_space(list);
  hsize_t lengths[H5S_MAX_RANK];
  int rank = space < 0 ? -1 : h5->H5Sget_simple_extent_ndims(space);
  if (rank == 1) rank = h5->H5Sget_simple_extent_dims(space, lengths, 0);
  if (space >= 0) h5->H5Sclose(space);
  if (rank == 1) {
    *count = lengths[0];
    return list;
  }
  h5->H5Dclose(list);
  return -1;
}

/// 1 for lists of bytes of any length, 2 for texts of any length, 0 for all else.
static inline int ft_hdf5_kind(const ft_hdf5 *h5, hid_t list) {
  hid_t type = h5->H5Dget_type(list);
  if (type < 0) return 0;
  int kind = 0;
  if (h5->H5Tget_class(type) == H5T_VLEN) {
    hid_t base = h5->H5Tget_super(type);
    if (base >= 0) {
      kind = h5->H5Tget_class(base) == H5T_INTEGER && h5->H5Tget_size(base) == 1;
      h5->H5Tclose(base);
    }
  } else if (h5->H5Tis_variable_str(type) > 0) {
    kind = 2;
  }
  h5->H5Tclose(type);
  return kind;
}

static inline int ft_hdf5_read(
  const ft_hdf5 *h5, hid_t list, hid_t type, hsize_t row, void *value
) {
  hsize_t one = 1;
  hid_t from = h5->H5Dget_space(list), to = h5->H5Screate_simple(1, &one, 0);
  int status = from < 0 || to < 0
    || h5->H5Sselect_hyperslab(from, H5S_SELECT_SET, &row, 0, &one, 0);
  if (!status) status = h5->H5Dread(list, type, to, from, H5P_DEFAULT, value) < 0;
  if (from >= 0) h5->H5Sclose(from);
  if (to >= 0) h5->H5Sclose(to);
  return status;
}

/// The bytes of a row, to be freed by the caller; 0 if it went well.
static inline int ft_hdf5_read_bytes(
  const ft_hdf5 *h5, hid_t list, hsize_t row, void **bytes, size_t *count
) {
  hvl_t value = {0, 0};
  hid_t type = h5->H5Tvlen_create(*h5->H5T_NATIVE_UCHAR_g);
  int status = type < 0 || ft_hdf5_read(h5, list, type, row, &value);
  if (type >= 0) h5->H5Tclose(type);
  *bytes = value.p;
  *count = value.len;
  return status;
}

/// The text of a row, to be freed by the caller; 0 if it went well.
static inline int ft_hdf5_read_text(const ft_hdf5 *h5, hid_t list, hsize_t row, char **text) {
  hid_t type = h5->H5Tcopy(*h5->H5T_C_S1_g);
  int status = type < 0 || h5->H5Tset_size(type, H5T_VARIABLE) < 0;
  if (!status) h5->H5Tset_cset(type, H5T_CSET_UTF8);
  *text = 0;
  if (!status) status = ft_hdf5_read(h5, list, type, row, text);
  if (type >= 0) h5->H5Tclose(type);
  return status;
}
