// The kernels of the graph walk, and the integer scan beside them, called again and again.
#include <stdlib.h>
#include <time.h>

#include "CMicro.h"
#include "scene.h"

// Nanoseconds that a measurement takes at least.
enum { least_time = 1000 * 1000 };

// Codes of 16 rows.

static size_t nibble_width(const scene *s) { return (s->size + 127) / 128 * 128; }

static void code_bytes(scene *s) {
  s->code->bytes(s->high, s->codes, s->size, s->size, s->ids, rows, s->products);
}

static void code_nibbles(scene *s) {
  size_t width = nibble_width(s);
  s->code->nibbles(s->high, s->codes, width / 2, width, s->ids, rows, s->products);
}

static void code_bits(scene *s) {
  size_t stride = (s->size / 8 + 63) / 64 * 64;
  s->code->bits(s->high, s->codes, stride, s->size, s->ids, rows, s->products);
}

static void code_query(scene *s) {
  s->sink += s->encoders->query(s->values, s->size, s->size, s->high, s->low);
}

static void code_codes(scene *s) {
  s->encoders->codes(s->values, s->size, s->size, 0.01f, 128, 255, s->plain);
}

static void code_rests(scene *s) {
  s->encoders->rests(s->values, s->plain, s->size, s->size, 0.01f, 128, 0.0001f, s->rests);
}

// A node with one block of neighbors.

static void fat_score(scene *s) {
  needle_fat_ahead none = {NULL, NULL};
  s->fat->score(s->row, s->shape, &s->fat_query, s->below, none, &s->sink, s->found_orders,
                s->found_nodes);
}

static void fat_table(scene *s) {
  float bias;
  s->sink += s->fat->table(s->values, &s->codebook, s->table, &bias);
}

static void fat_encode(scene *s) {
  float self, other;
  s->fat->encode(s->values, s->others, &s->codebook, s->neighbor_codes, &self, &other);
  s->sink += self + other;
}

// As many offers as a pool has room for keys, as a walk makes that expands them all.
static void pool_offer(scene *s) {
  needle_pool pool = {s->keys, 0, s->size, 0};
  for (size_t i = 0; i < s->size; i++) {
    s->offer(&pool, s->orders + offer * i, s->nodes + offer * i, offer);
  }
}

// No candidate goes, so that all calls are alike.
static void cover(scene *s) {
  needle_cover_list list = {s->listed, s->distances, s->ratios, candidates};
  s->cover(&list, s->products, s->norms, 1 << 20, 1e30f);
}

static void rotate(scene *s) { s->rotate(s->values, s->size, s->signs); }

// One panel, where no row is near enough.

static void scan(scene *s, size_t queries) {
  s->int8->scan(s->codes, rows, s->size / needle_code_step, 0, s->probes, queries, s->codes, 0);
}

static void scan_one(scene *s) { scan(s, 1); }
static void scan_many(scene *s) { scan(s, probe_count); }

static const size_t widths[] = {64, 128, 384, 768, 1024}, limits[] = {16, 64, 256, 1024};
static const size_t counts[] = {candidates};

typedef struct subject {
  const char *name, *unit;
  size_t units;  // of a call; of a size, where it depends on that
  int of_size;
  const size_t *sizes;
  size_t size_count;
  void (*call)(scene *);
} subject;

#define SIZES(array) array, sizeof array / sizeof *array

static const subject subjects[] = {
    {"codes.bytes", "row", rows, 0, SIZES(widths), code_bytes},
    {"codes.nibbles", "row", rows, 0, SIZES(widths), code_nibbles},
    {"codes.bits", "row", rows, 0, SIZES(widths), code_bits},
    {"codes.query", "call", 1, 0, SIZES(widths), code_query},
    {"codes.codes", "call", 1, 0, SIZES(widths), code_codes},
    {"codes.rests", "call", 1, 0, SIZES(widths), code_rests},
    {"fat.score", "row", 1, 0, SIZES(widths), fat_score},
    {"fat.table", "call", 1, 0, SIZES(widths), fat_table},
    {"fat.encode", "call", 1, 0, SIZES(widths), fat_encode},
    {"pool.offer", "key", offer, 1, SIZES(limits), pool_offer},
    {"cover", "candidate", candidates, 0, SIZES(counts), cover},
    {"rotate", "call", 1, 0, SIZES(widths), rotate},
    {"int8.scan/1", "row", rows, 0, SIZES(widths), scan_one},
    {"int8.scan/16", "row and query", rows * probe_count, 0, SIZES(widths), scan_many},
};

static const needle_simd levels[] = {NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512};

// What is at a place of the list, subject by subject, size by size, level by level.
typedef struct choice {
  const subject *subject;  // null past the end
  size_t size;
  needle_simd level;
} choice;

static choice choose(size_t place) {
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    for (size_t j = 0; j < subjects[i].size_count; j++) {
      for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        if (!needle_simd_available(levels[k]) || place-- != 0) continue;
        return (choice){subjects + i, subjects[i].sizes[j], levels[k]};
      }
    }
  }
  return (choice){0};
}

size_t micro_kernel_count(void) {
  size_t count = 0;
  while (choose(count).subject) count++;
  return count;
}

micro_kernel micro_kernel_at(size_t place) {
  choice chosen = choose(place);
  return (micro_kernel){chosen.subject->name, needle_simd_name(chosen.level), chosen.size,
                        chosen.subject->unit};
}

uint64_t micro_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t time_of(const subject *subject, scene *s, size_t calls) {
  uint64_t start = micro_clock();
  for (size_t i = 0; i < calls; i++) subject->call(s);
  return micro_clock() - start;
}

double micro_kernel_nanoseconds(size_t place) {
  choice chosen = choose(place);
  scene *s = make_scene(chosen.size, chosen.level);
  size_t calls = 1;
  uint64_t taken = time_of(chosen.subject, s, calls);
  while (taken < least_time) {
    calls *= 2;
    taken = time_of(chosen.subject, s, calls);
  }
  free(s);
  size_t units = chosen.subject->units * (chosen.subject->of_size ? chosen.size : 1);
  return (double)taken / (double)(calls * units);
}
