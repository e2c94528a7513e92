// The body of the offers to a pool, included once per instruction set with these defined:
//
//   NAME          name of the function
//   LONGEST       keys up to which a pass is faster than a search and a move
//   vec, LANES    a SIMD vector of keys, as doubles, and their number, at most 16
//   vec_load(p), vec_store(p, v), vec_set1(key)
//   vec_moved(here, before)     the keys of `here` moved up by one, the last of `before` first
//   vec_smaller(v, w), vec_larger(v, w)
//   CHUNK                       orders that are compared at once
//   near_enough(orders, n, bound)  a bit for each of up to CHUNK orders that is at most the bound
//
// In sorted keys, what a new one leaves at each place is the middle one of the place's key, the key
// before and the new one. That takes no search and no branch, and vectors are read and written at
// the same places, which a core forwards from insert to insert. Long pools are searched instead.

// As a double: what every key comes before.
static const uint64_t infinite = 0x7ff0000000000000;

static inline void insert(uint64_t *keys, size_t count, uint64_t key) {
  const vec new_key = vec_set1(key);
  vec before = vec_set1(0);
  for (size_t i = 0; i < count; i += LANES) {
    vec here = vec_load(keys + i), moved = vec_moved(here, before);
    vec_store(keys + i, vec_larger(moved, vec_smaller(here, new_key)));
    before = here;
  }
}

void NAME(needle_pool *pool, const uint32_t *orders, const uint32_t *nodes, size_t n) {
  if (n == 0) return;
  uint64_t *keys = pool->keys, least = UINT64_MAX;
  size_t count = pool->count, last = pool->limit - 1;
  // Past the last key and up to the end of its vector, the keys stay sorted too: infinite ones,
  // then what fell out. They are written at once: a vector that was stored in two parts is slow to load.
  if (count == 0) {
    for (size_t i = 0; i <= last && i < LONGEST; i += LANES) {
      vec_store(keys + i, vec_set1(infinite));
    }
  }
  for (size_t start = 0; start < n; start += CHUNK) {
    // Of those that come too late no branch asks.
    uint32_t bound = count > last ? pool_bound(keys[last]) : UINT32_MAX;
    for (uint32_t left = near_enough(orders + start, n - start, bound); left; left &= left - 1) {
      size_t i = start + (size_t)__builtin_ctz(left);
      uint64_t key = pool_key(orders[i], nodes[i]);
      if (count > last) {
        if (key >= keys[last]) continue;
      } else {
        count++;
      }
      least = key < least ? key : least;
      if (count <= LONGEST) {
        insert(keys, count, key);
      } else {
        pool_insert(keys, count - 1, key);
      }
    }
  }
  pool->count = count;
  if (pool->cursor == 0 || least > keys[pool->cursor - 1]) return;
  pool->cursor = pool_rank(keys, pool->cursor, least);
}
