// What the parts of the shim share.
#pragma once

#include "abi.h"
#include "ccuvs.h"

struct ccuvs_library {
#define CCUVS_MEMBER(name, arguments) cuvsError_t(*name) arguments;
  CUVS_FUNCTIONS(CCUVS_MEMBER)
#undef CCUVS_MEMBER
  const char *(*GetLastErrorText)(void);
  int32_t version[3];
};

// Keeps a message, "what: why", for ccuvs_message(), on one line; returns the status.
ccuvs_status ccuvs_failed(ccuvs_status status, const char *what, const char *why);

// What a call of cuVS, of a function's name, came to.
ccuvs_status ccuvs_checked(const ccuvs_library *library, cuvsError_t result, const char *name);

// Calls a function of cuVS, and goes to `done` where it fails; there is a `status`.
#define CUVS(library, name, ...)                                                                   \
  do {                                                                                             \
    status = ccuvs_checked(library, (library)->name(__VA_ARGS__), #name);                          \
    if (status != CCUVS_OK) goto done;                                                             \
  } while (0)

// The same for a function of the shim.
#define TRY(call)                                                                                  \
  do {                                                                                             \
    status = (call);                                                                               \
    if (status != CCUVS_OK) goto done;                                                             \
  } while (0)

// A stream of work on the GPU.
typedef struct session {
  const ccuvs_library *library;
  cuvsResources_t resources;
  int device;
} session;

ccuvs_status session_begin(session *session, const ccuvs_library *library);
void session_end(session *session);

// Rows of numbers on the host or the GPU. It points into itself: it must stay where it is.
typedef struct matrix {
  DLManagedTensor tensor;
  int64_t shape[2];
  // Bytes to be freed; 0 for a view.
  size_t owned;
} matrix;

typedef enum element { FLOAT32, UINT32, INT64 } element;

// A view of numbers of the host.
void matrix_view(matrix *matrix, const void *data, element element, int64_t rows, int64_t columns);

// Room on the GPU.
ccuvs_status matrix_make(session *session, matrix *matrix, element element, int64_t rows,
                         int64_t columns);

// Room on the GPU with numbers of the host.
ccuvs_status matrix_upload(session *session, matrix *matrix, const void *data, element element,
                           int64_t rows, int64_t columns);

// Copies all numbers, and waits for it.
ccuvs_status matrix_copy(session *session, matrix *from, matrix *to);

// Gives room back; nothing for a view, and for what was never made.
void matrix_free(session *session, matrix *matrix);

typedef enum kind { FLAT, CAGRA, IVFPQ } kind;

struct ccuvs_index {
  session session;
  kind kind;
  cuvsIndex *handle;
  // What the index looks at on the GPU, where it has no copy of its own.
  cuvsDataset_t dataset;
  matrix vectors;
  matrix graph;
};

// An index without content, whose session has begun; freed by ccuvs_free, also half made.
ccuvs_status index_make(const ccuvs_library *library, kind kind, ccuvs_index **index);

static inline cuvsDistanceType distance_type(bool inner_product) {
  return inner_product ? CUVS_INNER_PRODUCT : CUVS_L2_EXPANDED;
}
