// The names of gloo that libtorch's header of its process group mentions. An installed PyTorch comes
// without gloo's own headers; only pointers to these types are used here, never what they hold.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

namespace transport {

class Device;

class UnboundBuffer {
 public:
  virtual ~UnboundBuffer();
};

}  // namespace transport
}  // namespace gloo
