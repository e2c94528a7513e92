// Searches of all kinds: queries go to the GPU, rows and scores come back.
#include "shim.h"

static ccuvs_status ask_flat(ccuvs_index *index, matrix *queries, matrix *rows, matrix *scores) {
  ccuvs_status status;
  const cuvsFilter none = {0, 0};
  CUVS(index->session.library, BruteForceSearch, index->session.resources, index->handle,
       &queries->tensor, &rows->tensor, &scores->tensor, none);
done:
  return status;
}

static ccuvs_status ask_cagra(ccuvs_index *index, const ccuvs_search_plan *plan, matrix *queries,
                              matrix *rows, matrix *scores) {
  ccuvs_status status;
  const ccuvs_library *library = index->session.library;
  const cuvsFilter none = {0, 0};
  struct cuvsCagraSearchParams *params = NULL;
  CUVS(library, CagraSearchParamsCreate, &params);
  params->itopk_size = (size_t)plan->itopk_size;
  params->search_width = (size_t)plan->search_width;
  CUVS(library, CagraSearch, index->session.resources, params, index->handle, &queries->tensor,
       &rows->tensor, &scores->tensor, none);
done:
  if (params != NULL) (void)library->CagraSearchParamsDestroy(params);
  return status;
}

static ccuvs_status ask_ivfpq(ccuvs_index *index, const ccuvs_search_plan *plan, matrix *queries,
                              matrix *rows, matrix *scores) {
  ccuvs_status status;
  const ccuvs_library *library = index->session.library;
  struct cuvsIvfPqSearchParams *params = NULL;
  CUVS(library, IvfPqSearchParamsCreate, &params);
  params->n_probes = (uint32_t)plan->n_probes;
  CUVS(library, IvfPqSearch, index->session.resources, params, index->handle, &queries->tensor,
       &rows->tensor, &scores->tensor);
done:
  if (params != NULL) (void)library->IvfPqSearchParamsDestroy(params);
  return status;
}

ccuvs_status ccuvs_search(ccuvs_index *index, const ccuvs_search_plan *plan, const float *queries,
                          int64_t n, int64_t dimension, int64_t *rows, float *scores) {
  ccuvs_status status;
  session *session = &index->session;
  matrix asked = {0}, found = {0}, scored = {0};
  TRY(matrix_upload(session, &asked, queries, FLOAT32, n, dimension));
  TRY(matrix_make(session, &found, INT64, n, plan->k));
  TRY(matrix_make(session, &scored, FLOAT32, n, plan->k));
  switch (index->kind) {
    case FLAT: TRY(ask_flat(index, &asked, &found, &scored)); break;
    case CAGRA: TRY(ask_cagra(index, plan, &asked, &found, &scored)); break;
    case IVFPQ: TRY(ask_ivfpq(index, plan, &asked, &found, &scored)); break;
  }
  matrix to;
  matrix_view(&to, rows, INT64, n, plan->k);
  TRY(matrix_copy(session, &found, &to));
  matrix_view(&to, scores, FLOAT32, n, plan->k);
  TRY(matrix_copy(session, &scored, &to));
done:
  matrix_free(session, &asked);
  matrix_free(session, &found);
  matrix_free(session, &scored);
  return status;
}
