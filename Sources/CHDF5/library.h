// What the child does with libhdf5. Nothing is released: the child ends at once.
#pragma once

#include "chdf5.h"

#pragma clang assume_nonnull begin

// What values are wanted as.
typedef enum library_values {
  LIBRARY_FLOAT,
  LIBRARY_INT64,
} library_values;

// See chdf5_describe.
chdf5_status library_describe(const char *path, const char *name, chdf5_info *info, char *message,
                              size_t size);

// See chdf5_read_float and chdf5_read_int64.
chdf5_status library_read(const char *path, const char *name, chdf5_rows rows,
                          library_values kind, void *values, char *message, size_t size);

#pragma clang assume_nonnull end
