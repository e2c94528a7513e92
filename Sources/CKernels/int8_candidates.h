// Candidates of one query: appending the hits of a tile, pruning, and the start of its sums.
// Compiled once per instruction set.
//
// Floating-point expressions are written so that no instruction set contracts them: every one gives
// the same bits.
#pragma once

#include <math.h>
#include <string.h>

#include "needle_int8.h"

#pragma clang fp contract(off)

// Hits that a tile can add for one query before the room is looked at.
enum { needle_tile_rows = 64 };

// What a store of a whole vector may write past the last hit.
enum { needle_store_slack = 16 };

// Rows that a pruned buffer may hold beyond `keep`, so that pruning can stop early.
static inline uint32_t prune_slack(uint32_t keep) { return keep / 2 + 4; }

// Room between prunes: more for large k, where a prune costs more.
static inline size_t candidate_limit(size_t keep) {
  return prune_slack((uint32_t)keep) + keep + (keep < 48 ? 48 : keep);
}

// Sets the start of the sums: offset − t, where t is the least sum whose score can reach the
// threshold, less what rounding may take: no row that reaches it is missed, and the few that pass
// without reaching it do no harm.
static inline void set_start(needle_probe *probe) {
  const float most = 1 << 30, rounding = 1.0f / (1 << 20);
  float threshold = probe->candidates->threshold, base = probe->base, inverse = probe->inverse;
  float t = (threshold - base) * inverse;
  float room = 2 + (fabsf(threshold) + fabsf(base)) * inverse * rounding;
  float least = t - room;
  // The order of the comparisons lets everything pass where overflow leaves no number.
  least = least > -most ? least : -most;
  least = least < most ? least : most;
  // Taken off as an integer: offsets are so large that floats lie 8 apart.
  probe->start = probe->offset - (int32_t)least;
}

// A float's bits as a number of the same order.
static inline int32_t ordered_bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1);
}

static inline float from_ordered_bits(int32_t ordered) {
  int32_t bits = ordered ^ (int32_t)((uint32_t)(ordered >> 31) >> 1);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

typedef float needle_lanes __attribute__((ext_vector_type(16)));
typedef int32_t needle_counts __attribute__((ext_vector_type(16)));

// How many of `n` scores are at least `limit`; those up to the next multiple of 16 are not.
static inline uint32_t count_at_least(const float *scores, uint32_t n, float limit) {
  needle_counts counts = 0;
  for (uint32_t i = 0; i < n; i += 16) {
    needle_lanes part;
    memcpy(&part, scores + i, sizeof part);
    counts -= part >= (needle_lanes)limit;
  }
  int32_t total = 0;
  for (int lane = 0; lane < 16; lane++) total += counts[lane];
  return (uint32_t)total;
}

#ifndef keep_above
// Keeps rows above `limit`, and of those at it the ones up to `last_row`.
static inline uint32_t keep_above(float *scores, uint32_t *rows, uint32_t n, float limit,
                                  uint32_t last_row) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n; i++) {
    float score = scores[i];
    uint32_t row = rows[i];
    scores[kept] = score;
    rows[kept] = row;
    kept += (score > limit) | ((score == limit) & (row <= last_row));
  }
  return kept;
}
#endif

// The row up to which `wanted` rows score exactly `limit`.
static inline uint32_t last_tied_row(const float *scores, const uint32_t *rows, uint32_t n,
                                     float limit, uint32_t wanted) {
  uint32_t low = 0, high = UINT32_MAX;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2, count = 0;
    for (uint32_t i = 0; i < n; i++) count += (scores[i] == limit) & (rows[i] <= middle);
    if (count >= wanted) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// The least and the largest of `n` scores, which are followed by −infinities.
static inline void find_range(const float *scores, uint32_t n, float *least, float *most) {
  needle_lanes low = scores[0], high = scores[0];
  for (uint32_t i = 0; i < n; i += 16) {
    needle_lanes part;
    memcpy(&part, scores + i, sizeof part);
    high = part > high ? part : high;
    low = ((part < low) & (part > (needle_lanes)-INFINITY)) ? part : low;
  }
  *least = low[0];
  *most = high[0];
  for (int lane = 1; lane < 16; lane++) {
    *least = low[lane] < *least ? low[lane] : *least;
    *most = high[lane] > *most ? high[lane] : *most;
  }
}

// Bisects for a score that `keep` to `keep` + slack rows reach.
static void prune(needle_candidates *candidates, int exact) {
  uint32_t n = candidates->count, keep = candidates->keep;
  float *scores = candidates->scores;
  if (n < keep) return;
  for (uint32_t i = 0; i < needle_store_slack; i++) scores[n + i] = -INFINITY;
  float least, most;
  find_range(scores, n, &least, &most);
  // Zeros of both signs are one score: −0 + 0 is 0.
  least += 0.0f;
  most += 0.0f;
  // `low` is reached by at least `keep` rows, `high` by fewer.
  int64_t low = ordered_bits(least), high = (int64_t)ordered_bits(most) + 1;
  uint32_t most_kept = keep + (exact ? 0 : prune_slack(keep)), reached = n;
  while (high - low > 1 && reached > most_kept) {
    int64_t middle = low + (high - low) / 2;
    uint32_t count = count_at_least(scores, n, from_ordered_bits((int32_t)middle));
    if (count >= keep) {
      low = middle;
      reached = count;
    } else {
      high = middle;
    }
  }
  float limit = from_ordered_bits((int32_t)low);
  uint32_t last_row = UINT32_MAX;
  if (reached > most_kept) {
    uint32_t above = count_at_least(scores, n, from_ordered_bits((int32_t)high));
    last_row = last_tied_row(scores, candidates->rows, n, limit, keep - above);
  }
  candidates->count = keep_above(scores, candidates->rows, n, limit, last_row);
  // Rows that passed only for rounding's sake may lie below the threshold of before.
  candidates->threshold = candidates->threshold > limit ? candidates->threshold : limit;
}

// Prunes a query's candidates when a tile might not find room.
static inline void make_room(needle_probe *probe) {
  if (__builtin_expect(probe->candidates->count <= candidate_limit(probe->candidates->keep), 1)) {
    return;
  }
  prune(probe->candidates, 0);
  set_start(probe);
}

static inline float hit_score(const needle_probe *probe, int32_t sum) {
  float product = probe->scale * (float)(sum - probe->start + probe->offset);
  return probe->base + product;
}

// Adds those of `n` rows, beginning with number `row`, whose sum is not negative and whose bit in
// `valid` is set.
static inline void add_hits_one_by_one(needle_probe *probe, const int32_t *sums, size_t n,
                                       uint64_t valid, uint32_t row) {
  needle_candidates *to = probe->candidates;
  for (size_t lane = 0; lane < n; lane++) {
    if (sums[lane] < 0 || !(valid >> lane & 1)) continue;
    to->scores[to->count] = hit_score(probe, sums[lane]);
    to->rows[to->count++] = row + (uint32_t)lane;
  }
  make_room(probe);
}
