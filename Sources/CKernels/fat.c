#include "fat.h"

const needle_fat_kernels *needle_fat_kernels_for(needle_simd level) {
  (void)level;
  return &needle_fat_portable;
}
