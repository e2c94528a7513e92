// CAGRA: Ootomo et al., "CAGRA: Highly Parallel Graph Construction and Approximate Nearest Neighbor Search
// for GPUs", arXiv:2308.15136.
#include "shim.h"

// Copies vectors to the GPU, each row padded as CAGRA's kernels want it.
static ccuvs_status upload_padded(session *session, const ccuvs_vectors *vectors,
                                  cuvsDataset_t *dataset) {
  ccuvs_status status;
  matrix host;
  matrix_view(&host, vectors->values, FLOAT32, vectors->count, vectors->dimension);
  CUVS(session->library, DatasetMakePadded, session->resources, &host.tensor, CUVS_DATASET_ON_GPU,
       dataset);
done:
  return status;
}

// Copies the links of a graph, which must have `rows` of `degree`.
static ccuvs_status download_graph(session *session, cuvsIndex *handle, int64_t rows,
                                   int64_t degree, uint32_t *graph) {
  ccuvs_status status;
  DLManagedTensor view = {0};
  CUVS(session->library, CagraIndexGetGraph, handle, &view);
  const DLTensor *tensor = &view.dl_tensor;
  if (tensor->ndim != 2 || tensor->shape[0] != rows || tensor->shape[1] != degree) {
    status = ccuvs_failed(CCUVS_REFUSED, "CagraBuild", "the graph has another shape than asked for");
    goto done;
  }
  matrix host;
  matrix_view(&host, graph, UINT32, rows, degree);
  CUVS(session->library, MatrixCopy, session->resources, &view, &host.tensor);
  CUVS(session->library, StreamSync, session->resources);
done:
  if (view.deleter != NULL) view.deleter(&view);
  return status;
}

ccuvs_status ccuvs_cagra_build(const ccuvs_library *library, const ccuvs_vectors *vectors,
                               const ccuvs_cagra_plan *plan, uint32_t *graph) {
  ccuvs_status status;
  ccuvs_index *built = NULL;
  struct cuvsCagraIndexParams *params = NULL;
  TRY(index_make(library, CAGRA, &built));
  TRY(upload_padded(&built->session, vectors, &built->dataset));
  CUVS(library, CagraIndexParamsCreate, &params);
  params->metric = distance_type(vectors->inner_product);
  params->graph_degree = (size_t)plan->degree;
  params->intermediate_graph_degree = (size_t)plan->intermediate_degree;
  params->build_algo = plan->method;
  CUVS(library, CagraBuild, built->session.resources, params, built->dataset, built->handle);
  CUVS(library, StreamSync, built->session.resources);
  TRY(download_graph(&built->session, built->handle, vectors->count, plan->degree, graph));
done:
  if (params != NULL) (void)library->CagraIndexParamsDestroy(params);
  ccuvs_free(built);
  return status;
}

ccuvs_status ccuvs_cagra(const ccuvs_library *library, const ccuvs_vectors *vectors,
                         const uint32_t *graph, int64_t degree, ccuvs_index **index) {
  ccuvs_status status;
  ccuvs_index *made = NULL;
  TRY(index_make(library, CAGRA, &made));
  session *session = &made->session;
  TRY(upload_padded(session, vectors, &made->dataset));
  TRY(matrix_upload(session, &made->graph, graph, UINT32, vectors->count, degree));
  TRY(matrix_upload(session, &made->vectors, vectors->values, FLOAT32, vectors->count,
                    vectors->dimension));
  CUVS(library, CagraIndexFromArgs, session->resources, distance_type(vectors->inner_product),
       &made->graph.tensor, &made->vectors.tensor, made->handle);
  // A search wants padded rows; the plain ones, which the call before needed, can go then.
  CUVS(library, CagraUpdateDataset, session->resources, made->dataset, made->handle);
  CUVS(library, StreamSync, session->resources);
  matrix_free(session, &made->vectors);
  *index = made;
  return CCUVS_OK;
done:
  ccuvs_free(made);
  return status;
}
