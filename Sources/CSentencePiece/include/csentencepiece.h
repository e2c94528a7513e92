// A C interface to SentencePiece's processor: every function that can fail returns a status, and no
// exception passes. Without the library (the trait is off) every call says CSP_UNAVAILABLE.
#ifndef CSENTENCEPIECE_H
#define CSENTENCEPIECE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum csp_status {
  CSP_OK = 0,
  // This build has no SentencePiece.
  CSP_UNAVAILABLE = 1,
  // The library refused the call; csp_message() says why.
  CSP_REFUSED = 2,
  CSP_NO_MEMORY = 3,
  // Something that the library does not say.
  CSP_UNKNOWN = 4
} csp_status;

// A model; it never changes, so that several threads may use it at once.
typedef struct csp_model csp_model;

// What the last failed call of this thread said, on one line; valid until the next call.
const char *_Nonnull csp_message(void);

// Reads a model from the bytes of its file, which are copied. The caller frees it.
csp_status csp_open(const void *_Nonnull bytes, size_t size, csp_model *_Nullable *_Nonnull model);

// Frees a model.
void csp_free(csp_model *_Nullable model);

// Writes the ids of a text, UTF-8 that need not end in NUL: `capacity` of them at most. `count` gets
// the number of all ids, which may be larger.
csp_status csp_encode(const csp_model *_Nonnull model, const char *_Nonnull text, size_t size,
                      int32_t *_Nonnull ids, size_t capacity, size_t *_Nonnull count);

#ifdef __cplusplus
}
#endif

#endif
