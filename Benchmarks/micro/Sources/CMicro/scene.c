#include "scene.h"

#include <stdlib.h>
#include <string.h>

// A generator of Marsaglia's, "Xorshift RNGs", doi:10.18637/jss.v008.i14.
static uint32_t draw(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  return *state ^= *state << 5;
}

static float draw_float(uint32_t *state) { return (float)(int32_t)draw(state) * 0x1p-31f; }

static void fill_bytes(void *bytes, size_t count, uint32_t *state) {
  for (size_t i = 0; i < count; i++) ((uint8_t *)bytes)[i] = (uint8_t)draw(state);
}

static void fill_floats(float *values, size_t count, uint32_t *state) {
  for (size_t i = 0; i < count; i++) values[i] = draw_float(state);
}

static int compare_orders(const void *left, const void *right) {
  uint32_t l = *(const uint32_t *)left, r = *(const uint32_t *)right;
  return (l > r) - (l < r);
}

// Takes the one byte that no query has away; the sum.
static int32_t within_query(int8_t *query, size_t size) {
  int32_t sum = 0;
  for (size_t i = 0; i < size; i++) {
    if (query[i] == INT8_MIN) query[i] = INT8_MAX;
    sum += query[i];
  }
  return sum;
}

static void fill_fat(scene *s, uint32_t *state) {
  // The groups that an index of this dimension has.
  size_t groups = s->size / 16 * 4;
  groups = groups < 16 ? 16 : groups > most_groups ? most_groups : groups;
  s->shape = (needle_fat_shape){s->size, groups, 1};
  for (size_t g = 0; g < groups; g++) s->ends[g] = (uint32_t)((g + 1) * s->size / groups);
  s->codebook = (needle_fat_codebook){groups, s->ends, s->book};
  fill_bytes(s->row, needle_fat_row_bytes(s->shape), state);
  // Bases and factors must be numbers: 1 to 2 in half precision.
  uint8_t *halves = s->row + s->size + needle_fat_block * groups / 2;
  for (size_t i = 0; i < 2 * needle_fat_block; i++) halves[2 * i + 1] = 0x3c | (halves[2 * i] & 3);
  fill_bytes(s->table, sizeof s->table, state);
  int32_t high = within_query(s->high, s->size), low = within_query(s->low, s->size);
  s->fat_query = (needle_fat_query){{s->high, s->low}, high, low, 1e-6f, s->table, 1e-3f, 0};
  // Half of the neighbors are near enough.
  needle_fat_ahead none = {NULL, NULL};
  s->fat->score(s->row, s->shape, &s->fat_query, UINT32_MAX, none, &s->sink, s->found_orders,
                s->found_nodes);
  qsort(s->found_orders, needle_fat_block, sizeof *s->found_orders, compare_orders);
  s->below = s->found_orders[needle_fat_block / 2];
}

static void fill_probes(scene *s, uint32_t *state) {
  fill_bytes(s->queries, sizeof s->queries, state);
  // No sum reaches this threshold, and a buffer that nothing is added to needs no room.
  s->nothing = (needle_candidates){s->values, s->nodes, 0, 12, 1e12f};
  for (size_t p = 0; p < probe_count; p++) {
    int8_t *query = s->queries + p * s->size;
    int32_t sum = within_query(query, s->size);
    s->probes[p] = (needle_probe){query, &s->nothing, 0, 1, 1, -needle_code_zero * sum, 0};
  }
}

scene *make_scene(size_t size, needle_simd level) {
  scene *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
  if (!s) abort();
  memset(s, 0, sizeof *s);
  s->size = size;
  s->code = needle_code_kernels_for(level);
  s->encoders = needle_code_encoders_for(level);
  s->fat = needle_fat_kernels_for(level);
  s->int8 = needle_int8_kernels_for(level);
  s->offer = needle_pool_offer_for(level);
  s->cover = needle_cover_for(level);
  s->rotate = needle_rotate_for(level);
  uint32_t state = 42;
  fill_bytes(s->codes, sizeof s->codes, &state);
  fill_floats(s->values, most_size, &state);
  fill_floats(s->others, most_size, &state);
  fill_floats(s->book, most_size * centroids, &state);
  for (size_t i = 0; i < needle_rotation_rounds * most_size; i++) {
    s->signs[i] = draw(&state) & 1 ? 1 : -1;
  }
  s->encoders->query(s->values, s->size, s->size, s->high, s->low);
  s->encoders->codes(s->values, s->size, s->size, 0.01f, 128, 255, s->plain);
  for (uint32_t i = 0; i < rows; i++) s->ids[i] = i * 5 % rows;
  for (uint32_t i = 0; i < offer * most_size; i++) {
    s->orders[i] = draw(&state);
    s->nodes[i] = i;
  }
  for (uint32_t i = 0; i < candidates; i++) {
    s->listed[i] = i * 5 % candidates;
    s->distances[i] = (int32_t)(1000 * i);
    s->products[i] = (int32_t)(draw(&state) % (1 << 18));
    s->norms[i] = 1 << 20;
  }
  fill_fat(s, &state);
  fill_probes(s, &state);
  return s;
}
