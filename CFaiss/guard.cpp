#include "guard.hpp"

namespace {

// Fixed in size, so that a message about missing memory needs none.
thread_local char last_message[512] = "";

}  // namespace

void cfaiss::remember(const char *message) noexcept {
  size_t length = 0;
  for (; length + 1 < sizeof last_message && message[length] != '\0'; length++) {
    const char c = message[length];
    last_message[length] = c == '\n' || c == '\r' ? ' ' : c;
  }
  last_message[length] = '\0';
}

const char *cfaiss_message(void) { return last_message; }
