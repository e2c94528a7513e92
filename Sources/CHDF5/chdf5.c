#include "chdf5.h"

#include <hdf5.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The flags of H5Fopen check that headers and library have the same release number, and abort the
// process where they do not. The library's soname already says that they are compatible.
#undef H5CHECK
#define H5CHECK

struct chdf5_dataset {
  hid_t file;
  hid_t dataset;
  uint64_t columns;
};

// MARK: errors

// The library's error printing while one of our calls runs: off, and afterwards as it was.
typedef struct quiet {
  H5E_auto2_t function;
  void *data;
  int saved;
} quiet;

static quiet silence(void) {
  quiet before = {NULL, NULL, 0};
  H5open();
  before.saved = H5Eget_auto2(H5E_DEFAULT, &before.function, &before.data) >= 0;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  return before;
}

static void restore(quiet before) {
  H5Eclear2(H5E_DEFAULT);
  if (before.saved) H5Eset_auto2(H5E_DEFAULT, before.function, before.data);
}

__attribute__((format(printf, 3, 4))) static void say(char *message, size_t size,
                                                      const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, size, format, arguments);
  va_end(arguments);
}

// The innermost record is the one that says what is wrong with the file. Every call of the library
// forgets the errors of the one before, so that the reason must be taken before anything is closed.
static herr_t first_record(unsigned number, const H5E_error2_t *record, void *data) {
  const char **description = data;
  if (number == 0) *description = record->desc;
  return 0;
}

static void say_why(char *message, size_t size) {
  const char *description = NULL;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first_record, &description);
  say(message, size, "%s", description ? description : "libhdf5 gives no reason");
}

// MARK: opening

// A file that is to be trusted as little as any other must not make us read further files.
static herr_t refuse_link(const char *parent_file, const char *parent_group,
                          const char *child_file, const char *child_object, unsigned *flags,
                          hid_t access, void *data) {
  (void)parent_file, (void)parent_group, (void)child_file, (void)child_object;
  (void)flags, (void)access, (void)data;
  return -1;
}

typedef struct listing {
  char *text;
  size_t size;
  size_t used;
} listing;

static herr_t append_dataset(hid_t group, const char *name, const H5L_info_t *link, void *data) {
  listing *names = data;
  if (link->type == H5L_TYPE_EXTERNAL) return 0;
  const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) return 0;
  if (H5Iget_type(object) == H5I_DATASET && names->used + 1 < names->size) {
    const int written = snprintf(names->text + names->used, names->size - names->used, "%s%s",
                                 names->used > 0 ? ", " : "", name);
    if (written > 0) names->used += (size_t)written;
  }
  H5Oclose(object);
  return 0;
}

static void say_which(hid_t file, const char *name, char *message, size_t size) {
  char names[512] = "";
  listing all = {names, sizeof names, 0};
  H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, NULL, append_dataset, &all);
  say(message, size, "no dataset '%s'; there %s", name, all.used > 0 ? "are " : "is none");
  const size_t length = strlen(message);
  say(message + length, size - length, "%s", names);
}

static hid_t open_file(const char *path, char *message, size_t size) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7)
  // A file system that knows no locks is no reason to refuse to read.
  H5Pset_file_locking(access, 1, 1);
#endif
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
  if (file < 0) say_why(message, size);
  H5Pclose(access);
  return file;
}

static hid_t open_dataset(hid_t file, const char *name, char *message, size_t size) {
  const hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
  // Rows are read in order: a chunk that has been read is not needed again, and one chunk of any
  // usual size must fit.
  H5Pset_chunk_cache(access, 12421, 64 << 20, 1.0);
  H5Pset_elink_cb(access, refuse_link, NULL);
  const hid_t dataset = H5Dopen2(file, name, access);
  if (dataset < 0) say_why(message, size);
  H5Pclose(access);
  return dataset;
}

// MARK: describing

static int is_native(hid_t type) {
  const hid_t natives[] = {H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE, H5T_NATIVE_SCHAR,
                           H5T_NATIVE_UCHAR, H5T_NATIVE_INT32,  H5T_NATIVE_INT64};
  for (size_t i = 0; i < sizeof natives / sizeof *natives; i++) {
    if (H5Tequal(type, natives[i]) > 0) return 1;
  }
  return 0;
}

static const char *class_name(H5T_class_t class) {
  switch (class) {
    case H5T_STRING: return "strings";
    case H5T_COMPOUND: return "compound elements";
    case H5T_ENUM: return "enumerated values";
    case H5T_VLEN: return "rows of varying length";
    case H5T_REFERENCE: return "references";
    case H5T_ARRAY: return "arrays as elements";
    default: return "elements of another kind";
  }
}

static chdf5_status describe_type(hid_t dataset, chdf5_info *info, char *message, size_t size) {
  const hid_t type = H5Dget_type(dataset);
  if (type < 0) {
    say_why(message, size);
    return CHDF5_FAILED;
  }
  const H5T_class_t class = H5Tget_class(type);
  info->number_class = class == H5T_FLOAT ? CHDF5_FLOAT : CHDF5_INTEGER;
  info->element_size = H5Tget_size(type);
  info->is_signed = class == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_2;
  info->is_plain = is_native(type);
  H5Tclose(type);
  if (class == H5T_INTEGER || class == H5T_FLOAT) return CHDF5_OK;
  say(message, size, "holds %s, not numbers", class_name(class));
  return CHDF5_UNSUITABLE;
}

