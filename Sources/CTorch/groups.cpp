// Groups of processes: sums, copies and meetings between them.
#if HAVE_TORCH
#if __has_include(<torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>)
#define HAVE_GLOO 1
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif
// Defined where CUDA's and NCCL's headers are: see Scripts/build-ctorch.
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#if __has_include(<torch/headeronly/version.h>)
#include <torch/headeronly/version.h>
#else
#include <torch/csrc/api/include/torch/version.h>
#endif

#include <c10/core/GradMode.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

#include "listener.hpp"
#include "tensor.hpp"

#if HAVE_GLOO
namespace {

// Releases from 2 on have the collective operations in a class of its own.
#if TORCH_VERSION_MAJOR >= 2
using Collectives = c10d::Backend;
#else
using Collectives = c10d::ProcessGroup;
#endif

using Milliseconds = std::chrono::milliseconds;

}  // namespace

struct ctorch_group {
  ctorch_group_plan plan;
  // What is kept of the plan's host.
  std::string address;
  Milliseconds timeout;
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<Collectives> collectives;
};

namespace {

using ctorch::guarded;
using ctorch::made;
using ctorch::PeerLost;
using ctorch::Refusal;
using ctorch::value;
using ctorch::writable;

// The first line of a message, which may go on with a stack of calls.
std::string first_line(const std::string &message) {
  return message.substr(0, message.find('\n'));
}

// Runs what only other processes can make fail, and says so.
template <class Body>
void with_peers(const ctorch_group &group, const char *what, const Body &body) {
  const auto lost = [&](const std::string &reason) {
    return PeerLost(std::string(what) + ": a rank of the group of " +
                    std::to_string(group.plan.world_size) + " at " + group.address + ":" +
                    std::to_string(group.plan.port) + " has gone, or did not answer within " +
                    std::to_string(group.timeout.count() / 1000) + " s (" + first_line(reason) +
                    "); look at the messages of the other ranks");
  };
  try {
    body();
  } catch (const c10::Error &error) {
    throw lost(error.what_without_backtrace());
  } catch (const std::exception &error) {
    throw lost(error.what());
  }
}

// Waits for the end of an operation; of a GPU's, too, whose own `wait` only puts it in order.
void finish(const ctorch_group &group, const char *what,
            const c10::intrusive_ptr<c10d::Work> &work) {
  with_peers(group, what, [&] {
    // The time that an operation has is the group's.
    if (!work->wait()) throw std::runtime_error("the operation was stopped");
  });
}

ctorch_group &opened(ctorch_group *group) {
  if (group == nullptr) throw Refusal("a group is missing");
  return *group;
}

// Refuses what the group cannot carry before others are kept waiting for it.
void check_carried(const ctorch_group &group, const at::Tensor &x) {
  const bool needs_cuda = group.plan.kind == CTORCH_NCCL;
  if (needs_cuda != x.is_cuda()) {
    throw Refusal(needs_cuda ? "a group of NCCL carries tensors of GPUs only"
                             : "a group of gloo carries tensors of the host only");
  }
}

std::vector<std::shared_ptr<gloo::transport::Device>> network_devices(const std::string &host) {
  using Gloo = c10d::ProcessGroupGloo;
  std::vector<std::shared_ptr<gloo::transport::Device>> devices;
  // The variable that PyTorch has for it: names of interfaces, with commas between.
  const char *names = std::getenv("GLOO_SOCKET_IFNAME");
  if (names != nullptr && *names != '\0') {
    const std::string list = names;
    for (size_t start = 0; start <= list.size();) {
      const size_t end = std::min(list.find(',', start), list.size());
      devices.push_back(Gloo::createDeviceForInterface(list.substr(start, end - start)));
      start = end + 1;
    }
  } else if (host == "127.0.0.1" || host == "localhost") {
    devices.push_back(Gloo::createDeviceForHostname("127.0.0.1"));
  } else {
    devices.push_back(Gloo::createDefaultDevice());
  }
  return devices;
}

c10::intrusive_ptr<Collectives> open_gloo(const ctorch_group &group) {
  auto options = c10d::ProcessGroupGloo::Options::create();
  options->timeout = group.timeout;
  options->devices = network_devices(group.address);
  options->threads = 2;
  return c10::make_intrusive<c10d::ProcessGroupGloo>(group.store, group.plan.rank,
                                                     group.plan.world_size, options);
}

#ifdef USE_C10D_NCCL
c10::intrusive_ptr<Collectives> open_nccl(const ctorch_group &group) {
  // `wait` then ends in time with an error, where a thread would end the process otherwise.
  setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
  setenv("NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = group.timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(group.store, group.plan.rank,
                                                     group.plan.world_size, options);
}
#else
c10::intrusive_ptr<Collectives> open_nccl(const ctorch_group &) {
  throw Refusal(
      "this libCTorch was built without NCCL; build it with Scripts/build-ctorch where CUDA's and "
      "NCCL's headers are, or use gloo");
}
#endif

c10::intrusive_ptr<c10d::Store> open_store(const ctorch_group &group) {
  const auto deadline = std::chrono::steady_clock::now() + group.timeout;
  if (group.plan.rank > 0 && !ctorch::await_listener(group.address, group.plan.port, deadline)) {
    throw std::runtime_error("rank 0 does not listen");
  }
  c10d::TCPStoreOptions options;
  options.port = group.plan.port;
  options.isServer = group.plan.rank == 0;
  options.numWorkers = static_cast<size_t>(group.plan.world_size);
  options.timeout = group.timeout;
  return c10::make_intrusive<c10d::TCPStore>(group.address, options);
}

void check_plan(const ctorch_group_plan &plan) {
  if (plan.world_size < 1) throw Refusal("a group has at least 1 rank");
  if (plan.rank < 0 || plan.rank >= plan.world_size) {
    throw Refusal("rank " + std::to_string(plan.rank) + " is not below the number of ranks, " +
                  std::to_string(plan.world_size));
  }
  if (!(plan.timeout_seconds >= 0.001 && plan.timeout_seconds <= 1e9)) {
    throw Refusal("the time to wait is from a millisecond to 1e9 seconds");
  }
  const bool wants_cuda = plan.kind == CTORCH_NCCL;
  if (wants_cuda && plan.device.kind != CTORCH_CUDA) throw Refusal("NCCL needs a CUDA device");
  if (wants_cuda) ctorch::device(plan.device);
}

void meet(ctorch_group &group) {
  c10d::BarrierOptions options;
  if (group.plan.kind == CTORCH_NCCL) options.device_ids = {group.plan.device.index};
  finish(group, "barrier", group.collectives->barrier(options));
}

ctorch_status has_groups(ctorch_group_kind kind, bool *answer) {
  return guarded([&] {
#ifdef USE_C10D_NCCL
    *answer = kind == CTORCH_GLOO || kind == CTORCH_NCCL;
#else
    *answer = kind == CTORCH_GLOO;
#endif
  });
}

ctorch_status open_group(ctorch_group_plan plan, ctorch_group **group) {
  return guarded([&] {
    check_plan(plan);
    auto opening = std::make_unique<ctorch_group>();
    opening->plan = plan;
    opening->address = plan.host;
    opening->timeout = Milliseconds(static_cast<int64_t>(std::ceil(plan.timeout_seconds * 1000)));
    with_peers(*opening, "open", [&] {
      opening->store = open_store(*opening);
      if (plan.kind == CTORCH_GLOO) opening->collectives = open_gloo(*opening);
    });
    if (plan.kind == CTORCH_NCCL) opening->collectives = open_nccl(*opening);
    // Nobody may leave, and take the store along, while others still read there.
    meet(*opening);
    *group = opening.release();
  });
}

void free_group(ctorch_group *group) { delete group; }

// Small tensors share a message of up to this many bytes.
constexpr int64_t message_bytes = int64_t{32} << 20;

int64_t byte_count(const at::Tensor &x) {
  return x.numel() * static_cast<int64_t>(x.element_size());
}

// Runs `body` over flat tensors that hold the elements of all, and puts them back.
template <class Body>
void over_messages(const ctorch_group &group, ctorch_list tensors, int64_t count,
                   const Body &body) {
  const c10::AutoGradMode unrecorded(false);
  if (count > 0 && tensors == nullptr) throw Refusal("a list of tensors is missing");
  for (int64_t i = 0; i < count; i++) check_carried(group, writable(tensors[i]));
  for (int64_t start = 0; start < count;) {
    const at::Tensor &head = value(tensors[start]);
    std::vector<at::Tensor> parts;
    int64_t bytes = 0, end = start;
    for (; end < count; end++) {
      const at::Tensor x = value(tensors[end]).detach();
      if (x.scalar_type() != head.scalar_type() || x.device() != head.device()) break;
      bytes += byte_count(x);
      if (!parts.empty() && bytes > message_bytes) break;
      parts.push_back(x);
    }
    const bool is_in_place = parts.size() == 1 && parts[0].is_contiguous();
    std::vector<at::Tensor> flat;
    for (const at::Tensor &part : parts) flat.push_back(part.reshape({-1}));
    at::Tensor message = is_in_place ? flat[0] : at::cat(flat);
    body(message);
    int64_t place = 0;
    for (const at::Tensor &part : parts) {
      if (is_in_place) break;
      part.copy_(message.narrow(0, place, part.numel()).view(part.sizes()));
      place += part.numel();
    }
    start = end;
  }
}

ctorch_status all_reduce(ctorch_group *group, ctorch_list tensors, int64_t count) {
  return guarded([&] {
    ctorch_group &g = opened(group);
    over_messages(g, tensors, count, [&](const at::Tensor &message) {
      const at::ScalarType type = message.scalar_type();
      const bool is_narrow = type == at::kBFloat16 && g.plan.kind == CTORCH_GLOO;
      if (type == at::kBool) throw Refusal("there are no sums of booleans");
      // gloo has no sums of brain floats in all releases.
      std::vector<at::Tensor> sums = {is_narrow ? message.to(at::kFloat) : message};
      finish(g, "all-reduce", g.collectives->allreduce(sums));
      if (is_narrow) message.copy_(sums[0]);
    });
  });
}

// As bytes, which are carried whatever they mean.
at::Tensor bytes(const at::Tensor &flat) { return flat.view(at::kByte); }

ctorch_status broadcast(ctorch_group *group, ctorch_list tensors, int64_t count, int32_t root) {
  return guarded([&] {
    ctorch_group &g = opened(group);
    if (root < 0 || root >= g.plan.world_size) throw Refusal("the root is no rank of the group");
    over_messages(g, tensors, count, [&](const at::Tensor &message) {
      std::vector<at::Tensor> copies = {bytes(message)};
      c10d::BroadcastOptions options;
      options.rootRank = root;
      finish(g, "broadcast", g.collectives->broadcast(copies, options));
    });
  });
}

ctorch_status all_gather(ctorch_group *group, const ctorch_tensor *x, ctorch_out y) {
  return made(y, [&] {
    const c10::AutoGradMode unrecorded(false);
    ctorch_group &g = opened(group);
    check_carried(g, value(x));
    const at::Tensor own = value(x).detach().contiguous();
    std::vector<int64_t> sizes = own.sizes().vec();
    sizes.insert(sizes.begin(), g.plan.world_size);
    const at::Tensor all = at::empty(sizes, own.options());
    if (own.numel() == 0) return all;
    std::vector<at::Tensor> inputs = {bytes(own.view({-1}))};
    std::vector<std::vector<at::Tensor>> outputs(1);
    for (int32_t rank = 0; rank < g.plan.world_size; rank++) {
      outputs[0].push_back(bytes(all.select(0, rank).view({-1})));
    }
    finish(g, "all-gather", g.collectives->allgather(outputs, inputs));
    return all;
  });
}

ctorch_status barrier(ctorch_group *group) {
  return guarded([&] { meet(opened(group)); });
}

}  // namespace

#else
struct ctorch_group {};

namespace {

using ctorch::guarded;

ctorch_status none() {
  return guarded([] {
    throw ctorch::Refusal("this libtorch was built without groups of processes");
  });
}

ctorch_status has_groups(ctorch_group_kind, bool *answer) {
  return guarded([&] { *answer = false; });
}
ctorch_status open_group(ctorch_group_plan, ctorch_group **) { return none(); }
void free_group(ctorch_group *) {}
ctorch_status all_reduce(ctorch_group *, ctorch_list, int64_t) { return none(); }
ctorch_status all_gather(ctorch_group *, const ctorch_tensor *, ctorch_out) { return none(); }
ctorch_status broadcast(ctorch_group *, ctorch_list, int64_t, int32_t) { return none(); }
ctorch_status barrier(ctorch_group *) { return none(); }

}  // namespace
#endif

void ctorch::fill_groups(ctorch_table &table) {
  table.has_groups = has_groups;
  table.open_group = open_group;
  table.free_group = free_group;
  table.all_reduce = all_reduce;
  table.all_gather = all_gather;
  table.broadcast = broadcast;
  table.barrier = barrier;
}
#endif
