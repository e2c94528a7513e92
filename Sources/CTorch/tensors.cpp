// Making tensors and reading them.
#if HAVE_TORCH
#include <cstring>

#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::list;
using ctorch::made;
using ctorch::options;
using ctorch::Refusal;
using ctorch::scalar_type;
using ctorch::value;

ctorch_dtype dtype_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return CTORCH_FLOAT32;
    case at::kHalf:
      return CTORCH_FLOAT16;
    case at::kBFloat16:
      return CTORCH_BFLOAT16;
    case at::kDouble:
      return CTORCH_FLOAT64;
    case at::kLong:
      return CTORCH_INT64;
    case at::kInt:
      return CTORCH_INT32;
    case at::kByte:
      return CTORCH_UINT8;
    case at::kBool:
      return CTORCH_BOOL;
    default:
      throw Refusal(std::string("no tensors of type ") + at::toString(type) + " here");
  }
}

// Refuses a number of bytes that is not what a shape needs.
void check_size(size_t byte_count, ctorch_dtype dtype, ctorch_sizes shape) {
  size_t needed = at::elementSize(scalar_type(dtype));
  for (const int64_t size : list(shape)) {
    if (size < 0) throw Refusal("a size of " + std::to_string(size) + " is negative");
    if (__builtin_mul_overflow(needed, static_cast<size_t>(size), &needed)) {
      throw Refusal("the shape is larger than memory can be");
    }
  }
  if (needed != byte_count) {
    throw Refusal("the shape needs " + std::to_string(needed) + " bytes, but there are " +
                  std::to_string(byte_count));
  }
}

void free_tensor(ctorch_tensor *x) { delete x; }

ctorch_status describe(const ctorch_tensor *x, ctorch_description *description) {
  return guarded([&] {
    const at::Tensor &tensor = value(x);
    if (!tensor.defined()) throw Refusal("a tensor is undefined");
    const at::Device device = tensor.device();
    if (!device.is_cpu() && !device.is_cuda())
      throw Refusal("no tensors on " + device.str() + " here");
    const at::IntArrayRef sizes = tensor.sizes();
    description->shape = {sizes.data(), static_cast<int64_t>(sizes.size())};
    description->dtype = dtype_of(tensor.scalar_type());
    description->device.kind = device.is_cuda() ? CTORCH_CUDA : CTORCH_CPU;
    description->device.index = device.is_cuda() ? device.index() : 0;
  });
}

ctorch_status from_memory(const void *bytes, size_t byte_count, ctorch_dtype dtype,
                          ctorch_sizes shape, ctorch_device device, ctorch_out x) {
  return made(x, [&] {
    check_size(byte_count, dtype, shape);
    at::Tensor tensor = at::empty(list(shape), scalar_type(dtype));
    if (byte_count > 0) std::memcpy(tensor.data_ptr(), bytes, byte_count);
    return device.kind == CTORCH_CPU ? tensor : tensor.to(ctorch::device(device));
  });
}

// The owner of borrowed memory.
struct Loan {
  void *owner;
  void (*release)(void *owner);
};

void end(void *context) {
  Loan *loan = static_cast<Loan *>(context);
  loan->release(loan->owner);
  delete loan;
}

ctorch_status borrow_memory(const void *bytes, size_t byte_count, ctorch_dtype dtype,
                            ctorch_sizes shape, void *owner, void (*release)(void *),
                            ctorch_out x) {
  // Everything that can fail before libtorch has the loan ends it without a call of `release`.
  Loan *loan = nullptr;
  const ctorch_status status = made(x, [&] {
    check_size(byte_count, dtype, shape);
    if (reinterpret_cast<uintptr_t>(bytes) % at::elementSize(scalar_type(dtype)) != 0) {
      throw Refusal("borrowed memory is not aligned for its type");
    }
    loan = new Loan{owner, [](void *) {}};
    // libtorch takes pointers to writable memory only; `writable` sees to it that nothing writes.
    at::Tensor tensor = at::for_blob(const_cast<void *>(bytes), list(shape))
                            .context(loan, end)
                            .options(at::TensorOptions(scalar_type(dtype)))
                            .make_tensor();
    return tensor;
  });
  if (status == CTORCH_OK) loan->release = release;
  return status;
}

ctorch_status to_memory(const ctorch_tensor *x, ctorch_dtype dtype, void *bytes,
                        size_t byte_count) {
  return guarded([&] {
    const at::Tensor &tensor = value(x);
    const at::IntArrayRef sizes = tensor.sizes();
    check_size(byte_count, dtype, {sizes.data(), static_cast<int64_t>(sizes.size())});
    if (byte_count == 0) return;
    // Converted where the elements are, so that a device sends no more than is asked for.
    const at::Tensor host = tensor.detach().to(scalar_type(dtype)).to(at::kCPU).contiguous();
    std::memcpy(bytes, host.data_ptr(), byte_count);
  });
}

ctorch_status full(double value, ctorch_dtype dtype, ctorch_sizes shape, ctorch_device device,
                   ctorch_out x) {
  return made(x, [&] { return at::full(list(shape), value, options(dtype, device)); });
}

ctorch_status arange(double start, double end, double step, ctorch_dtype dtype,
                     ctorch_device device, ctorch_out x) {
  return made(x, [&] { return at::arange(start, end, step, options(dtype, device)); });
}

ctorch_status convert(const ctorch_tensor *x, ctorch_dtype dtype, ctorch_device device,
                      ctorch_out y) {
  return made(y, [&] { return value(x).to(ctorch::device(device), scalar_type(dtype)); });
}

ctorch_status clone(const ctorch_tensor *x, ctorch_out y) {
  return made(y, [&] { return value(x).clone(); });
}

}  // namespace

at::ScalarType ctorch::scalar_type(ctorch_dtype dtype) {
  switch (dtype) {
    case CTORCH_FLOAT32:
      return at::kFloat;
    case CTORCH_FLOAT16:
      return at::kHalf;
    case CTORCH_BFLOAT16:
      return at::kBFloat16;
    case CTORCH_FLOAT64:
      return at::kDouble;
    case CTORCH_INT64:
      return at::kLong;
    case CTORCH_INT32:
      return at::kInt;
    case CTORCH_UINT8:
      return at::kByte;
    case CTORCH_BOOL:
      return at::kBool;
  }
  throw Refusal("no type has the number " + std::to_string(static_cast<int>(dtype)));
}

at::TensorOptions ctorch::options(ctorch_dtype dtype, ctorch_device device) {
  return at::TensorOptions(scalar_type(dtype)).device(ctorch::device(device));
}

const at::Tensor &ctorch::writable(const ctorch_tensor *x) {
  const at::Tensor &tensor = value(x);
  if (tensor.storage().data_ptr().get_deleter() == end) {
    throw Refusal("the tensor's memory is borrowed and cannot be written; clone it first");
  }
  return tensor;
}

void ctorch::fill_tensors(ctorch_table &table) {
  table.free_tensor = free_tensor;
  table.describe = describe;
  table.from_memory = from_memory;
  table.borrow_memory = borrow_memory;
  table.to_memory = to_memory;
  table.full = full;
  table.arange = arange;
  table.convert = convert;
  table.clone = clone;
}
#endif
