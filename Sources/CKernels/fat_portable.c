#include <string.h>

#include "fat.h"
#include "half.h"

#pragma clang fp contract(off)

// The scalar reference of all levels: sums in this order, products not fused with sums.

enum { block_size = needle_fat_block, half_block = 16, centroids = 16 };

static float own_score(const uint8_t *row, size_t width, const needle_fat_query *query) {
  int32_t high = -128 * query->high_sum, low = -128 * query->low_sum;
  for (size_t j = 0; j < width; j++) {
    high += query->own.high[j] * row[j];
    low += query->own.low[j] * row[j];
  }
  return query->own_scale * (128.0f * (float)high + (float)low);
}

static uint16_t half_at(const uint8_t *at, size_t i) {
  uint16_t half;
  memcpy(&half, at + 2 * i, sizeof half);
  return half;
}

static size_t score(const uint8_t *row, needle_fat_shape shape, const needle_fat_query *query,
                    uint32_t below, needle_fat_ahead ahead, float *own, uint32_t *orders,
                    uint32_t *nodes) {
  ask_all(ahead, shape);
  *own = own_score(row, shape.width, query);
  const uint8_t *at = row + shape.width;
  size_t found = 0;
  for (size_t block = 0; block < shape.blocks; block++) {
    const uint8_t *bases = at + shape.groups * half_block, *factors = bases + 2 * block_size;
    const uint8_t *ids = factors + 2 * block_size;
    for (size_t n = 0; n < block_size; n++) {
      uint32_t sum = 0, shift = n < half_block ? 0 : 4;
      for (size_t g = 0; g < shape.groups; g++) {
        uint8_t code = at[g * half_block + n % half_block] >> shift & 15;
        sum += query->table[g * centroids + code];
      }
      float product = query->table_scale * (float)(int32_t)sum + query->table_bias;
      float base = *own + widen(half_at(bases, n));
      uint32_t order = needle_distance_order(-(base + widen(half_at(factors, n)) * product));
      memcpy(nodes + found, ids + 4 * n, sizeof *nodes);
      orders[found] = order;
      found += order < below;
    }
    at = ids + 4 * block_size;
  }
  return found;
}

#define NAME needle_fat_own_portable
#define OWN_SCORE own_score
#include "fat_own.h"

static float table(const float *query, const needle_fat_codebook *codebook, uint8_t *table,
                   float *bias) {
  float minima[256], products[256][centroids];
  float widest = 0, sum = 0;
  size_t j = 0;
  for (size_t g = 0; g < codebook->groups; g++) {
    float *p = products[g];
    for (size_t c = 0; c < centroids; c++) p[c] = 0;
    for (; j < codebook->ends[g]; j++) {
      for (size_t c = 0; c < centroids; c++) p[c] += query[j] * codebook->centroids[j * centroids + c];
    }
    float least = p[0], most = p[0];
    for (size_t c = 1; c < centroids; c++) {
      least = p[c] < least ? p[c] : least;
      most = p[c] > most ? p[c] : most;
    }
    minima[g] = least;
    sum += least;
    widest = most - least > widest ? most - least : widest;
  }
  *bias = sum;
  float scale = widest < 1e-30f ? 1 : widest / 255, inverse = 1 / scale;
  for (size_t g = 0; g < codebook->groups; g++) {
    for (size_t c = 0; c < centroids; c++) {
      float exact = (products[g][c] - minima[g]) * inverse + 0.5f;
      table[g * centroids + c] = (uint8_t)(exact < 255 ? exact : 255);
    }
  }
  return scale;
}

static void encode(const float *vector, const float *other, const needle_fat_codebook *codebook,
                   uint8_t *codes, float *self, float *with_other) {
  float own = 0, others = 0;
  size_t start = 0;
  for (size_t g = 0; g < codebook->groups; g++) {
    size_t end = codebook->ends[g];
    float distances[centroids] = {0};
    for (size_t j = start; j < end; j++) {
      for (size_t c = 0; c < centroids; c++) {
        float difference = vector[j] - codebook->centroids[j * centroids + c];
        distances[c] += difference * difference;
      }
    }
    size_t best = 0;
    for (size_t c = 1; c < centroids; c++) best = distances[c] < distances[best] ? c : best;
    codes[g] = (uint8_t)best;
    for (size_t j = start; j < end; j++) {
      float value = codebook->centroids[j * centroids + best];
      own += vector[j] * value;
      others += other[j] * value;
    }
    start = end;
  }
  *self = own;
  *with_other = others;
}

const needle_fat_kernels needle_fat_portable = {score, needle_fat_own_portable, table, encode};
