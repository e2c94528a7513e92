#include "library.h"

#include <hdf5.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// The flags of H5Fopen check that headers and library have the same release number, and abort the
// process where they do not. The library's soname already says that they are compatible.
#undef H5CHECK
#define H5CHECK

// MARK: errors

__attribute__((format(printf, 3, 4))) static void say(char *message, size_t size,
                                                      const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, size, format, arguments);
  va_end(arguments);
}

// The innermost record is the one that says what is wrong with the file. Every call of the library
// forgets the errors of the one before, so that the reason must be taken at once.
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
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation) > 0) {
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
  if (rank < 0) {
    say_why(message, size);
    return CHDF5_FAILED;
  }
  info->rank = rank;
  for (int i = 0; i < rank; i++) info->dims[i] = dims[i];
  return CHDF5_OK;
}

// MARK: the interface

// Opens a dataset, or says why not.
static chdf5_status open_by_name(const char *path, const char *name, hid_t *dataset,
                                 char *message, size_t size) {
  H5open();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  const hid_t file = open_file(path, message, size);
  if (file < 0) return CHDF5_CANNOT_OPEN;
  *dataset = open_dataset(file, name, message, size);
  if (*dataset >= 0) return CHDF5_OK;
  if (H5Lexists(file, name, H5P_DEFAULT) > 0) return CHDF5_UNSUITABLE;
  say_which(file, name, message, size);
  return CHDF5_NO_DATASET;
}

chdf5_status library_describe(const char *path, const char *name, chdf5_info *info, char *message,
                              size_t size) {
  hid_t dataset = -1;
  chdf5_status status = open_by_name(path, name, &dataset, message, size);
  if (status == CHDF5_OK) status = describe_type(dataset, info, message, size);
  if (status == CHDF5_OK) status = describe_shape(dataset, info, message, size);
  if (status == CHDF5_OK) status = describe_layout(dataset, info, message, size);
  return status;
}

chdf5_status library_read(const char *path, const char *name, chdf5_rows rows,
                          library_values kind, void *values, char *message, size_t size) {
  hid_t dataset = -1;
  const chdf5_status status = open_by_name(path, name, &dataset, message, size);
  if (status != CHDF5_OK) return status;
  const hid_t space = H5Dget_space(dataset);
  hsize_t dims[chdf5_max_rank] = {0};
  if (H5Sget_simple_extent_ndims(space) != 2 ||
      H5Sget_simple_extent_dims(space, dims, NULL) != 2 || dims[1] != rows.columns ||
      rows.count > dims[0] || rows.first > dims[0] - rows.count) {
    say(message, size, "the dataset has changed since it was opened");
    return CHDF5_FAILED;
  }
  const hsize_t start[2] = {rows.first, 0};
  const hsize_t shape[2] = {rows.count, rows.columns};
  const hid_t memory = H5Screate_simple(2, shape, NULL);
  const hid_t type = kind == LIBRARY_FLOAT ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT64;
  if (memory < 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, shape, NULL) < 0 ||
      H5Dread(dataset, type, memory, space, H5P_DEFAULT, values) < 0) {
    say_why(message, size);
    return CHDF5_FAILED;
  }
  return CHDF5_OK;
}
