// Reading one dataset of an HDF5 file, through libhdf5.
//
// The library is not thread-safe: callers see to it that one call runs at a time. It is never
// allowed to print; every function returns a status, and on failure leaves one line without a
// period in the caller's message buffer.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum chdf5_status {
  CHDF5_OK = 0,
  CHDF5_CANNOT_OPEN = 1,  // the library refuses the file: foreign, truncated, locked
  CHDF5_NO_DATASET = 2,   // no dataset of this name; the message lists those there are
  CHDF5_UNSUITABLE = 3,   // no dataset that can be opened, or none of plain numbers
  CHDF5_FAILED = 4,       // reading failed
} chdf5_status;

typedef enum chdf5_class {
  CHDF5_INTEGER = 0,
  CHDF5_FLOAT = 1,
} chdf5_class;

enum { chdf5_max_rank = 32 };

// What a dataset holds and how it is stored.
typedef struct chdf5_info {
  int32_t rank;
  uint64_t dims[chdf5_max_rank];  // the first `rank` count
  chdf5_class number_class;
  uint64_t element_size;  // bytes
  int32_t is_signed;      // for integers
  // Whether elements are plain native numbers that lie one after the other in the file itself, so
  // that a mapping of the file can be read instead.
  int32_t is_plain;
  uint64_t offset;        // in bytes from the file's start, where is_plain
  uint64_t stored_bytes;  // what the elements take in the file
} chdf5_info;

typedef struct chdf5_dataset chdf5_dataset;

// Opens a dataset for reading; *dataset is set only on CHDF5_OK, and must be closed.
chdf5_status chdf5_open(const char *path, const char *name,
                        chdf5_dataset *_Nullable *_Nonnull dataset, chdf5_info *info,
                        char *message, size_t message_size);

// Reads `count` rows from `first_row` on of a dataset of rank 2, converted to float:
// [count, dims[1]].
chdf5_status chdf5_read_float(chdf5_dataset *dataset, uint64_t first_row, uint64_t count,
                              float *values, char *message, size_t message_size);

// The same as 64-bit integers; only for datasets of integers.
chdf5_status chdf5_read_int64(chdf5_dataset *dataset, uint64_t first_row, uint64_t count,
                              int64_t *values, char *message, size_t message_size);

// Releases the dataset and its file.
void chdf5_close(chdf5_dataset *dataset);

#pragma clang assume_nonnull end
