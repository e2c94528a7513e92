// The table of functions by which Swift calls libtorch; libCTorch fills it.
//
// The header stands apart from libCTorch, which is opened at run time and may
// have been built by another compiler, against another libtorch, on another
// machine.
//
// Rules: every function returns a status and writes its result through a
// pointer; no exception leaves a function; nothing is printed; nothing ends the
// process. A tensor that is NULL is an error. Functions may be called from any
// thread; two threads may read one tensor, but while one writes it in place
// nobody else may touch it. Sizes and strides are row-major, dimensions count
// from 0, or from the last one with -1.
#ifndef CTORCH_ABI_H
#define CTORCH_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// To be raised with every change of this header.
#define CTORCH_ABI_VERSION 3

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#else
#define _Nullable
#define _Nonnull
#endif

// A tensor of libtorch; to be freed with `free_tensor`.
typedef struct ctorch_tensor ctorch_tensor;

// This process's end of a group of processes; to be freed with `free_group`. One
// thread at a time uses it.
typedef struct ctorch_group ctorch_group;

// A guard over the calling thread; to be ended with `leave`, in the same
// thread, the last first.
typedef struct ctorch_scope ctorch_scope;

// What became of a call. The numbers are fixed.
typedef enum ctorch_status {
  // The result is written.
  CTORCH_OK = 0,
  // libtorch, or the shim, refuses the arguments: shapes, types, indexes.
  CTORCH_REFUSED = 1,
  // Memory of the host or of a device could not be had.
  CTORCH_NO_MEMORY = 2,
  // Something was thrown that is no std::exception.
  CTORCH_UNKNOWN = 3,
  // A process of a group has gone, or does not answer in time; the group is of
  // no use any more.
  CTORCH_PEER_LOST = 4,
} ctorch_status;

// The type of a tensor's elements. The numbers are fixed.
typedef enum ctorch_dtype {
  CTORCH_FLOAT32 = 0,
  CTORCH_FLOAT16 = 1,
  CTORCH_BFLOAT16 = 2,
  CTORCH_FLOAT64 = 3,
  CTORCH_INT64 = 4,
  CTORCH_INT32 = 5,
  CTORCH_UINT8 = 6,
  CTORCH_BOOL = 7,
} ctorch_dtype;

typedef enum ctorch_device_kind {
  CTORCH_CPU = 0,
  CTORCH_CUDA = 1,
} ctorch_device_kind;

// Where a tensor's memory is; `index` is 0 for the CPU.
typedef struct ctorch_device {
  ctorch_device_kind kind;
  int32_t index;
} ctorch_device;

// A shape: `rank` sizes. Also used for lists of dimensions.
typedef struct ctorch_sizes {
  const int64_t *_Nullable sizes;
  int64_t rank;
} ctorch_sizes;

// What a tensor is; the sizes live as long as the tensor.
typedef struct ctorch_description {
  ctorch_sizes shape;
  ctorch_dtype dtype;
  ctorch_device device;
} ctorch_description;

// What carries a group's messages.
typedef enum ctorch_group_kind {
  // Over the network, for tensors of the host.
  CTORCH_GLOO = 0,
  // From GPU to GPU.
  CTORCH_NCCL = 1,
} ctorch_group_kind;

// A group of processes that meet at an address, where rank 0 listens.
typedef struct ctorch_group_plan {
  ctorch_group_kind kind;
  // 0 <= rank < world_size; each once.
  int32_t rank;
  int32_t world_size;
  // The address of rank 0's machine, and a port that is free there.
  const char *host;
  uint16_t port;
  // How long to wait for others, here and in every call.
  double timeout_seconds;
  // This rank's own GPU for NCCL.
  ctorch_device device;
} ctorch_group_plan;

// A step of AdamW: Loshchilov and Hutter, Decoupled Weight Decay Regularization.
typedef struct ctorch_adamw {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
  // What gradients are multiplied by before use.
  double gradient_scale;
  // From 1, of this step.
  int64_t step;
} ctorch_adamw;