static chdf5_status describe_layout(hid_t dataset, chdf5_info *info, char *message, size_t size) {
  const hid_t creation = H5Dget_create_plist(dataset);
  if (creation < 0) {
    say_why(message, size);
    return CHDF5_FAILED;
  }
  const H5D_layout_t layout = H5Pget_layout(creation);
  const int external = H5Pget_external_count(creation) > 0;
  H5Pclose(creation);
  if (layout == H5D_VIRTUAL || external) {
    say(message, size, "keeps its elements in other files");
    return CHDF5_UNSUITABLE;
  }
  const haddr_t offset = H5Dget_offset(dataset);
  info->stored_bytes = H5Dget_storage_size(dataset);
  info->is_plain = info->is_plain && layout == H5D_CONTIGUOUS && offset != HADDR_UNDEF;
  info->offset = info->is_plain ? offset : 0;
  return CHDF5_OK;
}

static chdf5_status describe_shape(hid_t dataset, chdf5_info *info, char *message, size_t size) {
  const hid_t space = H5Dget_space(dataset);
  hsize_t dims[chdf5_max_rank] = {0};
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank > chdf5_max_rank || H5Sget_simple_extent_dims(space, dims, NULL) < 0) rank = -1;
  if (rank < 0) say_why(message, size);
  if (space >= 0) H5Sclose(space);
  if (rank < 0) return CHDF5_FAILED;
  info->rank = rank;
  for (int i = 0; i < rank; i++) info->dims[i] = dims[i];
  return CHDF5_OK;
}

static chdf5_status describe(hid_t dataset, chdf5_info *info, char *message, size_t size) {
  memset(info, 0, sizeof *info);
  chdf5_status status = describe_type(dataset, info, message, size);
  if (status == CHDF5_OK) status = describe_shape(dataset, info, message, size);
  if (status == CHDF5_OK) status = describe_layout(dataset, info, message, size);
  return status;
}

// MARK: the interface

static chdf5_status open_quietly(const char *path, const char *name, chdf5_dataset **result,
                                 chdf5_info *info, char *message, size_t size) {
  const hid_t file = open_file(path, message, size);
  if (file < 0) return CHDF5_CANNOT_OPEN;
  chdf5_status status = CHDF5_OK;
  chdf5_dataset *opened = NULL;
  const hid_t dataset = open_dataset(file, name, message, size);
  if (dataset < 0 && H5Lexists(file, name, H5P_DEFAULT) > 0) {
    status = CHDF5_UNSUITABLE;
  } else if (dataset < 0) {
    say_which(file, name, message, size);
    status = CHDF5_NO_DATASET;
  } else {
    status = describe(dataset, info, message, size);
  }
  if (status == CHDF5_OK && !(opened = malloc(sizeof *opened))) {
    say(message, size, "out of memory");
    status = CHDF5_FAILED;
  }
  if (!opened) {
    if (dataset >= 0) H5Dclose(dataset);
    H5Fclose(file);
    return status;
  }
  *opened = (chdf5_dataset){file, dataset, info->rank == 2 ? info->dims[1] : 0};
  *result = opened;
  return CHDF5_OK;
}

chdf5_status chdf5_open(const char *path, const char *name, chdf5_dataset **dataset,
                        chdf5_info *info, char *message, size_t message_size) {
  const quiet before = silence();
  const chdf5_status status = open_quietly(path, name, dataset, info, message, message_size);
  restore(before);
  return status;
}

static chdf5_status read_rows(chdf5_dataset *dataset, uint64_t first_row, uint64_t count,
                              hid_t type, void *values, char *message, size_t size) {
  const hsize_t start[2] = {first_row, 0};
  const hsize_t shape[2] = {count, dataset->columns};
  const hid_t space = H5Dget_space(dataset->dataset);
  const hid_t memory = H5Screate_simple(2, shape, NULL);
  herr_t done = -1;
  if (space >= 0 && memory >= 0 &&
      H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, shape, NULL) >= 0) {
    done = H5Dread(dataset->dataset, type, memory, space, H5P_DEFAULT, values);
  }
  if (done < 0) say_why(message, size);
  if (memory >= 0) H5Sclose(memory);
  if (space >= 0) H5Sclose(space);
  return done < 0 ? CHDF5_FAILED : CHDF5_OK;
}

static chdf5_status read_quietly(chdf5_dataset *dataset, uint64_t first_row, uint64_t count,
                                 hid_t type, void *values, char *message, size_t size) {
  if (count == 0) return CHDF5_OK;
  const quiet before = silence();
  const chdf5_status status = dataset->columns > 0
      ? read_rows(dataset, first_row, count, type, values, message, size)
      : CHDF5_UNSUITABLE;
  restore(before);
  return status;
}

chdf5_status chdf5_read_float(chdf5_dataset *dataset, uint64_t first_row, uint64_t count,
                              float *values, char *message, size_t message_size) {
  return read_quietly(dataset, first_row, count, H5T_NATIVE_FLOAT, values, message, message_size);
}

chdf5_status chdf5_read_int64(chdf5_dataset *dataset, uint64_t first_row, uint64_t count,
                              int64_t *values, char *message, size_t message_size) {
  return read_quietly(dataset, first_row, count, H5T_NATIVE_INT64, values, message, message_size);
}

void chdf5_close(chdf5_dataset *dataset) {
  const quiet before = silence();
  H5Dclose(dataset->dataset);
  H5Fclose(dataset->file);
  free(dataset);
  restore(before);
}
