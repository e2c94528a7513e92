// Internal to the kernels: which of 8 lanes are kept, as AVX2 has no instruction that does it.
#pragma once

#include <stdint.h>

// The lanes of the bits of `mask`, lowest first, a byte each.
#define LANE_PUT(mask, lane)                              \
  ((uint64_t)((mask) >> (lane) & 1u) * (uint64_t)(lane)   \
   << 8 * __builtin_popcount((mask) & ((1u << (lane)) - 1)))
#define LANES_OF(mask)                                                                       \
  (LANE_PUT(mask, 0) | LANE_PUT(mask, 1) | LANE_PUT(mask, 2) | LANE_PUT(mask, 3) |           \
   LANE_PUT(mask, 4) | LANE_PUT(mask, 5) | LANE_PUT(mask, 6) | LANE_PUT(mask, 7))
#define LANES_OF_4(mask) \
  LANES_OF(mask), LANES_OF((mask) + 1), LANES_OF((mask) + 2), LANES_OF((mask) + 3)
#define LANES_OF_16(mask) \
  LANES_OF_4(mask), LANES_OF_4((mask) + 4), LANES_OF_4((mask) + 8), LANES_OF_4((mask) + 12)
#define LANES_OF_64(mask)                                                 \
  LANES_OF_16(mask), LANES_OF_16((mask) + 16), LANES_OF_16((mask) + 32),  \
      LANES_OF_16((mask) + 48)

static const uint64_t kept_lanes[256] = {LANES_OF_64(0u), LANES_OF_64(64u), LANES_OF_64(128u),
                                         LANES_OF_64(192u)};