// What the calling thread records for gradients.
typedef enum ctorch_gradient_mode {
  // Operations on tensors that require gradients are recorded: libtorch's
  // default.
  CTORCH_GRADIENTS = 0,
  // Nothing is recorded.
  CTORCH_NO_GRADIENTS = 1,
  // As before, and the results can never take part in a recording: the
  // cheapest.
  CTORCH_INFERENCE = 2,
} ctorch_gradient_mode;

// What to do with the losses of the rows.
typedef enum ctorch_reduction {
  CTORCH_EACH = 0,
  CTORCH_MEAN = 1,
  CTORCH_SUM = 2,
} ctorch_reduction;

// Tensors, one by one.
typedef const ctorch_tensor *const _Nullable *_Nullable ctorch_list;

// Where a function writes a new tensor; left alone on failure.
typedef ctorch_tensor *_Nullable *_Nonnull ctorch_out;

typedef ctorch_status ctorch_unary(const ctorch_tensor *x, ctorch_out y);
typedef ctorch_status ctorch_binary(const ctorch_tensor *x,
                                    const ctorch_tensor *y, ctorch_out z);
typedef ctorch_status ctorch_with_scalar(const ctorch_tensor *x, double value,
                                         ctorch_out y);
typedef ctorch_status ctorch_along(const ctorch_tensor *x, int64_t dim,
                                   ctorch_out y);
typedef ctorch_status ctorch_shaped(const ctorch_tensor *x, ctorch_sizes sizes,
                                    ctorch_out y);
typedef ctorch_status ctorch_reduced(const ctorch_tensor *x, ctorch_sizes dims,
                                     bool keep, ctorch_out y);
typedef ctorch_status ctorch_joined(ctorch_list parts, int64_t count,
                                    int64_t dim, ctorch_out y);
typedef ctorch_status ctorch_update(const ctorch_tensor *x,
                                    const ctorch_tensor *y, double scale);
typedef ctorch_status ctorch_update_product(const ctorch_tensor *x,
                                            const ctorch_tensor *a,
                                            const ctorch_tensor *b,
                                            double scale);
typedef ctorch_status ctorch_update_scalar(const ctorch_tensor *x,
                                           double value);

