#include "ctorch.h"

#if HAVE_TORCH
#include <ATen/ATen.h>
#endif

const ctorch_table *ctorch_functions(void) {
#if HAVE_TORCH
  static const ctorch_table table = {CTORCH_ABI_VERSION};
  return &table;
#else
  return nullptr;
#endif
}
