#if HAVE_TORCH
#include "guard.hpp"

#include <c10/util/Exception.h>

#include <cstring>
#include <new>

namespace {

// Fixed in size, so that a message about missing memory needs none.
thread_local char last_message[1024] = "";

// Keeps a message, on one line.
ctorch_status keep(ctorch_status status, const char *message) noexcept {
  size_t length = 0;
  for (; length + 1 < sizeof last_message && message[length] != '\0'; length++) {
    const char c = message[length];
    last_message[length] = c == '\n' || c == '\r' ? ' ' : c;
  }
  while (length > 0 && last_message[length - 1] == ' ') length--;
  last_message[length] = '\0';
  return status;
}

// Whether libtorch means that the host has no memory left: it has a type of its own for devices
// only, and this is how the messages of its allocator for the host begin.
bool lacks_host_memory(const char *message) noexcept {
  return std::strstr(message, "DefaultCPUAllocator: ") != nullptr;
}

}  // namespace

ctorch_status ctorch::caught() noexcept {
  try {
    throw;
  } catch (const c10::OutOfMemoryError &error) {
    return keep(CTORCH_NO_MEMORY, error.what_without_backtrace());
  } catch (const c10::Error &error) {
    const char *message = error.what_without_backtrace();
    return keep(lacks_host_memory(message) ? CTORCH_NO_MEMORY : CTORCH_REFUSED, message);
  } catch (const PeerLost &error) {
    return keep(CTORCH_PEER_LOST, error.what());
  } catch (const std::bad_alloc &) {
    return keep(CTORCH_NO_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    return keep(CTORCH_REFUSED, error.what());
  } catch (...) {
    return keep(CTORCH_UNKNOWN, "an exception of an unknown type");
  }
}

const char *ctorch::last_error() noexcept { return last_message; }
#endif
