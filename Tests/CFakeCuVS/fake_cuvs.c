#include "fake_cuvs.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"

static _Thread_local char last_error[256];
static _Atomic(const char *) failing;
static _Atomic int64_t living;
static _Atomic uint64_t graph_sum;
static uint16_t release[3] = {26, 10, 0};

void fake_cuvs_fail(const char *name) { failing = name; }
int64_t fake_cuvs_living(void) { return living; }
uint64_t fake_cuvs_graph_sum(void) { return graph_sum; }

void fake_cuvs_set_version(uint16_t year, uint16_t month, uint16_t patch) {
  release[0] = year;
  release[1] = month;
  release[2] = patch;
}

static cuvsError_t refuse(const char *why) {
  snprintf(last_error, sizeof last_error, "fake cuVS:\n%s\nObtained 23 stack frames", why);
  return 0;
}

// Every function begins with this.
#define BEGIN(name)                                                                                \
  do {                                                                                             \
    const char *failing_now = failing;                                                             \
    if (failing_now != NULL && strcmp(failing_now, #name) == 0) return refuse("told to fail");     \
  } while (0)

static const char *GetLastErrorText(void) { return last_error; }

static cuvsError_t VersionGet(uint16_t *year, uint16_t *month, uint16_t *patch) {
  BEGIN(VersionGet);
  *year = release[0];
  *month = release[1];
  *patch = release[2];
  return CUVS_SUCCESS;
}

// MARK: Memory

static void *made(size_t bytes) {
  living++;
  return calloc(1, bytes);
}

static cuvsError_t unmade(void *thing) {
  living--;
  free(thing);
  return CUVS_SUCCESS;
}

static cuvsError_t ResourcesCreate(cuvsResources_t *resources) {
  BEGIN(ResourcesCreate);
  *resources = (cuvsResources_t)made(1);
  return CUVS_SUCCESS;
}

static cuvsError_t ResourcesDestroy(cuvsResources_t resources) {
  return unmade((void *)resources);
}

static cuvsError_t StreamSync(cuvsResources_t resources) {
  BEGIN(StreamSync);
  return resources == 0 ? refuse("no session") : CUVS_SUCCESS;
}

static cuvsError_t DeviceIdGet(cuvsResources_t resources, int *device) {
  BEGIN(DeviceIdGet);
  (void)resources;
  *device = 3;
  return CUVS_SUCCESS;
}

static cuvsError_t RMMAlloc(cuvsResources_t resources, void **data, size_t bytes) {
  BEGIN(RMMAlloc);
  (void)resources;
  if (bytes == 0) return refuse("an allocation of nothing");
  living += (int64_t)bytes;
  *data = malloc(bytes);
  memset(*data, 0x5a, bytes);
  return CUVS_SUCCESS;
}

static cuvsError_t RMMFree(cuvsResources_t resources, void *data, size_t bytes) {
  (void)resources;
  living -= (int64_t)bytes;
  memset(data, 0xa5, bytes);
  free(data);
  return CUVS_SUCCESS;
}

static size_t bytes_of(const DLTensor *tensor) {
  return (size_t)tensor->shape[0] * (size_t)tensor->shape[1] * (tensor->dtype.bits / 8);
}

static int is_on(const DLTensor *tensor, int place) {
  int device = place == DL_GPU ? 3 : 0;
  return tensor->device.type == place && tensor->device.id == device;
}

static cuvsError_t MatrixCopy(cuvsResources_t resources, DLManagedTensor *from,
                              DLManagedTensor *to) {
  BEGIN(MatrixCopy);
  (void)resources;
  const DLTensor *a = &from->dl_tensor, *b = &to->dl_tensor;
  if (a->ndim != 2 || b->ndim != 2 || a->shape[0] != b->shape[0] || a->shape[1] != b->shape[1])
    return refuse("shape mismatch");
  if (a->dtype.code != b->dtype.code || a->dtype.bits != b->dtype.bits)
    return refuse("dtype mismatch");
  memcpy(b->data, a->data, bytes_of(a));
  return CUVS_SUCCESS;
}

// MARK: Datasets and indexes

struct cuvsDataset {
  int64_t shape[2];
  float values[];
};

static cuvsError_t DatasetMakePadded(cuvsResources_t resources, DLManagedTensor *tensor, int place,
                                     cuvsDataset_t *dataset) {
  BEGIN(DatasetMakePadded);
  (void)resources;
  const DLTensor *source = &tensor->dl_tensor;
  if (place != CUVS_DATASET_ON_GPU || source->dtype.code != DL_FLOAT)
    return refuse("another dataset than expected");
  cuvsDataset_t copy = made(sizeof *copy + bytes_of(source));
  memcpy(copy->shape, source->shape, sizeof copy->shape);
  memcpy(copy->values, source->data, bytes_of(source));
  *dataset = copy;
  return CUVS_SUCCESS;
}

static cuvsError_t DatasetDestroy(cuvsDataset_t dataset) { return unmade(dataset); }

// What `addr` of an index points to: rows that somebody else owns, but those of an IVF-PQ.
typedef struct content {
  const float *values;
  int64_t count, dimension, degree;
  uint32_t *graph;
  int owns_values, is_searchable, by_product;
} content;

static cuvsError_t index_create(cuvsIndex **index) {
  *index = made(sizeof **index);
  return CUVS_SUCCESS;
}

static cuvsError_t index_destroy(cuvsIndex *index) {
  content *content = (struct content *)index->addr;
  if (content != NULL) {
    if (content->owns_values) free((void *)(uintptr_t)content->values);
    free(content->graph);
    free(content);
  }
  return unmade(index);
}

static content *fill(cuvsIndex *index, const float *values, const int64_t *shape, int metric) {
  content *content = calloc(1, sizeof *content);
  content->values = values;
  content->count = shape[0];
  content->dimension = shape[1];
  content->by_product = metric == CUVS_INNER_PRODUCT;
  content->is_searchable = 1;
  index->addr = (uintptr_t)content;
  index->dtype = (DLDataType){DL_FLOAT, 32, 1};
  return content;
}

static float score(const content *content, const float *a, const float *b) {
  float sum = 0;
  for (int64_t i = 0; i < content->dimension; i++)
    sum += content->by_product ? a[i] * b[i] : (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

// The k best rows of a query by brute force; a place without one gets `none`.
static void nearest(const content *content, const float *query, int64_t k, int64_t none,
                    int64_t *rows, float *scores) {
  for (int64_t rank = 0; rank < k; rank++) {
    rows[rank] = none;
    scores[rank] = content->by_product ? -1e30f : 1e30f;
  }
  for (int64_t row = 0; row < content->count; row++) {
    float own = score(content, query, content->values + row * content->dimension);
    int64_t place = k;
    while (place > 0 && (content->by_product ? own > scores[place - 1] : own < scores[place - 1])) {
      if (place < k) {
        rows[place] = rows[place - 1];
        scores[place] = scores[place - 1];
      }
      place--;
    }
    if (place < k) {
      rows[place] = row;
      scores[place] = own;
    }
  }
}

static cuvsError_t search(cuvsIndex *index, const DLTensor *queries, const DLTensor *rows,
                          const DLTensor *scores) {
  const content *content = (struct content *)index->addr;
  if (content == NULL || !content->is_searchable) return refuse("an index without a dataset");
  if (!is_on(queries, DL_GPU) || !is_on(rows, DL_GPU) || !is_on(scores, DL_GPU))
    return refuse("should have device compatible memory");
  if (rows->dtype.code != DL_INT || rows->dtype.bits != 64 || scores->dtype.code != DL_FLOAT)
    return refuse("another type than expected");
  if (queries->shape[1] != content->dimension || rows->shape[0] != queries->shape[0] ||
      scores->shape[1] != rows->shape[1])
    return refuse("shapes differ");
  int64_t k = rows->shape[1];
  for (int64_t query = 0; query < queries->shape[0]; query++) {
    nearest(content, (float *)queries->data + query * content->dimension, k, INT64_MAX,
            (int64_t *)rows->data + query * k, (float *)scores->data + query * k);
  }
  return CUVS_SUCCESS;
}

// MARK: Brute force

static cuvsError_t BruteForceIndexCreate(cuvsIndex **index) {
  BEGIN(BruteForceIndexCreate);
  return index_create(index);
}

static cuvsError_t BruteForceIndexDestroy(cuvsIndex *index) { return index_destroy(index); }

static cuvsError_t BruteForceBuild(cuvsResources_t resources, DLManagedTensor *tensor, int metric,
                                   float argument, cuvsIndex *index) {
  BEGIN(BruteForceBuild);
  (void)resources;
  (void)argument;
  if (!is_on(&tensor->dl_tensor, DL_GPU)) return refuse("should have device compatible memory");
  fill(index, tensor->dl_tensor.data, tensor->dl_tensor.shape, metric);
  return CUVS_SUCCESS;
}

static cuvsError_t BruteForceSearch(cuvsResources_t resources, cuvsIndex *index,
                                    DLManagedTensor *queries, DLManagedTensor *rows,
                                    DLManagedTensor *scores, cuvsFilter filter) {
  BEGIN(BruteForceSearch);
  (void)resources;
  if (filter.type != 0) return refuse("no filter is expected");
  return search(index, &queries->dl_tensor, &rows->dl_tensor, &scores->dl_tensor);
}

// MARK: CAGRA

static cuvsError_t CagraIndexParamsCreate(struct cuvsCagraIndexParams **params) {
  BEGIN(CagraIndexParamsCreate);
  *params = made(sizeof **params);
  return CUVS_SUCCESS;
}

static cuvsError_t CagraIndexParamsDestroy(struct cuvsCagraIndexParams *params) {
  return unmade(params);
}

static cuvsError_t CagraSearchParamsCreate(struct cuvsCagraSearchParams **params) {
  BEGIN(CagraSearchParamsCreate);
  *params = made(sizeof **params);
  return CUVS_SUCCESS;
}

static cuvsError_t CagraSearchParamsDestroy(struct cuvsCagraSearchParams *params) {
  return unmade(params);
}

static cuvsError_t CagraIndexCreate(cuvsIndex **index) {
  BEGIN(CagraIndexCreate);
  return index_create(index);
}

static cuvsError_t CagraIndexDestroy(cuvsIndex *index) { return index_destroy(index); }

static cuvsError_t CagraBuild(cuvsResources_t resources, struct cuvsCagraIndexParams *params,
                              cuvsDataset_t dataset, cuvsIndex *index) {
  BEGIN(CagraBuild);
  (void)resources;
  int64_t count = dataset->shape[0], dimension = dataset->shape[1];
  int64_t degree = (int64_t)params->graph_degree;
  if (params->intermediate_graph_degree < params->graph_degree || degree >= count)
    return refuse("degrees that make no sense");
  content *content = fill(index, dataset->values, dataset->shape, params->metric);
  content->degree = degree;
  content->graph = malloc((size_t)(count * degree) * sizeof(uint32_t));
  int64_t *rows = malloc((size_t)(degree + 1) * sizeof *rows);
  float *scores = malloc((size_t)(degree + 1) * sizeof *scores);
  for (int64_t row = 0; row < count; row++) {
    nearest(content, content->values + row * dimension, degree + 1, 0, rows, scores);
    int64_t links = 0;
    for (int64_t rank = 0; rank <= degree && links < degree; rank++) {
      if (rows[rank] != row) content->graph[row * degree + links++] = (uint32_t)rows[rank];
    }
  }
  free(rows);
  free(scores);
  return CUVS_SUCCESS;
}

static void delete_view(DLManagedTensor *tensor) {
  unmade(tensor->dl_tensor.shape);
}

static cuvsError_t CagraIndexGetGraph(cuvsIndex *index, DLManagedTensor *tensor) {
  BEGIN(CagraIndexGetGraph);
  content *content = (struct content *)index->addr;
  int64_t *shape = made(2 * sizeof *shape);
  shape[0] = content->count;
  shape[1] = content->degree;
  tensor->dl_tensor = (DLTensor){.data = content->graph, .ndim = 2, .shape = shape};
  tensor->dl_tensor.device.type = DL_GPU;
  tensor->dl_tensor.device.id = 3;
  tensor->dl_tensor.dtype = (DLDataType){DL_UINT, 32, 1};
  tensor->deleter = delete_view;
  return CUVS_SUCCESS;
}

static cuvsError_t CagraIndexFromArgs(cuvsResources_t resources, int metric, DLManagedTensor *graph,
                                      DLManagedTensor *dataset, cuvsIndex *index) {
  BEGIN(CagraIndexFromArgs);
  (void)resources;
  const DLTensor *links = &graph->dl_tensor, *rows = &dataset->dl_tensor;
  if (!is_on(links, DL_GPU) || !is_on(rows, DL_GPU) || links->shape[0] != rows->shape[0])
    return refuse("a graph of other vectors");
  // Searched only with padded rows.
  fill(index, rows->data, rows->shape, metric)->is_searchable = 0;
  uint64_t sum = 0;
  for (int64_t place = 0; place < links->shape[0] * links->shape[1]; place++)
    sum = sum * 31 + ((uint32_t *)links->data)[place];
  graph_sum = sum;
  return CUVS_SUCCESS;
}

static cuvsError_t CagraUpdateDataset(cuvsResources_t resources, cuvsDataset_t dataset,
                                      cuvsIndex *index) {
  BEGIN(CagraUpdateDataset);
  (void)resources;
  content *content = (struct content *)index->addr;
  content->values = dataset->values;
  content->is_searchable = 1;
  return CUVS_SUCCESS;
}

static cuvsError_t CagraSearch(cuvsResources_t resources, struct cuvsCagraSearchParams *params,
                               cuvsIndex *index, DLManagedTensor *queries, DLManagedTensor *rows,
                               DLManagedTensor *scores, cuvsFilter filter) {
  BEGIN(CagraSearch);
  (void)resources;
  if (filter.type != 0 || params->search_width == 0) return refuse("another search than expected");
  if ((int64_t)params->itopk_size < rows->dl_tensor.shape[1])
    return refuse("itopk_size is below k");
  return search(index, &queries->dl_tensor, &rows->dl_tensor, &scores->dl_tensor);
}

// MARK: IVF-PQ

static cuvsError_t IvfPqIndexParamsCreate(struct cuvsIvfPqIndexParams **params) {
  BEGIN(IvfPqIndexParamsCreate);
  *params = made(sizeof **params);
  return CUVS_SUCCESS;
}

static cuvsError_t IvfPqIndexParamsDestroy(struct cuvsIvfPqIndexParams *params) {
  return unmade(params);
}

static cuvsError_t IvfPqSearchParamsCreate(struct cuvsIvfPqSearchParams **params) {
  BEGIN(IvfPqSearchParamsCreate);
  *params = made(sizeof **params);
  return CUVS_SUCCESS;
}

static cuvsError_t IvfPqSearchParamsDestroy(struct cuvsIvfPqSearchParams *params) {
  return unmade(params);
}

static cuvsError_t IvfPqIndexCreate(cuvsIndex **index) {
  BEGIN(IvfPqIndexCreate);
  return index_create(index);
}

static cuvsError_t IvfPqIndexDestroy(cuvsIndex *index) { return index_destroy(index); }

static cuvsError_t IvfPqBuild(cuvsResources_t resources, struct cuvsIvfPqIndexParams *params,
                              DLManagedTensor *tensor, cuvsIndex *index) {
  BEGIN(IvfPqBuild);
  (void)resources;
  const DLTensor *source = &tensor->dl_tensor;
  if (params->n_lists == 0 || (int64_t)params->n_lists > source->shape[0] || params->pq_bits < 4 ||
      params->kmeans_n_iters == 0 || params->kmeans_trainset_fraction <= 0)
    return refuse("parameters that make no sense");
  float *copy = malloc(bytes_of(source));
  memcpy(copy, source->data, bytes_of(source));
  fill(index, copy, source->shape, params->metric)->owns_values = 1;
  return CUVS_SUCCESS;
}

static cuvsError_t IvfPqSearch(cuvsResources_t resources, struct cuvsIvfPqSearchParams *params,
                               cuvsIndex *index, DLManagedTensor *queries, DLManagedTensor *rows,
                               DLManagedTensor *scores) {
  BEGIN(IvfPqSearch);
  (void)resources;
  if (params->n_probes == 0) return refuse("n_probes is 0");
  return search(index, &queries->dl_tensor, &rows->dl_tensor, &scores->dl_tensor);
}

static cuvsError_t IvfPqSerialize(cuvsResources_t resources, const char *path, cuvsIndex *index) {
  BEGIN(IvfPqSerialize);
  (void)resources;
  const content *content = (struct content *)index->addr;
  const int64_t head[3] = {content->count, content->dimension, content->by_product};
  FILE *file = fopen(path, "wb");
  if (file == NULL) return refuse("cannot write");
  fwrite(head, sizeof head, 1, file);
  fwrite(content->values, sizeof(float), (size_t)(head[0] * head[1]), file);
  return fclose(file) == 0 ? CUVS_SUCCESS : refuse("cannot write");
}

static cuvsError_t IvfPqDeserialize(cuvsResources_t resources, const char *path, cuvsIndex *index) {
  BEGIN(IvfPqDeserialize);
  (void)resources;
  int64_t head[3];
  FILE *file = fopen(path, "rb");
  if (file == NULL) return refuse("cannot read");
  size_t read = fread(head, sizeof head, 1, file);
  size_t values = read == 1 ? (size_t)(head[0] * head[1]) : 0;
  float *copy = malloc(values * sizeof *copy + 1);
  int is_whole = read == 1 && fread(copy, sizeof *copy, values, file) == values;
  fclose(file);
  if (!is_whole) {
    free(copy);
    return refuse("truncated");
  }
  int metric = head[2] ? CUVS_INNER_PRODUCT : CUVS_L2_EXPANDED;
  fill(index, copy, head, metric)->owns_values = 1;
  return CUVS_SUCCESS;
}

void *fake_cuvs_function(void *context, const char *name) {
  (void)context;
#define FAKE_FIND(function, arguments)                                                             \
  if (strcmp(name, "cuvs" #function) == 0) return (void *)function;
  CUVS_FUNCTIONS(FAKE_FIND)
#undef FAKE_FIND
  if (strcmp(name, "cuvsGetLastErrorText") == 0) return (void *)GetLastErrorText;
  return NULL;
}
