// A stand-in for cuVS that computes on the host, for tests where there is no GPU: it checks what it is
// given, as the real one would, and fails where it is told to.
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

// The address of a function of cuVS's name, NULL for others.
void *_Nullable fake_cuvs_function(void *_Nullable context, const char *name);

// The function that fails from now on, "RMMAlloc"; NULL for none.
void fake_cuvs_fail(const char *_Nullable name);

// The release that is claimed; 26.10.0 at first.
void fake_cuvs_set_version(uint16_t year, uint16_t month, uint16_t patch);

// What was made and not freed: sessions, bytes, datasets, parameters and indexes.
int64_t fake_cuvs_living(void);

// How many links the last graph had that was brought to the "GPU", and their sum by place.
uint64_t fake_cuvs_graph_sum(void);

#pragma clang assume_nonnull end
