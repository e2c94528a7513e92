// What is known of the processor's caches.
#pragma once

#include <stddef.h>

// Whether most of `bytes` bytes that are read here and there come from memory: they are more than half of
// the last-level cache, which others on the processor use too. True where its size is unknown. Constant for
// the life of the process.
int needle_outgrows_cache(size_t bytes);
