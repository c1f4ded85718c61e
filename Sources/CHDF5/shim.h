#pragma once
#include <hdf5.h>
#include <stdlib.h>

/* HDF5's types are macros over variables, so that Swift cannot name them. */

/// HDF5 prints each failed call to the error stream unless it is told not to.
static inline void ft_hdf5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, 0, 0); }

static inline hid_t ft_hdf5_open(const char *path) {
  return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

/// Opens a data set of one dimension; negative if there is none.
static inline hid_t ft_hdf5_open_list(hid_t file, const char *name, hsize_t *count) {
  if (H5Lexists(file, name, H5P_DEFAULT) <= 0) return -1;
  hid_t list = H5Dopen2(file, name, H5P_DEFAULT);
  if (list < 0) return -1;
  hid_t space = H5Dget_space(list);
  hsize_t lengths[H5S_MAX_RANK];
  int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
  if (rank == 1) rank = H5Sget_simple_extent_dims(space, lengths, 0);
  if (space >= 0) H5Sclose(space);
  if (rank == 1) {
    *count = lengths[0];
    return list;
  }
  H5Dclose(list);
  return -1;
}

/// 1 for lists of bytes of any length, 2 for texts of any length, 0 for all else.
static inline int ft_hdf5_kind(hid_t list) {
  hid_t type = H5Dget_type(list);
  if (type < 0) return 0;
  int kind = 0;
  if (H5Tget_class(type) == H5T_VLEN) {
    hid_t base = H5Tget_super(type);
    if (base >= 0) {
      kind = H5Tget_class(base) == H5T_INTEGER && H5Tget_size(base) == 1;
      H5Tclose(base);
    }
  } else if (H5Tis_variable_str(type) > 0) {
    kind = 2;
  }
  H5Tclose(type);
  return kind;
}

static inline int ft_hdf5_read(hid_t list, hid_t type, hsize_t row, void *value) {
  hsize_t one = 1;
  hid_t from = H5Dget_space(list), to = H5Screate_simple(1, &one, 0);
  int status = from < 0 || to < 0 || H5Sselect_hyperslab(from, H5S_SELECT_SET, &row, 0, &one, 0);
  if (!status) status = H5Dread(list, type, to, from, H5P_DEFAULT, value) < 0;
  if (from >= 0) H5Sclose(from);
  if (to >= 0) H5Sclose(to);
  return status;
}

/// The bytes of a row, to be freed by the caller; 0 if it went well.
static inline int ft_hdf5_read_bytes(hid_t list, hsize_t row, void **bytes, size_t *count) {
  hvl_t value = {0, 0};
  hid_t type = H5Tvlen_create(H5T_NATIVE_UCHAR);
  int status = type < 0 || ft_hdf5_read(list, type, row, &value);
  if (type >= 0) H5Tclose(type);
  *bytes = value.p;
  *count = value.len;
  return status;
}

/// The text of a row, to be freed by the caller; 0 if it went well.
static inline int ft_hdf5_read_text(hid_t list, hsize_t row, char **text) {
  hid_t type = H5Tcopy(H5T_C_S1);
  int status = type < 0 || H5Tset_size(type, H5T_VARIABLE) < 0;
  if (!status) H5Tset_cset(type, H5T_CSET_UTF8);
  *text = 0;
  if (!status) status = ft_hdf5_read(list, type, row, text);
  if (type >= 0) H5Tclose(type);
  return status;
}
