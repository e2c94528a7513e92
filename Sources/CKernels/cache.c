#include "needle_cache.h"

static size_t last_level;

#if defined(__x86_64__)
#include <cpuid.h>

// By the processor's own description: sysconf gives the sum of all last-level caches on AMD's processors, of
// which a core has one.
__attribute__((constructor)) static void detect(void) {
  enum { intel = 4, amd = 0x8000001d, level3 = 3 };
  unsigned leaf = __builtin_cpu_is("amd") ? amd : intel, a, b, c, d;
  if (!__get_cpuid_count(leaf, level3, &a, &b, &c, &d) || (a >> 5 & 7) != level3) return;
  size_t ways = (b >> 22) + 1, parts = (b >> 12 & 0x3ff) + 1, line = (b & 0xfff) + 1;
  last_level = ways * parts * line * ((size_t)c + 1);
}
#endif

int needle_outgrows_cache(size_t bytes) { return bytes > last_level / 2; }
