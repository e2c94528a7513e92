// Reading one dataset of an HDF5 file, through libhdf5 in a process of its own.
//
// libhdf5 trusts its files: a flipped byte can make it overwrite memory, crash, abort or print. So
// every call here forks a child that opens the file, does the one thing and ends; whatever happens
// to the child, the caller gets a status, and on failure one line without a period in its message
// buffer. The child's address space is also what makes calls from several threads safe.
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
  CHDF5_CRASHED = 5,      // the child ended before it had answered
  CHDF5_NO_PROCESS = 6,   // the system gives no memory or no process
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

// Looks at a dataset.
chdf5_status chdf5_describe(const char *path, const char *name, chdf5_info *info, char *message,
                            size_t message_size);

// Some rows of a dataset of rank 2.
typedef struct chdf5_rows {
  uint64_t first;
  uint64_t count;
  uint64_t columns;  // what chdf5_describe said in dims[1]
} chdf5_rows;

// Reads rows, converted to float: [rows.count, rows.columns].
chdf5_status chdf5_read_float(const char *path, const char *name, chdf5_rows rows, float *values,
                              char *message, size_t message_size);

// The same as 64-bit integers; for datasets of integers.
chdf5_status chdf5_read_int64(const char *path, const char *name, chdf5_rows rows,
                              int64_t *values, char *message, size_t message_size);

#pragma clang assume_nonnull end
