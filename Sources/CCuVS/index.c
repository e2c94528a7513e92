// Indexes on the GPU.
#include <stdlib.h>

#include "shim.h"

ccuvs_status index_make(const ccuvs_library *library, kind kind, ccuvs_index **index) {
  ccuvs_status status;
  ccuvs_index *made = calloc(1, sizeof *made);
  if (made == NULL) return ccuvs_failed(CCUVS_NO_MEMORY, "index", "out of memory");
  made->kind = kind;
  TRY(session_begin(&made->session, library));
  switch (kind) {
    case FLAT: CUVS(library, BruteForceIndexCreate, &made->handle); break;
    case CAGRA: CUVS(library, CagraIndexCreate, &made->handle); break;
    case IVFPQ: CUVS(library, IvfPqIndexCreate, &made->handle); break;
  }
  *index = made;
  return CCUVS_OK;
done:
  ccuvs_free(made);
  return status;
}

void ccuvs_free(ccuvs_index *index) {
  if (index == NULL) return;
  const ccuvs_library *library = index->session.library;
  if (index->handle != NULL) {
    switch (index->kind) {
      case FLAT: (void)library->BruteForceIndexDestroy(index->handle); break;
      case CAGRA: (void)library->CagraIndexDestroy(index->handle); break;
      case IVFPQ: (void)library->IvfPqIndexDestroy(index->handle); break;
    }
  }
  if (index->dataset != NULL) (void)library->DatasetDestroy(index->dataset);
  matrix_free(&index->session, &index->vectors);
  matrix_free(&index->session, &index->graph);
  session_end(&index->session);
  free(index);
}

ccuvs_status ccuvs_flat(const ccuvs_library *library, const ccuvs_vectors *vectors,
                        ccuvs_index **index) {
  ccuvs_status status;
  ccuvs_index *made = NULL;
  TRY(index_make(library, FLAT, &made));
  TRY(matrix_upload(&made->session, &made->vectors, vectors->values, FLOAT32, vectors->count,
                    vectors->dimension));
  CUVS(library, BruteForceBuild, made->session.resources, &made->vectors.tensor,
       distance_type(vectors->inner_product), 2.0f, made->handle);
  CUVS(library, StreamSync, made->session.resources);
  *index = made;
  return CCUVS_OK;
done:
  ccuvs_free(made);
  return status;
}
