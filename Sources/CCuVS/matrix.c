// Rows of numbers, here and on the GPU, and the stream that moves them.
#include <string.h>

#include "shim.h"

ccuvs_status session_begin(session *session, const ccuvs_library *library) {
  ccuvs_status status;
  session->library = library;
  CUVS(library, ResourcesCreate, &session->resources);
  CUVS(library, DeviceIdGet, session->resources, &session->device);
done:
  if (status != CCUVS_OK) session_end(session);
  return status;
}

void session_end(session *session) {
  if (session->resources != 0) (void)session->library->ResourcesDestroy(session->resources);
  session->resources = 0;
}

static DLDataType dtype(element element) {
  switch (element) {
    case FLOAT32: return (DLDataType){DL_FLOAT, 32, 1};
    case UINT32: return (DLDataType){DL_UINT, 32, 1};
    case INT64: return (DLDataType){DL_INT, 64, 1};
  }
}

static void describe(matrix *matrix, void *data, int32_t place, int32_t device, element element,
                     int64_t rows, int64_t columns) {
  memset(matrix, 0, sizeof *matrix);
  matrix->shape[0] = rows;
  matrix->shape[1] = columns;
  DLTensor *tensor = &matrix->tensor.dl_tensor;
  tensor->data = data;
  tensor->device.type = place;
  tensor->device.id = device;
  tensor->ndim = 2;
  tensor->dtype = dtype(element);
  tensor->shape = matrix->shape;
}

void matrix_view(matrix *matrix, const void *data, element element, int64_t rows,
                 int64_t columns) {
  // cuVS takes no pointer to const; what it reads from it does not change.
  describe(matrix, (void *)(uintptr_t)data, DL_HOST, 0, element, rows, columns);
}

ccuvs_status matrix_make(session *session, matrix *matrix, element element, int64_t rows,
                         int64_t columns) {
  ccuvs_status status;
  void *data = NULL;
  size_t bytes = (size_t)rows * (size_t)columns * (dtype(element).bits / 8);
  memset(matrix, 0, sizeof *matrix);
  CUVS(session->library, RMMAlloc, session->resources, &data, bytes);
  describe(matrix, data, DL_GPU, session->device, element, rows, columns);
  matrix->owned = bytes;
done:
  return status;
}

ccuvs_status matrix_upload(session *session, matrix *matrix, const void *data, element element,
                           int64_t rows, int64_t columns) {
  ccuvs_status status;
  struct matrix host;
  matrix_view(&host, data, element, rows, columns);
  TRY(matrix_make(session, matrix, element, rows, columns));
  TRY(matrix_copy(session, &host, matrix));
done:
  return status;
}

ccuvs_status matrix_copy(session *session, matrix *from, matrix *to) {
  ccuvs_status status;
  CUVS(session->library, MatrixCopy, session->resources, &from->tensor, &to->tensor);
  CUVS(session->library, StreamSync, session->resources);
done:
  return status;
}

void matrix_free(session *session, matrix *matrix) {
  if (matrix->owned == 0) return;
  void *data = matrix->tensor.dl_tensor.data;
  (void)session->library->RMMFree(session->resources, data, matrix->owned);
  matrix->owned = 0;
}
