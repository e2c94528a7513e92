#include "ctorch.h"

#if HAVE_TORCH
#include "tensor.hpp"

namespace {

ctorch_table filled() {
  ctorch_table table = {};
  table.version = CTORCH_ABI_VERSION;
  table.byte_count = sizeof table;
  ctorch::fill_library(table);
  ctorch::fill_devices(table);
  ctorch::fill_tensors(table);
  ctorch::fill_shapes(table);
  ctorch::fill_elementwise(table);
  ctorch::fill_reductions(table);
  ctorch::fill_dropout(table);
  ctorch::fill_layers(table);
  ctorch::fill_attention(table);
  ctorch::fill_packed_attention(table);
  ctorch::fill_gradients(table);
  ctorch::fill_updates(table);
  ctorch::fill_random(table);
  ctorch::fill_optimizers(table);
  ctorch::fill_groups(table);
  return table;
}

}  // namespace

const ctorch_table *ctorch_functions(void) {
  static const ctorch_table table = filled();
  return &table;
}
#else
const ctorch_table *ctorch_functions(void) { return nullptr; }
#endif
