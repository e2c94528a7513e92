// Compares the kernels of coded graph walks on this machine with the scalar ones over many random
// shapes; exit code 1 where a bit differs. Built and run by Scripts/check-arm64, for other machines
// under emulation; any compiler of C17 with clang's pragmas builds it.
#include <stdio.h>
#include <string.h>

#include "CKernels.h"

extern const needle_code_kernels needle_codes_portable;
extern const needle_fat_kernels needle_fat_portable;

enum { most_width = 1024, most_rows = 20, most_ids = 70, most_groups = 256, most_blocks = 2 };
enum { most_dimension = 6 * most_groups, room = most_blocks * needle_fat_block + 16 };
enum { block_bytes = needle_fat_block * (most_groups / 2 + 8), trials = 1000 };

static uint64_t state = 1;

static uint64_t next(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static size_t below(size_t limit) { return (size_t)(next() % limit); }

static float between(float low, float high) {
  return low + (high - low) * (float)(next() >> 40) * 0x1p-24f;
}

// The largest numbers in some trials.
static void fill(void *to, size_t bytes, int trial, uint8_t largest) {
  uint8_t *at = to;
  for (size_t i = 0; i < bytes; i++) at[i] = trial % 5 ? (uint8_t)next() : largest;
}

static _Alignas(64) int8_t high[most_width], low[most_width];
static _Alignas(64) uint8_t rows[most_rows * most_width];

static int products_agree(const needle_code_kernels *kernels, int trial) {
  needle_code_products_pointer both[3][2] = {
      {kernels->bytes, needle_codes_portable.bytes},
      {kernels->nibbles, needle_codes_portable.nibbles},
      {kernels->bits, needle_codes_portable.bits}};
  size_t width = 128 * (1 + below(most_width / 128)), n = below(most_ids);
  uint32_t ids[most_ids];
  for (size_t i = 0; i < n; i++) ids[i] = (uint32_t)below(most_rows);
  fill(high, width, trial, trial % 2 ? 127 : 128);
  fill(rows, sizeof rows, trial, 255);
  int same = 1;
  for (int kind = 0; kind < 3; kind++) {
    int32_t found[2][most_ids + 3];
    for (int k = 0; k < 2; k++) both[kind][k](high, rows, most_width, width, ids, n, found[k]);
    same &= memcmp(found[0], found[1], n * sizeof **found) == 0;
  }
  return same;
}

static _Alignas(64) uint8_t row[most_width + most_blocks * block_bytes];
static _Alignas(64) uint8_t table[most_groups * 16];

// Takes the one byte that no query has away; the sum.
static int32_t within_query(int8_t *bytes, size_t width) {
  int32_t sum = 0;
  for (size_t i = 0; i < width; i++) {
    if (bytes[i] == INT8_MIN) bytes[i] = INT8_MAX;
    sum += bytes[i];
  }
  return sum;
}

static int scores_agree(const needle_fat_kernels *kernels, int trial) {
  needle_fat_shape shape = {64 * (1 + below(most_width / 64)), 4 * (1 + below(most_groups / 4)),
                            below(most_blocks + 1)};
  fill(row, needle_fat_row_bytes(shape), trial, 255);
  fill(table, sizeof table, trial, 255);
  fill(high, sizeof high, trial, 127);
  fill(low, sizeof low, trial, 129);
  int32_t sums[2] = {within_query(high, shape.width), within_query(low, shape.width)};
  for (size_t block = 0; block < shape.blocks; block++) {
    uint8_t *halves = row + shape.width + 16 * shape.groups +
                      block * needle_fat_block * (shape.groups / 2 + 8);
    // All finite.
    for (size_t i = 0; i < 2 * needle_fat_block; i++) halves[2 * i + 1] &= (uint8_t)~0x40;
  }
  needle_fat_query query = {{high, low}, sums[0], sums[1], between(0, 1e-4f), table,
                            between(0, 1), between(-9, 9)};
  uint32_t limit = trial % 3 ? 0xffffffffu : (uint32_t)next();
  float own[2];
  uint32_t orders[2][room], nodes[2][room];
  const needle_fat_kernels *both[2] = {kernels, &needle_fat_portable};
  size_t found[2];
  uint32_t own_orders[2], first = 0;
  for (int k = 0; k < 2; k++) {
    needle_fat_ahead none = {NULL, NULL};
    found[k] = both[k]->score(row, shape, &query, limit, none, &own[k], orders[k], nodes[k]);
    both[k]->own(row, shape, &query, &first, 1, &own_orders[k]);
  }
  return found[0] == found[1] && own_orders[0] == own_orders[1] &&
         memcmp(&own[0], &own[1], sizeof *own) == 0 &&
         memcmp(orders[0], orders[1], found[0] * sizeof **orders) == 0 &&
         memcmp(nodes[0], nodes[1], found[0] * sizeof **nodes) == 0;
}

static float centroids[most_dimension * 16], vector[most_dimension], other[most_dimension];

static int codes_agree(const needle_fat_kernels *kernels) {
  uint32_t ends[most_groups], end = 0;
  size_t groups = 1 + below(most_groups);
  for (size_t g = 0; g < groups; g++) ends[g] = end += 1 + (uint32_t)below(6);
  for (size_t i = 0; i < 16 * end; i++) centroids[i] = between(-1, 1);
  for (size_t i = 0; i < end; i++) {
    vector[i] = between(-1, 1);
    other[i] = between(-1, 1);
  }
  needle_fat_codebook book = {groups, ends, centroids};
  const needle_fat_kernels *both[2] = {kernels, &needle_fat_portable};
  static uint8_t entries[2][most_groups * 16], codes[2][most_groups];
  float numbers[2][4];
  for (int k = 0; k < 2; k++) {
    numbers[k][0] = both[k]->table(vector, &book, entries[k], &numbers[k][1]);
    both[k]->encode(vector, other, &book, codes[k], &numbers[k][2], &numbers[k][3]);
  }
  return memcmp(entries[0], entries[1], groups * 16) == 0 &&
         memcmp(codes[0], codes[1], groups) == 0 &&
         memcmp(numbers[0], numbers[1], sizeof *numbers) == 0;
}

int main(void) {
  needle_simd level = needle_simd_level();
  const needle_code_kernels *products = needle_code_kernels_for(level);
  const needle_fat_kernels *fat = needle_fat_kernels_for(level);
  int failures = 0;
  for (int trial = 0; trial < trials; trial++) {
    int good = products_agree(products, trial), scores = scores_agree(fat, trial);
    int codes = codes_agree(fat);
    if (good && scores && codes) continue;
    failures++;
    printf("trial %d: %s differ\n", trial, !good ? "products" : !scores ? "scores" : "codes");
  }
  printf("graph walks: %d shapes, %d differ from the scalar kernels%s\n", trials, failures,
         products == &needle_codes_portable ? ", which are all there is" : "");
  return failures != 0;
}
