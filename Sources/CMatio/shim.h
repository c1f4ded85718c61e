#pragma once
#include "../CLoading/load.h"
#include <matio.h>

#define FT_MATIO_FUNCTIONS(X) \
  X(Mat_Open) \
  X(Mat_Close) \
  X(Mat_GetDir) \
  X(Mat_Rewind) \
  X(Mat_VarRead) \
  X(Mat_VarReadInfo) \
  X(Mat_VarReadNextInfo) \
  X(Mat_VarReadDataAll) \
  X(Mat_VarReadDataLinear) \
  X(Mat_VarGetCell) \
  X(Mat_VarGetNumberOfFields) \
  X(Mat_VarGetStructFieldnames) \
  X(Mat_VarFree)

FT_LIBRARY(ft_matio, FT_MATIO_FUNCTIONS, "libmatio.so.11", "libmatio.so")
