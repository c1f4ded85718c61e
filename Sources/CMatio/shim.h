#pragma once
#include <H5Epublic.h>
#include <matio.h>

/// HDF5 prints each failed call to the error stream unless it is told not to.
static inline void ft_hdf5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, 0, 0); }
