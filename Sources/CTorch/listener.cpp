#if HAVE_TORCH
#include "listener.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

Milliseconds remaining(Clock::time_point deadline) {
  return std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
}

// Whether a connection to one address comes about.
bool connects(const addrinfo &address, Clock::time_point deadline) {
  const int handle = socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                            address.ai_protocol);
  if (handle < 0) return false;
  bool is_there = connect(handle, address.ai_addr, address.ai_addrlen) == 0;
  if (!is_there && errno == EINPROGRESS) {
    // A host that is not there may not answer at all; then the name's next address has its turn.
    const Milliseconds limit = std::clamp(remaining(deadline), Milliseconds(0), Milliseconds(2000));
    pollfd wanted = {handle, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    is_there = poll(&wanted, 1, static_cast<int>(limit.count())) == 1 &&
               getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }
  close(handle);
  return is_there;
}

bool listens(const std::string &host, uint16_t port, Clock::time_point deadline) {
  addrinfo wanted = {};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo *)> owned(found, freeaddrinfo);
  for (const addrinfo *address = found; address != nullptr; address = address->ai_next) {
    if (connects(*address, deadline)) return true;
  }
  return false;
}

}  // namespace

bool ctorch::await_listener(const std::string &host, uint16_t port, Clock::time_point deadline) {
  while (true) {
    if (listens(host, port, deadline)) return true;
    if (remaining(deadline) <= Milliseconds(0)) return false;
    std::this_thread::sleep_for(std::min(Milliseconds(50), remaining(deadline)));
  }
}
#endif
