// What dropout multiplies by: a function of a key and of an element's place.
#pragma once

#include "lanes.hpp"

namespace ctorch {

// Counters side by side, each of which has numbers for four elements.
constexpr int64_t random_block = 4 * lanes;

class RandomFactors {
 public:
  // `p` is the probability of 0, above 0 and below 1; what stays is scaled to keep the mean.
  RandomFactors(int64_t key, double p)
      : key_(static_cast<uint64_t>(key)),
        limit_(static_cast<uint32_t>(p * 0x1p32)),
        scale_(static_cast<float>(1 / (1 - p))) {}

  // The factors of the block at a place.
  CTORCH_INLINE void draw(int64_t place, float *factors) const {
    uint32_t words[random_block];
    numbers(place, words);
    for (int64_t i = 0; i < random_block; i++) factors[i] = words[i] < limit_ ? 0 : scale_;
  }

 private:
  // Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
  // 2011).
  CTORCH_INLINE void numbers(int64_t place, uint32_t *words) const {
    uint32_t *x0 = words, *x1 = x0 + lanes, *x2 = x1 + lanes, *x3 = x2 + lanes;
    for (int64_t lane = 0; lane < lanes; lane++) {
      const uint64_t counter = static_cast<uint64_t>(place * lanes + lane);
      x0[lane] = static_cast<uint32_t>(counter);
      x1[lane] = static_cast<uint32_t>(counter >> 32);
      x2[lane] = 0;
      x3[lane] = 0;
    }
    uint32_t key0 = static_cast<uint32_t>(key_), key1 = static_cast<uint32_t>(key_ >> 32);
    for (int round = 0; round < 10; round++) {
      for (int64_t lane = 0; lane < lanes; lane++) {
        const uint64_t product0 = uint64_t{0xD2511F53} * x0[lane];
        const uint64_t product1 = uint64_t{0xCD9E8D57} * x2[lane];
        x0[lane] = static_cast<uint32_t>(product1 >> 32) ^ x1[lane] ^ key0;
        x2[lane] = static_cast<uint32_t>(product0 >> 32) ^ x3[lane] ^ key1;
        x1[lane] = static_cast<uint32_t>(product1);
        x3[lane] = static_cast<uint32_t>(product0);
      }
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
  }

  uint64_t key_;
  // Elements whose number is below it are dropped.
  uint32_t limit_;
  float scale_;
};

// The next key of the generator that seeds start.
int64_t next_key();

}  // namespace ctorch
