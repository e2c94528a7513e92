// The table of functions by which Swift calls libtorch; libCTorch fills it.
#ifndef CTORCH_ABI_H
#define CTORCH_ABI_H

#include <stdint.h>

#define CTORCH_ABI_VERSION 1

typedef struct ctorch_table {
  // CTORCH_ABI_VERSION of the library.
  uint32_t version;
} ctorch_table;

#endif
