// Chance, from seeds.
#if HAVE_TORCH
#include "tensor.hpp"

namespace {

ctorch_status seed(uint64_t seed) {
  return ctorch::guarded([&] { at::manual_seed(seed); });
}

}  // namespace

void ctorch::fill_random(ctorch_table &table) { table.seed = seed; }
#endif
