// GPUs of faiss as the host plays them: copies are clones.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Puts so many GPUs in faiss's place; 0 takes the stand-in away. Copies fail with `error` unless it is
// NULL; it must live on.
void fake_faiss_gpus(int32_t count, const char *error);

// How many indexes came to a GPU since then, and how many came back.
int32_t fake_faiss_arrivals(void);
int32_t fake_faiss_returns(void);

// What the last one was told.
int32_t fake_faiss_device(void);
bool fake_faiss_half(void);
size_t fake_faiss_scratch(void);

#ifdef __cplusplus
}
#endif
