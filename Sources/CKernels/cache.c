#include "needle_cache.h"

#include <unistd.h>

static size_t last_level;

// Runs before any thread exists, so that the size is a plain constant afterwards.
__attribute__((constructor)) static void detect(void) {
#if defined(_SC_LEVEL3_CACHE_SIZE)
  long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
  last_level = bytes > 0 ? (size_t)bytes : 0;
#endif
}

int needle_outgrows_cache(size_t bytes) { return bytes > last_level / 2; }
