// The one function that libCTorch exports.
#ifndef CTORCH_H
#define CTORCH_H

#include "ctorch_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// The functions, or NULL where the library was built without libtorch.
__attribute__((visibility("default"))) const ctorch_table *ctorch_functions(void);

#ifdef __cplusplus
}
#endif

#endif
