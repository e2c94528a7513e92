// What cuVS's C interface looks like to a linker, from release 26.10 to those before 27.02, for which its
// headers announce a break: sizes, orders and numbers. Names are those of its documentation,
// https://docs.rapids.ai/api/cuvs; tensors are DLPack's, https://dmlc.github.io/dlpack.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: DLPack

enum { DL_HOST = 1, DL_GPU = 2 };
enum { DL_INT = 0, DL_UINT = 1, DL_FLOAT = 2 };

typedef struct DLDataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

typedef struct DLTensor {
  void *data;
  struct {
    int32_t type;
    int32_t id;
  } device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  // NULL for rows one after the other.
  int64_t *strides;
  uint64_t byte_offset;
} DLTensor;

typedef struct DLManagedTensor {
  DLTensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensor *);
} DLManagedTensor;

// MARK: cuVS

enum { CUVS_SUCCESS = 1 };
typedef int cuvsError_t;
typedef uintptr_t cuvsResources_t;

enum { CUVS_L2_EXPANDED = 0, CUVS_INNER_PRODUCT = 6 };
typedef int cuvsDistanceType;

enum { CUVS_DATASET_ON_GPU = 1 };
typedef struct cuvsDataset *cuvsDataset_t;

// All kinds of index begin with a pointer and the type of their values.
typedef struct cuvsIndex {
  uintptr_t addr;
  DLDataType dtype;
} cuvsIndex;

// Always { 0, 0 } here, for none.
typedef struct cuvsFilter {
  uintptr_t addr;
  int type;
} cuvsFilter;

struct cuvsCagraIndexParams {
  cuvsDistanceType metric;
  size_t intermediate_graph_degree;
  size_t graph_degree;
  int build_algo;
  size_t nn_descent_niter;
  void *graph_build_params;
};

// The fields that are set; more follow.
struct cuvsCagraSearchParams {
  size_t max_queries;
  size_t itopk_size;
  size_t max_iterations;
  int algo;
  size_t team_size;
  size_t search_width;
};

// The fields up to the last that is set; more follow.
struct cuvsIvfPqIndexParams {
  cuvsDistanceType metric;
  float metric_arg;
  bool add_data_on_build;
  uint32_t n_lists;
  uint32_t kmeans_n_iters;
  double kmeans_trainset_fraction;
  uint32_t pq_bits;
  uint32_t pq_dim;
};

struct cuvsIvfPqSearchParams {
  uint32_t n_probes;
};

// Every function that is used: its name without "cuvs", and what it takes.
#define CUVS_FUNCTIONS(F)                                                                          \
  F(VersionGet, (uint16_t *, uint16_t *, uint16_t *))                                              \
  F(ResourcesCreate, (cuvsResources_t *))                                                          \
  F(ResourcesDestroy, (cuvsResources_t))                                                           \
  F(StreamSync, (cuvsResources_t))                                                                 \
  F(DeviceIdGet, (cuvsResources_t, int *))                                                         \
  F(RMMAlloc, (cuvsResources_t, void **, size_t))                                                  \
  F(RMMFree, (cuvsResources_t, void *, size_t))                                                    \
  F(MatrixCopy, (cuvsResources_t, DLManagedTensor *, DLManagedTensor *))                           \
  F(DatasetMakePadded, (cuvsResources_t, DLManagedTensor *, int, cuvsDataset_t *))                 \
  F(DatasetDestroy, (cuvsDataset_t))                                                               \
  F(BruteForceIndexCreate, (cuvsIndex **))                                                         \
  F(BruteForceIndexDestroy, (cuvsIndex *))                                                         \
  F(BruteForceBuild,                                                                               \
    (cuvsResources_t, DLManagedTensor *, cuvsDistanceType, float, cuvsIndex *))                    \
  F(BruteForceSearch, (cuvsResources_t, cuvsIndex *, DLManagedTensor *, DLManagedTensor *,         \
                       DLManagedTensor *, cuvsFilter))                                             \
  F(CagraIndexParamsCreate, (struct cuvsCagraIndexParams **))                                      \
  F(CagraIndexParamsDestroy, (struct cuvsCagraIndexParams *))                                      \
  F(CagraSearchParamsCreate, (struct cuvsCagraSearchParams **))                                    \
  F(CagraSearchParamsDestroy, (struct cuvsCagraSearchParams *))                                    \
  F(CagraIndexCreate, (cuvsIndex **))                                                              \
  F(CagraIndexDestroy, (cuvsIndex *))                                                              \
  F(CagraBuild, (cuvsResources_t, struct cuvsCagraIndexParams *, cuvsDataset_t, cuvsIndex *))      \
  F(CagraIndexGetGraph, (cuvsIndex *, DLManagedTensor *))                                          \
  F(CagraIndexFromArgs, (cuvsResources_t, cuvsDistanceType, DLManagedTensor *, DLManagedTensor *,  \
                         cuvsIndex *))                                                             \
  F(CagraUpdateDataset, (cuvsResources_t, cuvsDataset_t, cuvsIndex *))                             \
  F(CagraSearch, (cuvsResources_t, struct cuvsCagraSearchParams *, cuvsIndex *, DLManagedTensor *, \
                  DLManagedTensor *, DLManagedTensor *, cuvsFilter))                               \
  F(IvfPqIndexParamsCreate, (struct cuvsIvfPqIndexParams **))                                      \
  F(IvfPqIndexParamsDestroy, (struct cuvsIvfPqIndexParams *))                                      \
  F(IvfPqSearchParamsCreate, (struct cuvsIvfPqSearchParams **))                                    \
  F(IvfPqSearchParamsDestroy, (struct cuvsIvfPqSearchParams *))                                    \
  F(IvfPqIndexCreate, (cuvsIndex **))                                                              \
  F(IvfPqIndexDestroy, (cuvsIndex *))                                                              \
  F(IvfPqBuild,                                                                                    \
    (cuvsResources_t, struct cuvsIvfPqIndexParams *, DLManagedTensor *, cuvsIndex *))              \
  F(IvfPqSearch, (cuvsResources_t, struct cuvsIvfPqSearchParams *, cuvsIndex *, DLManagedTensor *, \
                  DLManagedTensor *, DLManagedTensor *))                                           \
  F(IvfPqSerialize, (cuvsResources_t, const char *, cuvsIndex *))                                  \
  F(IvfPqDeserialize, (cuvsResources_t, const char *, cuvsIndex *))
