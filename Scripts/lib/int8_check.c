// Compares the integer kernels of this machine with the scalar ones over many random shapes; exit
// code 1 where a bit differs. Built and run by Scripts/check-arm64, for other machines under
// emulation; any compiler of C17 with clang's pragmas builds it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { most_steps = 64, most_rows = 512, most_probes = 20, most_keep = 200, trials = 3000 };

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

static _Alignas(64) uint8_t panels[most_rows * most_steps * 4];
static _Alignas(64) int8_t codes[most_probes][most_steps * 4];

// Few distinct values in some trials, so that scores tie; the largest ones in others.
static void fill(size_t steps) {
  size_t kind = below(3);
  int spread = kind == 0 ? 127 : 1, unit = kind == 2 ? 127 : 1;
  for (size_t i = 0; i < most_rows * steps * 4; i++) {
    panels[i] = (uint8_t)(((int)below(2 * (size_t)spread + 1) - spread) * unit + 128);
  }
  for (size_t p = 0; p < most_probes; p++) {
    for (size_t i = 0; i < steps * 4; i++) {
      codes[p][i] = (int8_t)(((int)below(2 * (size_t)spread + 1) - spread) * unit);
    }
  }
}

typedef struct best {
  needle_candidates candidates[most_probes];
  float *scores;
  uint32_t *rows;
} best;

static best make_best(size_t keep) {
  best made;
  size_t room = needle_candidate_room(keep);
  // Exactly the room that is promised, so that a tool that checks memory sees what is past it.
  made.scores = malloc(most_probes * room * sizeof(float));
  made.rows = malloc(most_probes * room * sizeof(uint32_t));
  if (!made.scores || !made.rows) abort();
  for (size_t p = 0; p < most_probes; p++) {
    made.candidates[p] = (needle_candidates){made.scores + p * room, made.rows + p * room, 0,
                                             (uint32_t)keep, -__builtin_inff()};
  }
  return made;
}

static void make_probes(needle_probe *probes, size_t count, size_t steps, best *best) {
  for (size_t p = 0; p < count; p++) {
    int32_t sum = 0;
    for (size_t i = 0; i < steps * 4; i++) sum += codes[p][i];
    float scale = between(1e-4f, 1e-2f);
    probes[p] = (needle_probe){codes[p],  &best->candidates[p], below(3) ? between(-9, 9) : 0,
                               scale,     1 / scale,            -needle_code_zero * sum,
                               (int32_t)0};
  }
}

typedef struct hit {
  uint32_t row;
  float score;
} hit;

static int by_row(const void *left, const void *right) {
  uint32_t a = ((const hit *)left)->row, b = ((const hit *)right)->row;
  return (a > b) - (a < b);
}

static size_t sorted_hits(const needle_candidates *from, hit *to) {
  for (uint32_t i = 0; i < from->count; i++) to[i] = (hit){from->rows[i], from->scores[i]};
  qsort(to, from->count, sizeof *to, by_row);
  return from->count;
}

// The same scan, in two pieces, by both; whether both keep the same.
static int scans_agree(const needle_int8_kernels *kernels, size_t steps, size_t rows, size_t count,
                       size_t keep) {
  const needle_int8_kernels *both[2] = {kernels, needle_int8_reference()};
  best found[2] = {make_best(keep), make_best(keep)};
  size_t cut = below(rows) / 16 * 16;
  uint64_t start = state;
  for (int k = 0; k < 2; k++) {
    needle_probe probes[most_probes];
    state = start;
    for (int piece = 0; piece < 2; piece++) {
      size_t from = piece ? 0 : cut, to = piece ? cut : rows;
      make_probes(probes, count, steps, &found[k]);
      both[k]->scan(panels + from * steps * 4, to - from, steps, 7 + (uint32_t)from, probes, count,
                    panels, steps * 64);
    }
    for (size_t p = 0; p < count; p++) both[k]->prune(&found[k].candidates[p], 1);
  }
  int same = 1;
  for (size_t p = 0; p < count; p++) {
    static hit hits[2][most_rows + most_keep];
    size_t n = sorted_hits(&found[0].candidates[p], hits[0]);
    same &= n == sorted_hits(&found[1].candidates[p], hits[1]);
    same &= n == (keep < rows ? keep : rows);
    same &= memcmp(hits[0], hits[1], n * sizeof(hit)) == 0;
  }
  for (int k = 0; k < 2; k++) {
    free(found[k].scores);
    free(found[k].rows);
  }
  return same;
}

static int scores_agree(const needle_int8_kernels *kernels, size_t steps, size_t panel_count,
                        size_t count) {
  static float scales[most_rows], biases[most_rows], out[2][most_probes * most_rows];
  best unused = make_best(1);
  needle_probe probes[most_probes];
  make_probes(probes, count, steps, &unused);
  for (size_t i = 0; i < most_rows; i++) {
    scales[i] = between(-2, 2);
    biases[i] = between(-2, 2);
  }
  memset(out, 0, sizeof out);
  kernels->score(panels, panel_count, steps, scales, biases, probes, count, out[0], most_rows);
  needle_int8_reference()->score(panels, panel_count, steps, scales, biases, probes, count, out[1],
                                 most_rows);
  free(unused.scores);
  free(unused.rows);
  return memcmp(out[0], out[1], sizeof out[0]) == 0;
}

int main(int argc, char **argv) {
  const needle_int8_kernels *kernels = needle_int8_kernels_for(needle_simd_level());
  if (argc > 1 && strcmp(argv[1], kernels->name) != 0) {
    printf("expected the kernels '%s', found '%s'\n", argv[1], kernels->name);
    return 1;
  }
  int failures = 0;
  for (int trial = 0; trial < trials; trial++) {
    // Every number of steps, rows and probes that a tile treats apart, and some beyond.
    size_t steps = 1 + below(trial % 10 ? 20 : most_steps);
    size_t rows = 1 + below(trial % 4 ? 140 : most_rows), count = 1 + below(most_probes);
    size_t keep = 1 + below(trial % 3 ? 15 : most_keep);
    fill(steps);
    int scans = scans_agree(kernels, steps, rows, count, keep);
    int scores = scores_agree(kernels, steps, 1 + below(12), count);
    if (scans && scores) continue;
    failures++;
    printf("%s differs: %zu steps, %zu rows, %zu probes, keep %zu\n", scans ? "score" : "scan",
           steps, rows, count, keep);
  }
  printf("%s: %d shapes, %d differ from the scalar kernels\n", kernels->name, trials, failures);
  return failures != 0;
}
