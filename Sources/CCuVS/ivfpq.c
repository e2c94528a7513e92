// Cells of product-quantized vectors: Jégou, Douze and Schmid, doi:10.1109/TPAMI.2010.57.
#define _GNU_SOURCE
#include <sys/mman.h>

#include "shim.h"

int32_t ccuvs_memory_file(void) { return memfd_create("needle-cuvs", MFD_CLOEXEC); }

ccuvs_status ccuvs_ivfpq_build(const ccuvs_library *library, const ccuvs_vectors *vectors,
                               const ccuvs_ivfpq_plan *plan, const char *path) {
  ccuvs_status status;
  ccuvs_index *built = NULL;
  struct cuvsIvfPqIndexParams *params = NULL;
  TRY(index_make(library, IVFPQ, &built));
  session *session = &built->session;
  // From the host: cuVS brings parts of it to the GPU, so that vectors may exceed its memory.
  matrix host;
  matrix_view(&host, vectors->values, FLOAT32, vectors->count, vectors->dimension);
  CUVS(library, IvfPqIndexParamsCreate, &params);
  params->metric = distance_type(vectors->inner_product);
  params->n_lists = (uint32_t)plan->nlist;
  params->pq_dim = (uint32_t)plan->pq_dim;
  params->pq_bits = (uint32_t)plan->pq_bits;
  params->kmeans_n_iters = (uint32_t)plan->iterations;
  params->kmeans_trainset_fraction = plan->share;
  CUVS(library, IvfPqBuild, session->resources, params, &host.tensor, built->handle);
  CUVS(library, StreamSync, session->resources);
  CUVS(library, IvfPqSerialize, session->resources, path, built->handle);
done:
  if (params != NULL) (void)library->IvfPqIndexParamsDestroy(params);
  ccuvs_free(built);
  return status;
}

ccuvs_status ccuvs_ivfpq(const ccuvs_library *library, const char *path, ccuvs_index **index) {
  ccuvs_status status;
  ccuvs_index *made = NULL;
  TRY(index_make(library, IVFPQ, &made));
  // The kind of values is not in the file.
  made->handle->dtype = (DLDataType){DL_FLOAT, 32, 1};
  CUVS(library, IvfPqDeserialize, made->session.resources, path, made->handle);
  CUVS(library, StreamSync, made->session.resources);
  *index = made;
  return CCUVS_OK;
done:
  ccuvs_free(made);
  return status;
}