typedef struct ctorch_table {
  // CTORCH_ABI_VERSION and the size of this table, of the library.
  uint32_t version;
  uint32_t byte_count;

  // MARK: The library

  // Why the last call on this thread that failed did so: one line, valid until
  // the next call.
  const char *_Nonnull (*_Nonnull last_error)(void);
  // The release of libtorch, "1.13.1".
  const char *_Nonnull (*_Nonnull torch_version)(void);
  // Compares matrix products of many shapes with a plain loop; refused where
  // one is wrong.
  ctorch_status (*_Nonnull check_products)(void);
  // How many threads an operation on the CPU may use, in every thread that
  // calls.
  ctorch_status (*_Nonnull set_thread_count)(int32_t count);
  ctorch_status (*_Nonnull thread_count)(int32_t *count);
  // From now on keeps memory of the host that tensors give back, for other
  // tensors, instead of returning it to the system.
  ctorch_status (*_Nonnull keep_memory)(void);

  // MARK: Devices

  // 0 where libtorch has no CUDA, or no such device works.
  ctorch_status (*_Nonnull cuda_device_count)(int32_t *count);
  // In bytes; refused for the CPU.
  ctorch_status (*_Nonnull device_memory)(ctorch_device device,
                                          int64_t *free_bytes,
                                          int64_t *total_bytes);
  // Waits for all that the device was told to do; at once for the CPU.
  ctorch_status (*_Nonnull synchronize)(ctorch_device device);

  // MARK: Tensors

  void (*_Nonnull free_tensor)(ctorch_tensor *_Nullable x);
  ctorch_status (*_Nonnull describe)(const ctorch_tensor *x,
                                     ctorch_description *description);
  // Copies `byte_count` bytes of the host, which must be what the shape and the
  // type need.
  ctorch_status (*_Nonnull from_memory)(const void *_Nullable bytes,
                                        size_t byte_count, ctorch_dtype dtype,
                                        ctorch_sizes shape,
                                        ctorch_device device, ctorch_out x);
  // Views memory of the host that nobody writes, aligned for its type.
  // `release(owner)` is called once, in any thread, when no tensor views the
  // memory any more; on failure it is not called. In-place functions refuse
  // such a tensor and all its views.
  ctorch_status (*_Nonnull borrow_memory)(const void *bytes, size_t byte_count,
                                          ctorch_dtype dtype,
                                          ctorch_sizes shape, void *owner,
                                          void (*_Nonnull release)(void *owner),
                                          ctorch_out x);
  // Writes the elements, row-major and converted to `dtype`, into `byte_count`
  // bytes.
  ctorch_status (*_Nonnull to_memory)(const ctorch_tensor *x,
                                      ctorch_dtype dtype, void *_Nullable bytes,
                                      size_t byte_count);
  ctorch_status (*_Nonnull full)(double value, ctorch_dtype dtype,
                                 ctorch_sizes shape, ctorch_device device,
                                 ctorch_out x);
  // start, start + step, ..., before end.
  ctorch_status (*_Nonnull arange)(double start, double end, double step,
                                   ctorch_dtype dtype, ctorch_device device,
                                   ctorch_out x);
  // Converts where type or device differ, and is the same tensor otherwise.
  ctorch_status (*_Nonnull convert)(const ctorch_tensor *x, ctorch_dtype dtype,
                                    ctorch_device device, ctorch_out y);
  ctorch_unary *clone;

  // MARK: Shapes; results are views where libtorch can make them

  ctorch_shaped *reshape;
  ctorch_shaped *permute;
  ctorch_shaped *expand;
  ctorch_status (*_Nonnull transpose)(const ctorch_tensor *x, int64_t first,
                                      int64_t second, ctorch_out y);
  ctorch_along *unsqueeze;
  ctorch_along *squeeze;
  ctorch_unary *contiguous;
  ctorch_status (*_Nonnull slice)(const ctorch_tensor *x, int64_t dim,
                                  int64_t start, int64_t end, int64_t step,
                                  ctorch_out y);
  ctorch_status (*_Nonnull narrow)(const ctorch_tensor *x, int64_t dim,
                                   int64_t start, int64_t length, ctorch_out y);
  ctorch_status (*_Nonnull select)(const ctorch_tensor *x, int64_t dim,
                                   int64_t index, ctorch_out y);
  ctorch_status (*_Nonnull index_select)(const ctorch_tensor *x, int64_t dim,
                                         const ctorch_tensor *indexes,
                                         ctorch_out y);
  ctorch_status (*_Nonnull gather)(const ctorch_tensor *x, int64_t dim,
                                   const ctorch_tensor *indexes, ctorch_out y);
  ctorch_joined *cat;
  ctorch_joined *stack;

  // MARK: Element by element; shapes are broadcast, types promoted

  ctorch_binary *add, *subtract, *multiply, *divide;
  ctorch_with_scalar *add_scalar, *multiply_scalar, *divide_scalar,
      *power_scalar;
  ctorch_binary *equal, *less, *less_equal;
  ctorch_with_scalar *equal_scalar, *less_scalar, *less_equal_scalar,
      *greater_scalar, *greater_equal_scalar;
  ctorch_binary *logical_and;
  ctorch_unary *logical_not;
  ctorch_unary *negate, *absolute, *exponential, *logarithm, *square_root,
      *reciprocal_square_root;
  ctorch_unary *relu, *hyperbolic_tangent, *sigmoid;
  // Hendrycks and Gimpel's GELU, exact or in its approximation by tanh.
  ctorch_status (*_Nonnull gelu)(const ctorch_tensor *x, bool by_tanh,
                                 ctorch_out y);
  // A bound that is NULL does not bind.
  ctorch_status (*_Nonnull clamp)(const ctorch_tensor *x,
                                  const double *_Nullable low,
                                  const double *_Nullable high, ctorch_out y);
  ctorch_status (*_Nonnull where)(const ctorch_tensor *condition,
                                  const ctorch_tensor *x,
                                  const ctorch_tensor *y, ctorch_out z);
  ctorch_status (*_Nonnull masked_fill)(const ctorch_tensor *x,
                                        const ctorch_tensor *mask, double value,
                                        ctorch_out y);
  // Zeroes elements with probability `p` and scales the others by 1 / (1 - p).
  ctorch_with_scalar *dropout;

  // MARK: Over dimensions; no dimensions are all

  ctorch_reduced *sum, *mean, *maximum, *log_sum_exp;
  ctorch_status (*_Nonnull argmax)(const ctorch_tensor *x, int64_t dim,
                                   bool keep, ctorch_out indexes);
  ctorch_along *cumulative_sum;
  // The `k` largest, largest first.
  ctorch_status (*_Nonnull top_k)(const ctorch_tensor *x, int64_t k,
                                  int64_t dim, ctorch_out values,
                                  ctorch_out indexes);
  ctorch_along *softmax, *log_softmax;
  // x / max(|x|, eps), with the Euclidean norm along `dim`.
  ctorch_status (*_Nonnull normalize)(const ctorch_tensor *x, int64_t dim,
                                      double eps, ctorch_out y);
  ctorch_status (*_Nonnull all_finite)(const ctorch_tensor *x, bool *answer);

  // MARK: Layers

  ctorch_binary *matmul;
  // alpha x y + beta c, of matrices.
  ctorch_status (*_Nonnull addmm)(const ctorch_tensor *c,
                                  const ctorch_tensor *x,
                                  const ctorch_tensor *y, double beta,
                                  double alpha, ctorch_out z);
  // x weight^T + bias.
  ctorch_status (*_Nonnull linear)(const ctorch_tensor *x,
                                   const ctorch_tensor *weight,
                                   const ctorch_tensor *_Nullable bias,
                                   ctorch_out y);
  ctorch_status (*_Nonnull embedding)(const ctorch_tensor *weight,
                                      const ctorch_tensor *indexes,
                                      ctorch_out y);
  // Over the trailing dimensions that `weight` has.
  ctorch_status (*_Nonnull layer_norm)(const ctorch_tensor *x,
                                       const ctorch_tensor *weight,
                                       const ctorch_tensor *_Nullable bias,
                                       double eps, ctorch_out y);
  // Over the last dimension, computed in float32 at least, as T5 does.
  ctorch_status (*_Nonnull rms_norm)(const ctorch_tensor *x,
                                     const ctorch_tensor *weight, double eps,
                                     ctorch_out y);
  // softmax(scale q k^T + mask) v over the last two dimensions; the others are
  // the same of all three. A boolean mask is true where a key may be seen; a
  // mask of numbers is added; it is broadcast.
  ctorch_status (*_Nonnull attention)(const ctorch_tensor *q,
                                      const ctorch_tensor *k,
                                      const ctorch_tensor *v,
                                      const ctorch_tensor *_Nullable mask,
                                      double scale, double dropout,
                                      ctorch_out y);
  // softmax(scale q k^T) v of texts to themselves, on the CPU in float32:
  // `projected` has a row for each token, its queries, keys and values of all
  // heads; `lengths` are the texts' tokens, which stand one text below the
  // other. A head's size is a multiple of 16.
  ctorch_status (*_Nonnull packed_attention)(const ctorch_tensor *projected,
                                             ctorch_sizes lengths,
                                             int64_t heads, double scale,
                                             double dropout, ctorch_out y);
  // -log softmax(x)[target] of the rows; targets equal to `ignored` do not
  // count.
  ctorch_status (*_Nonnull cross_entropy)(const ctorch_tensor *x,
                                          const ctorch_tensor *targets,
                                          int64_t ignored,
                                          ctorch_reduction reduction,
                                          ctorch_out loss);

  // MARK: Gradients

  ctorch_status (*_Nonnull enter)(ctorch_gradient_mode mode,
                                  ctorch_scope *_Nullable *_Nonnull scope);
  void (*_Nonnull leave)(ctorch_scope *_Nullable scope);
  ctorch_status (*_Nonnull set_requires_gradient)(const ctorch_tensor *x,
                                                  bool required);
  ctorch_status (*_Nonnull requires_gradient)(const ctorch_tensor *x,
                                              bool *required);
  ctorch_unary *detach;
  // `gradient` may be NULL where `x` has one element; its default is 1.
  ctorch_status (*_Nonnull backward)(const ctorch_tensor *x,
                                     const ctorch_tensor *_Nullable gradient,
                                     bool keep_graph);
  // NULL where there is none yet.
  ctorch_unary *gradient;
  // NULL forgets the gradient.
  ctorch_status (*_Nonnull set_gradient)(
      const ctorch_tensor *x, const ctorch_tensor *_Nullable gradient);

  // MARK: Updates in place

  // x = y
  ctorch_status (*_Nonnull assign)(const ctorch_tensor *x,
                                   const ctorch_tensor *y);
  // x = value
  ctorch_update_scalar *fill;
  // x += scale y
  ctorch_update *accumulate;
  // x *= value
  ctorch_update_scalar *scale;
  // x *= y
  ctorch_status (*_Nonnull multiply_by)(const ctorch_tensor *x,
                                        const ctorch_tensor *y);
  // x += scale a b
  ctorch_update_product *accumulate_product;
  // x += scale a / b
  ctorch_update_product *accumulate_quotient;

  // MARK: Chance

  // For the CPU and every CUDA device.
  ctorch_status (*_Nonnull seed)(uint64_t seed);

  // MARK: Optimizers; lists of `count` float32 tensors, contiguous

  // Changes the elements from `begin` to `end`, of the parameters as if they
  // were one after the other, and of their moments. Threads may share a step by
  // ranges that do not meet, on the CPU; elsewhere the range is all.
  ctorch_status (*_Nonnull adamw_step)(ctorch_list parameters,
                                       ctorch_list gradients,
                                       ctorch_list first_moments,
                                       ctorch_list second_moments,
                                       int64_t count, ctorch_adamw settings,
                                       int64_t begin, int64_t end);
  // The sum of each tensor's squares, in double precision: `count` of them.
  ctorch_status (*_Nonnull sums_of_squares)(ctorch_list tensors, int64_t count,
                                            double *_Nullable sums);

  // MARK: Groups of processes; all ranks call the same, in the same order

  // Whether this libtorch has such groups.
  ctorch_status (*_Nonnull has_groups)(ctorch_group_kind kind, bool *answer);
  // Returns when all ranks are there.
  ctorch_status (*_Nonnull open_group)(ctorch_group_plan plan,
                                       ctorch_group *_Nullable *_Nonnull group);
  void (*_Nonnull free_group)(ctorch_group *_Nullable group);
  // The sum over the ranks of each of `count` tensors, in place.
  ctorch_status (*_Nonnull all_reduce)(ctorch_group *group, ctorch_list tensors,
                                       int64_t count);
  // Tensors of one shape into one with a new first dimension, by rank.
  ctorch_status (*_Nonnull all_gather)(ctorch_group *group,
                                       const ctorch_tensor *x, ctorch_out y);
  // Each of `count` tensors becomes what it is in rank `root`, in place.
  ctorch_status (*_Nonnull broadcast)(ctorch_group *group, ctorch_list tensors,
                                      int64_t count, int32_t root);
  // Returns when all ranks have come.
  ctorch_status (*_Nonnull barrier)(ctorch_group *group);
} ctorch_table;

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif
